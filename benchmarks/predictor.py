"""What prosody from text owes to what: the predictor of a trained copycat2, trained again with BERT or phones left out and with other losses.

    python -m benchmarks.predictor MODEL MANIFEST FEATURES BERT [--seeds 3]

Judged on texts that neither it nor the voices were trained on (the parts test and, where there is one, recogniser): the share of the
variance of the words' latents that is explained beyond each voice's mean, with a 95 % interval over utterances of all seeds' mean.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from tts.evaluation.statistics import bootstrap
from tts.features.store import FeatureStore
from tts.models.copycat2.model import unit_is_pause
from tts.models.copycat2.text_prosody import TextProsody
from tts.models.load import LoadedModel, load_model
from tts.text.bert.words import BertWords
from tts.corpus.manifest import read_manifest
from tts.training.batch import FeatureSource
from tts.training.distributed import join
from tts.training.loop import fit
from tts.training.prosody import PosteriorSource, find_posteriors

VARIANTS = {
    "as configured": {},
    "no BERT": {"bert": "none"},
    "no phones": {"phones": False},
    "BERT fine-tuned": {"bert": "fine-tuned"},
    "l2-mean": {"loss": "l2-mean"},
    "flow": {"loss": "flow"},
}
PARTS = {"train": ("train",), "dev": ("dev",), "unseen": ("test", "recogniser")}


def sources_of(loaded: LoadedModel, manifest: Path, features: Path, words: BertWords) -> dict[str, PosteriorSource]:
    store, config = FeatureStore(features), loaded.recipe.predictor_training
    found = {}
    for part, splits in PARTS.items():
        utterances = [u for u in read_manifest(manifest) if u.split in splits]
        recordings = FeatureSource(utterances, store, loaded.phones, loaded.names, loaded.recipe.training.batch_frames, config.seed)
        found[part] = PosteriorSource(recordings.rows, find_posteriors(loaded.model, recordings, torch.device("cpu")),
                                      {u.id: words.pieces(u.units) for u in utterances}, config.batch_frames, config.seed)
    return found


@torch.inference_mode()
def squares(system: TextProsody, source: PosteriorSource) -> np.ndarray:
    """Per utterance [U, 4]: squared distances of words' latents from the prediction and from the voice's mean, acoustic, then timing."""
    system.eval()
    rows = []
    for name in source.rows:
        batch = source.load([name])
        context, is_pause = system._context(vars(batch), batch.pieces)
        kind, split = is_pause.long(), system.predictor.acoustic_dim
        predicted = torch.cat(system.predictor.predict(context, is_pause), dim=2)
        mean = torch.cat([system.stage_one.acoustic_centroid[batch.speaker[:, None], kind],
                          system.stage_one.timing_centroid[batch.speaker[:, None], kind]], dim=2)
        wanted = batch.heard & ~unit_is_pause(batch.phone_to_unit, batch.is_pause, batch.unit_mask.shape[1])
        off, away = ((batch.mean - other).square()[wanted] for other in (predicted, mean))
        rows.append([float(part.sum()) for latent in (slice(0, split), slice(split, None)) for part in (off[:, latent], away[:, latent])])
    return np.array(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("model", "manifest", "features", "bert"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    loaded, words = load_model(args.model), BertWords.load(args.bert)
    sources = sources_of(loaded, args.manifest, args.features, words)
    print(f"{args.model}, {words.name}; {len(sources['unseen'].rows)} unseen utterances, {args.seeds} seeds\n"
          f"{'predictor':18} {'acoustic latents, %':24} timing latents, %")
    for name, changes in VARIANTS.items():
        config, totals = replace(loaded.recipe.predictor, **changes), []
        for seed in range(args.seeds):
            training = replace(loaded.recipe.predictor_training, seed=seed)
            torch.manual_seed(seed)
            bert = None if config.bert == "none" else BertWords.load(args.bert) if config.bert == "fine-tuned" else words
            system = TextProsody(loaded.model, len(loaded.phones.symbols), config, bert)
            with tempfile.TemporaryDirectory() as folder:
                fit(system, sources["train"], sources["dev"], training, Path(folder), join("cpu"))
            totals.append(squares(system, sources["unseen"]))
        off_a, away_a, off_t, away_t = np.mean(totals, axis=0).T
        shares = [bootstrap(1 - off / np.maximum(away, 1e-9), away) for off, away in ((off_a, away_a), (off_t, away_t))]
        print(f"{name:18} " + " ".join(f"{f'{100 * s.mean:5.1f} [{100 * s.low:5.1f}, {100 * s.high:5.1f}]':24}" for s in shares), flush=True)


if __name__ == "__main__":
    main()
