"""A phone recogniser: the aligner's network trained with CTC alone, read out greedily. It judges intelligibility by phone error
rate, so it must be trained on other utterances than the voice that it judges, and must not mind the sound of a vocoder: in
training half of the batches get noise, a tilted spectrum and blur, and patches are hidden everywhere.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from tts.alignment.config import LISTENING, RecogniserConfig
from tts.alignment.evaluation import letter_errors
from tts.alignment.network import PhoneNetwork, hide_patches
from tts.alignment.source import PhoneBatch, PhoneSource, labels, listen, spread
from tts.config.load import load_config, save_config
from tts.corpus.manifest import read_manifest, resolve_audio
from tts.corpus.utterance import PAUSES, Utterance
from tts.errors import UserError
from tts.features.audio import load_audio
from tts.text.inventory import PhoneInventory
from tts.training.checkpoint import load_weights
from tts.training.system import Losses, System

BLANK = 0


@dataclass
class RecogniserLosses(Losses):
    """CTC in nats per 12.5 ms."""

    total: Tensor
    ctc: Tensor


class PhoneRecogniser(System):
    """Sound → phones. Class 0 is the blank, the others are the inventory's phones; pauses are not recognised."""

    def __init__(self, inventory: PhoneInventory, config: RecogniserConfig):
        super().__init__()
        numbers = labels(inventory)
        self.symbols = {number: symbol for symbol, number in numbers.items() if symbol not in PAUSES}
        self.network = PhoneNetwork(LISTENING.mel_bands, len(self.symbols) + 1, 1, config.network)

    def prepare(self, source: PhoneSource) -> None:
        self.network.deviation.copy_(spread(source))

    def losses(self, batch: PhoneBatch) -> RecogniserLosses:
        mel = batch.mel
        if self.training:
            mel = hide_patches(roughen(mel) if torch.rand(()) < 0.5 else mel, batch.frames)
        lengths = (batch.frames + 1) // 2
        log_probability = self.network(mel, batch.frames).log_softmax(-1)
        loss = F.ctc_loss(log_probability.transpose(0, 1), batch.written, lengths, batch.written_length, blank=BLANK,
                          reduction="sum", zero_infinity=True) / lengths.sum()
        return RecogniserLosses(loss, loss)

    @torch.inference_mode()
    def phones(self, sound: np.ndarray | str | Path, sample_rate: int = LISTENING.sample_rate) -> list[str]:
        """The phones heard in a file, or in samples at `sample_rate`."""
        if isinstance(sound, (str, Path)):
            sound = load_audio(sound, LISTENING.sample_rate)
        elif sample_rate != LISTENING.sample_rate:
            import soxr

            sound = soxr.resample(sound, sample_rate, LISTENING.sample_rate)
        mel = listen(sound)[None].to(self.network.deviation.device)
        best = self.network(mel, torch.tensor([mel.shape[1]], device=mel.device))[0].argmax(-1)
        return [self.symbols[number] for number in torch.unique_consecutive(best).tolist() if number != BLANK]


def roughen(mel: Tensor) -> Tensor:
    """Centred log-mels [B, T, M] as a vocoder or a poor room might have them: tilted, noisy, with a floor, blurred in time and
    over bands."""
    batch, _, bands = mel.shape
    ramp = torch.linspace(-1, 1, bands, device=mel.device)
    tilt, noise, blur = (torch.rand(batch, 1, 1, device=mel.device) for _ in range(3))
    mel = mel + 2 * (tilt - 0.5) * ramp
    below = 4 + 5 * torch.rand(batch, 1, 1, device=mel.device)  # noise 35 to 80 dB below the peak
    floor = mel.amax((1, 2), keepdim=True) - below
    mel = torch.logaddexp(mel, floor.expand_as(mel))
    smooth = F.avg_pool2d(mel[:, None], (5, 3), stride=1, padding=(2, 1), count_include_pad=False)[:, 0]
    mel = torch.lerp(mel, smooth, blur)
    mel = mel + 0.4 * noise * torch.randn_like(mel)
    return mel - mel.mean(1, keepdim=True)


def phone_error_rate(references: Sequence[Sequence[str]], hypotheses: Sequence[Sequence[str]]) -> float:
    """Substitutions, deletions and insertions over all utterances as a share of the reference phones; 0 is perfect."""
    return sum(map(letter_errors, references, hypotheses)) / max(1, sum(map(len, references)))


def spoken_phones(utterance: Utterance) -> list[str]:
    """The utterance's phones without pauses: what the recogniser should hear."""
    return [phone.symbol for phone in utterance.phones if phone.symbol not in PAUSES]


@dataclass(frozen=True)
class RecogniserFacts:
    utterances: int
    hours: float
    error_rate: float  # on the held-out tenth
    held_out: int
    seconds: float

    def __str__(self) -> str:
        return (f"recogniser: {self.utterances} utterances ({self.hours:.2f} h), phone error rate {100 * self.error_rate:.1f} % "
                f"on {self.held_out} held-out utterances, {self.seconds:.0f} s")


def train_recogniser(manifest: Path, audio_root: Path, phones: Path, folder: Path, config: RecogniserConfig = RecogniserConfig(),
                     split: str = "recogniser") -> RecogniserFacts:
    """Train on nine tenths of the utterances with this split, judge on the last tenth; what is in `folder` already is kept or
    continued."""
    from tts.training.loop import fit

    began, card = time.perf_counter(), folder / "card.json"
    if (folder / "model.safetensors").is_file() and card.is_file():
        return RecogniserFacts(**json.loads(card.read_text()))
    inventory = PhoneInventory.load(phones)
    chosen = [utterance for utterance in read_manifest(manifest) if utterance.split == split]
    if len(chosen) < 10:
        raise UserError(f"{manifest}: {len(chosen)} utterances have split {split!r}; expected at least 10 to train a recogniser; "
                        "let the corpus stage set them aside")
    held_out, train = chosen[::10], [u for number, u in enumerate(chosen) if number % 10]
    source = PhoneSource(train, audio_root, inventory, config.batch_frames, config.seed, silences=False)
    folder.mkdir(parents=True, exist_ok=True)
    inventory.save(folder / "phones.json")
    save_config(config, folder / "recogniser.yaml")
    torch.manual_seed(config.seed)
    recogniser = PhoneRecogniser(inventory, config)
    fit(recogniser, source, None, config.training(len(source.batches(0))), folder)
    error_rate = phone_error_rate([spoken_phones(u) for u in held_out],
                                  [recogniser.eval().phones(resolve_audio(Path(audio_root) / "manifest", u)) for u in held_out])
    facts = RecogniserFacts(len(train), sum(source.lengths.values()) * LISTENING.frame_seconds / 3600, error_rate, len(held_out),
                            round(time.perf_counter() - began, 1))
    card.write_text(json.dumps(vars(facts), indent=1))
    return facts


def load_recogniser(folder: str | Path) -> PhoneRecogniser:
    """The recogniser that `train_recogniser` left in a folder."""
    folder = Path(folder)
    if not (folder / "model.safetensors").is_file():
        raise UserError(f"{folder}: no trained recogniser (model.safetensors is missing); "
                        f"run tts align recogniser MANIFEST --folder {folder} first")
    recogniser = PhoneRecogniser(PhoneInventory.load(folder / "phones.json"),
                                 load_config(RecogniserConfig, [folder / "recogniser.yaml"]))
    load_weights(recogniser, folder / "model.safetensors")
    return recogniser.eval()
