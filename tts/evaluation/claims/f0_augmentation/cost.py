"""How fast conversion is, and whether an interrupted augmentation ends as an uninterrupted one."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from tts.augmentation.augment import augment
from tts.augmentation.contours import PREDICTED
from tts.augmentation.convert import Tools, convert_mel, open_tools
from tts.config.recipe import load_trained
from tts.corpus.utterance import Utterance
from tts.evaluation.claims.claims import Check, at_least
from tts.evaluation.claims.f0_augmentation.pairs import Pair
from tts.evaluation.claims.f0_augmentation.work import Ground
from tts.evaluation.figure import mean_of, ratio_of

LEAST_REAL_TIME = 50
ROUNDS = 2  # the faster counts: what slows a round down is not the model


def speed_check(pair: Pair, ground: Ground, sources: list[Utterance]) -> Check:
    """Contour and mel, without vocoder, in one process."""
    opened, contours = open_tools(Tools(pair.conversion(PREDICTED), ground.features, pair.f0_model())), pair.contours(PREDICTED)
    rows = []
    for source in sources:
        rounds = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            mel = convert_mel(opened.loaded, opened.store, source, pair.target, contours.contour(opened.f0, opened.store, source))
            rounds.append(time.perf_counter() - started)
        rows.append((source.id, len(mel) * opened.loaded.features.frame_seconds, min(rounds)))
    return Check("cost", "conversion",
                 "seconds of speech converted in a second by one process, features read, F0 predicted, no vocoder", "x real time",
                 at_least(LEAST_REAL_TIME), ratio_of(rows))


def resume_check(pairs: list[Pair], ground: Ground, manifest: Path, aligner: Path, jobs: int) -> Check:
    """Of every corpus with predicted F0 a third is taken away, as a kill would leave it, and made again with another number of
    processes."""
    same, redone, others = [], 0, []
    for pair in pairs:
        made = pair.augmented(PREDICTED)
        with tempfile.TemporaryDirectory(prefix="resume-") as scratch:
            copy = Path(scratch) / "corpus"
            shutil.copytree(made, copy)
            shards = sorted((copy / "features" / "shards").iterdir())[::3]
            for path in (*shards, copy / "features" / "index.jsonl", copy / "manifest.jsonl", copy / "rejected.jsonl",
                         copy / "augmentation.json"):
                path.unlink()
            config = load_trained(pair.root, "augmentation").augmentation
            tools = Tools(pair.conversion(PREDICTED), ground.features, pair.f0_model(), None, aligner if aligner.is_dir()
                          else None, ground.recogniser)
            again = augment(tools, manifest, pair.target, pair.supporter, PREDICTED, copy, config, jobs + 1)
            if again.made != len(shards):  # the other shards, too, were made by something else than what is there now
                others.append(pair.target)
                continue
            redone += again.made
            same.append((pair.target, float(_bytes(copy) == _bytes(made))))
    why = f"{', '.join(others)}: made by another vocoder, model or judge than is there now, so that all would be made again; run the stage augmentation"
    return Check("cost", "resumed is uninterrupted",
                 f"share of corpora whose files are the same, byte for byte, after {redone} of their shards were lost and "
                 f"made again with {jobs + 1} processes in place of {jobs}", "%", at_least(1, "100 %"), mean_of(same) if same else None,
                 why if others else "", note=why if same and others else "")


def _bytes(folder: Path) -> dict[str, bytes]:
    return {os.path.relpath(path, folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
