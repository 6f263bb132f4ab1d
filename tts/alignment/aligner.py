"""The aligner: a network that learns which phones sound when from nothing but the order in which they come.

Training has two parts. CTC (Graves et al. 2006) finds out roughly where each phone is, but is peaky: it is content with one frame
per phone and blanks elsewhere. So it is followed by full-sum training without blank (the hidden Markov model's view; Zeyer et al.
2017, "CTC in the context of generalized full-sum HMM training"): the sum runs over all paths in which every frame belongs to a
phone or to a silence. By Bayes' rule the paths are scored by posterior / prior, where the prior is the share of frames that each
class has had lately; without it everything ends as silence. Its gradient is the cross-entropy towards the paths' occupancies,
which `search.all_paths` computes.

A network that sees 0.4 s around a frame may put a border anywhere near, as long as it always does so (a stop into the silence
before it). So a second one that sees 50 ms learns along and has half of the vote: median error 8.8 ms without it, 6.1 ms with it,
on the mini corpus.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from tts.alignment.config import LISTENING, AlignerConfig
from tts.alignment.network import PhoneNetwork, ShortSighted, hide_patches
from tts.alignment.search import all_paths, best_path
from tts.alignment.source import SILENCE, PhoneBatch, PhoneSource, Row, labels, listen, row_of, spread
from tts.config.load import load_config, save_config
from tts.corpus.utterance import Unit
from tts.errors import UserError
from tts.text.inventory import PhoneInventory, difference
from tts.training.checkpoint import load_weights
from tts.training.system import Losses, System

FILES = ("model.safetensors", "aligner.yaml", "phones.json", "card.json")
PRIOR_MEMORY = 0.99  # of the running mean of class shares, per step
WORST = -10.0  # a frame's log-probability counts no less, so that a single sound decides nothing
RAREST = -12.0  # a class unheard so far is not made infinitely attractive by its prior


@dataclass(frozen=True)
class Alignment:
    """Where each entry of a row is heard.

    starts, ends  [R] seconds; equal where an optional silence was not made
    score         mean log-probability per frame of speech of the phones that the text asks for; 0 is certainty, -10 the floor
    """

    row: Row
    starts: np.ndarray
    ends: np.ndarray
    score: float


@dataclass
class AlignerLosses(Losses):
    """Nats per frame: CTC in the first part of the training (12.5 ms), in the second full-sum cross-entropies of both networks
    (6.25 ms)."""

    total: Tensor
    ctc: Tensor
    full_sum: Tensor
    near: Tensor


class Aligner(System):
    """Scores of silence and phones for every 6.25 ms, and how they are trained. Class `classes` (the last) is CTC's blank."""

    def __init__(self, inventory: PhoneInventory, config: AlignerConfig, ctc_steps: int = 0):
        super().__init__()
        self.numbers = labels(inventory)
        self.classes = max(self.numbers.values()) + 1
        self.ctc_steps, self.alone_steps = ctc_steps, config.alone_steps
        self.network = PhoneNetwork(LISTENING.mel_bands, self.classes + 1, 2, config.network)
        self.near = ShortSighted(LISTENING.mel_bands, self.classes)
        self.register_buffer("prior", torch.full((2, self.classes), 1 / self.classes))  # of both networks
        self.register_buffer("seen", torch.zeros((), dtype=torch.long))  # training steps

    def go_on_from(self, trained: Aligner) -> list[str]:
        """Take over what a trained aligner of the same sizes has learned of the phones that both know, and go on with the second part of the training.
        Returns the phones that it does not know."""
        known = {symbol: trained.numbers[symbol] for symbol in self.numbers if symbol in trained.numbers}
        unknown = sorted(self.numbers.keys() - known.keys())
        ours, theirs = [self.numbers[symbol] for symbol in known], list(known.values())
        weights, found = self.state_dict(), trained.state_dict()
        for name, tensor in weights.items():
            other = found[name]
            if name == "seen":
                continue
            if name.startswith("network.head"):  # a score of every class, blank last, for each frame of a step
                shape = (self.network.per_step, -1, *tensor.shape[1:])
                tensor, other = tensor.view(shape), other.view(shape)
                tensor[:, -1] = other[:, -1]
                tensor[:, ours] = other[:, theirs]
            elif name.startswith("near.layers.4"):
                tensor[ours] = other[theirs]
            elif name == "prior":
                tensor[:, ours] = other[:, theirs]
            elif tensor.shape != other.shape:
                raise UserError(f"aligner.start: its {name} has shape {list(other.shape)}, this aligner's {list(tensor.shape)}; expected one of the same "
                                "aligner.network")
            else:
                tensor.copy_(other)
        self.alone_steps = 0
        return unknown

    def prepare(self, source: PhoneSource) -> None:
        self.network.deviation.copy_(spread(source))

    def losses(self, batch: PhoneBatch) -> AlignerLosses:
        mel = hide_patches(batch.mel, batch.frames) if self.training else batch.mel
        logits = self.network(mel, batch.frames)
        zero = logits.new_zeros(())
        if self.seen < self.ctc_steps:
            ctc = self._ctc(logits, batch)
            losses = AlignerLosses(ctc, ctc, zero, zero)
        else:
            wide, near = self._full_sum(self._both(logits, batch.mel), batch)
            losses = AlignerLosses(wide + near, zero, wide, near)
        self.seen += int(self.training)
        return losses

    def _both(self, logits: Tensor, mel: Tensor) -> Tensor:
        """Log-probabilities [2, B, T, classes] of the network (blank left out) and of the short-sighted one."""
        near = self.near(mel / self.network.deviation)
        return torch.stack([logits[:, :mel.shape[1], :-1], near]).log_softmax(-1)

    def _ctc(self, logits: Tensor, batch: PhoneBatch) -> Tensor:
        steps = logits.view(len(logits), -1, 2, logits.shape[-1]).mean(2)  # one per 12.5 ms
        lengths = (batch.frames + 1) // 2
        loss = F.ctc_loss(steps.log_softmax(-1).transpose(0, 1), batch.written, lengths, batch.written_length, blank=self.classes,
                          reduction="sum", zero_infinity=True)
        return loss / lengths.sum()

    def _full_sum(self, log_probability: Tensor, batch: PhoneBatch) -> Tensor:
        """Cross-entropy [2] of each network towards what both together find."""
        mask = torch.arange(log_probability.shape[2], device=log_probability.device) < batch.frames[:, None]
        with torch.no_grad():
            alone = self.seen < self.ctc_steps + self.alone_steps
            scores = self.scores(log_probability, alone).cpu().numpy()
            target = torch.zeros(scores.shape)
            for one_target, one_scores, frames, row in zip(target, scores, batch.frames.tolist(), batch.rows):
                occupancy, labels_of_states = _occupancy(one_scores[:frames], row)
                one_target[:frames].index_add_(1, labels_of_states, occupancy)
            target = target.to(log_probability.device)
            if self.training:
                memory = min(PRIOR_MEMORY, 1 - 1 / (int(self.seen) - self.ctc_steps + 2))
                self.prior.lerp_(log_probability[:, mask].exp().mean(1), 1 - memory)
        return -(target * log_probability)[:, mask].sum(-1).mean(1)

    def scores(self, log_probability: Tensor, alone: bool = False) -> Tensor:
        """What paths are judged by [B, T, classes]: log of posterior / prior, the mean of both networks, or `alone` the
        far-sighted one's."""
        scores = log_probability - self.prior.log().clamp(min=RAREST)[:, None, None]
        return scores[0] if alone else scores.mean(0)

    def align(self, mel: Tensor, row: Row) -> Alignment:
        """Where the row's entries are in `mel` [T, M]. Raises ValueError when there are too few frames for them."""
        return self.find(self.hear(mel), row)

    @torch.inference_mode()
    def hear(self, mel: Tensor) -> Tensor:
        """What both networks make of `mel` [T, M]: log-probabilities [2, 1, T, classes]."""
        mel = mel[None].to(self.prior.device)
        frames = torch.tensor([mel.shape[1]], device=mel.device)
        return self._both(self.network(mel, frames), mel)

    @torch.inference_mode()
    def find(self, log_probability: Tensor, row: Row) -> Alignment:
        """Where the row's entries are in what was heard. Raises ValueError when there are too few frames for them."""
        entry_of_state, topology = row.states()
        scores = self.scores(log_probability)[0].cpu().numpy()[:, row.label]  # [T, R]
        entries = entry_of_state[best_path(np.take(scores, entry_of_state, axis=1), topology)[0]]
        heard = log_probability[0, 0].cpu().numpy()[np.arange(len(entries)), row.label[entries]]
        score = float(np.maximum(heard[row.label[entries] != SILENCE], WORST).mean())
        starts, ends = _edges(scores, entries)
        return Alignment(row, starts * LISTENING.frame_seconds, ends * LISTENING.frame_seconds, score)


def _edges(scores: np.ndarray, entries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Start and end [R], in frames and parts of them, of every entry of a path `entries` [T]: where the scores [T, R] of
    neighbours cross."""
    frames, count = scores.shape
    firsts = np.flatnonzero(np.diff(entries, prepend=-1))
    times = firsts.astype(float)
    for place, t in list(enumerate(firsts))[1:]:
        old, new = entries[t - 1], entries[t]
        before, after = scores[t - 1, new] - scores[t - 1, old], scores[t, new] - scores[t, old]
        if before < 0 < after:  # between the middles of the frames t - 1 and t
            times[place] = t - 0.5 - before / (after - before)
    starts = np.full(count, np.nan)
    starts[entries[firsts]] = times
    ends, following = np.empty(count), float(frames)
    for entry in range(count - 1, -1, -1):
        ends[entry] = following
        following = starts[entry] = following if np.isnan(starts[entry]) else starts[entry]
    return starts, ends


def _occupancy(scores: np.ndarray, row: Row) -> tuple[Tensor, Tensor]:
    """How probable each search state is at each frame [T, S], and the class of each state [S]."""
    entry_of_state, topology = row.states()
    label_of_state = row.label[entry_of_state]
    scores = np.take(scores, label_of_state, axis=1)
    try:
        occupancy = all_paths(scores, topology)[0]
    except ValueError:  # the sum vanished: early in training a sound may fit none of its phones; then the best path has to do
        occupancy = np.zeros_like(scores)
        occupancy[np.arange(len(scores)), best_path(scores, topology)[0]] = 1
    return torch.from_numpy(occupancy), torch.from_numpy(label_of_state)


def align(aligner: Aligner, samples: np.ndarray, units: list[Unit], who: str) -> Alignment:
    """Find the units' phones in samples at LISTENING.sample_rate. `who` names the utterance in errors."""
    row, mel = row_of(units, aligner.numbers, who), listen(samples)
    try:
        return aligner.align(mel, row)
    except ValueError:
        raise too_short(who, row, len(mel)) from None


def too_short(who: str, row: Row, frames: int) -> UserError:
    return UserError(f"utterance {who}: {frames * LISTENING.frame_seconds:.2f} s are too short for its "
                     f"{row.optional.count(False)} phones; expected at least 12.5 ms for each; the text does not belong to "
                     "this sound, or the sound is cut")


def save_aligner_description(folder: Path, inventory: PhoneInventory, config: AlignerConfig, facts: dict) -> None:
    """Everything but the weights, which the training loop writes."""
    folder.mkdir(parents=True, exist_ok=True)
    inventory.save(folder / "phones.json")
    save_config(config, folder / "aligner.yaml")
    (folder / "card.json").write_text(json.dumps({**facts, "listening": asdict(LISTENING)}, indent=1), encoding="utf-8")


def load_aligner(folder: str | Path, inventory: PhoneInventory | None = None) -> Aligner:
    """The trained aligner of a folder; with `inventory`, an aligner of other phones is refused with the difference."""
    folder = Path(folder)
    if not (folder / "model.safetensors").is_file():
        raise UserError(f"{folder}: no trained aligner (model.safetensors is missing); "
                        f"run tts align MANIFEST OUT --folder {folder} first")
    own = PhoneInventory.load(folder / "phones.json")
    if inventory is not None and difference(own, inventory):
        raise UserError(f"{folder}: the aligner was trained with other phones ({difference(own, inventory)}); train it again in "
                        "another folder, or use the inventory that it was trained with")
    aligner = Aligner(own, load_config(AlignerConfig, [folder / "aligner.yaml"]))
    load_weights(aligner, folder / "model.safetensors")
    return aligner.eval()


def copy_aligner(source: Path, target: Path) -> None:
    """A copy of a trained aligner, without what its training left behind."""
    load_aligner(source)  # only a whole one
    target.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(source / name, target / name)
