"""Which frames of two sounds belong together: a path [L, 2] of frame pairs.

    dtw         the cheapest monotonic path on mel-cepstra without c₀ (exact dynamic time warping)
    none        frame belongs to frame, for sounds of equal length
    durations   both have an alignment of the same words: straight lines between the boundaries of phones (of words, where phones
                differ); one pair per frame of the reference

Never by F0 itself: a path that looks at what is to be judged hides its faults.
"""

from __future__ import annotations

import numpy as np

from tts.errors import UserError
from tts.evaluation.cepstra import align
from tts.evaluation.sound import Sound

LARGEST_DIFFERENCE = 2  # frames by which lengths may differ where frames are compared one to one
LONGEST_SECONDS = 60  # dynamic time warping needs memory with the square of it: some 500 MB


def path_between(reference: Sound, hypothesis: Sound, how: str) -> np.ndarray:
    """The path [L, 2] of frames (reference, hypothesis)."""
    if how == "none":
        return one_to_one(len(reference.f0_hz), len(hypothesis.f0_hz))
    if how == "durations":
        return through(*_boundaries(reference, hypothesis), len(reference.f0_hz), len(hypothesis.f0_hz), _shift(reference))
    longest = max(reference.seconds, hypothesis.seconds)
    if longest > LONGEST_SECONDS:
        raise UserError(
            f"{longest:.0f} s is too long to be aligned by dtw; expected at most {LONGEST_SECONDS} s; cut it into sentences, "
            "or use --alignment durations"
        )
    return align(reference.cepstra, hypothesis.cepstra)


def one_to_one(reference_frames: int, hypothesis_frames: int) -> np.ndarray:
    """Frame by frame; lengths that differ by more than some rounding are refused."""
    if abs(reference_frames - hypothesis_frames) > LARGEST_DIFFERENCE:
        raise UserError(
            f"{reference_frames} and {hypothesis_frames} frames cannot be compared one to one; align them (--alignment dtw)"
        )
    return np.repeat(np.arange(min(reference_frames, hypothesis_frames))[:, None], 2, axis=1)


def through(
    reference_times: np.ndarray,
    hypothesis_times: np.ndarray,
    reference_frames: int,
    hypothesis_frames: int,
    frame_seconds: float,
) -> np.ndarray:
    """Straight lines between boundaries [K] in seconds; every frame of the reference with the one at the same place."""
    middles = (np.arange(reference_frames) + 0.5) * frame_seconds
    # Pauses that one side does not have are two boundaries at one time; interp needs them a hair apart.
    strictly = reference_times + np.arange(len(reference_times)) * 1e-9
    there = np.interp(middles, strictly, hypothesis_times)
    frames = np.clip(np.floor(there / frame_seconds).astype(int), 0, hypothesis_frames - 1)
    return np.stack([np.arange(reference_frames), frames], axis=1)


def _boundaries(reference: Sound, hypothesis: Sound) -> tuple[np.ndarray, np.ndarray]:
    """Times [K] that belong together: the starts of the words' phones and the words' ends. So a pause that only one side makes is
    a stretch that has no length on the other."""
    for sound, name in ((reference, "the reference"), (hypothesis, "the hypothesis")):
        if not sound.aligned:
            raise UserError(
                f"{name} has no alignment; --alignment durations needs manifests with frames per phone on both sides (tts align)"
            )
    a, b = ([word.text for word in sound.utterance.words] for sound in (reference, hypothesis))
    if a != b:
        raise UserError(f"the alignments hold different words ({' '.join(a)} / {' '.join(b)})")
    spoken = [[[phone.symbol for phone in word.phones] for word in sound.utterance.words] for sound in (reference, hypothesis)]
    return times_of(reference, spoken[0] == spoken[1]), times_of(hypothesis, spoken[0] == spoken[1])


def times_of(sound: Sound, by_phone: bool) -> np.ndarray:
    """0, the start of every phone (or word) and every word's end, the end; in seconds."""
    step, at, times = sound.settings.unit_seconds, 0, [0]
    for unit in sound.utterance.units:
        if not unit.is_pause:
            frames = [phone.frames for phone in unit.phones] if by_phone else [unit.frames]
            times += [at, *(at + np.cumsum(frames))]
        at += unit.frames
    if abs(at * step - sound.seconds) > 2 * step:
        raise UserError(
            f"{sound.source.path}: its alignment lasts {at * step:.2f} s and its sound {sound.seconds:.2f} s; align it again, or "
            "set the configuration that it was aligned with (--config, --set features.hop_samples=…)"
        )
    return np.array([*times, at]) * step


def _shift(sound: Sound) -> float:
    return sound.settings.config.frame_seconds
