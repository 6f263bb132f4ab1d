"""Sound files in and out: the only place that reads or writes them.

`load_audio` gives float32 mono at the rate asked for, whatever the file's format (WAV, FLAC, OGG, Opus, MP3: what libsndfile
knows) and rate (soxr, very high quality). `save_audio` writes 16-bit PCM and never wraps: sound that is too loud is scaled.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np
import soundfile
import soxr

from tts.corpus.manifest import atomic_writer
from tts.errors import UserError

PROMISED = re.compile(r"^\s*(?:data|SSND) : (\d+) \(should be (\d+)\)", re.M)  # how libsndfile tells of bytes that are not there
UNKNOWN_LENGTH = 0x7FFFF000  # bytes; writers that do not know the length put about that or twice that
HIGHEST_PEAK, LIMITER_SECONDS = 0.999, 0.005  # of made sound, and how long before and after a peak it is turned down
FULL_SCALE = 32768  # one step of 16-bit PCM is 1 / FULL_SCALE, so that reading and writing a file changes nothing


def load_audio(path: str | Path, sample_rate: int) -> np.ndarray:
    """The file's sound as float32 [N] at `sample_rate`; several channels are averaged to one."""
    path = Path(path)
    if not path.is_file():
        raise UserError(f"{path}: no such audio file; check the manifest's `audio` and the folder it is relative to")
    try:
        with soundfile.SoundFile(path) as file:
            file_rate, channels = file.samplerate, file.read(dtype="float32", always_2d=True)
            require_whole(path, file, len(channels))
    except soundfile.SoundFileError as error:
        raise UserError(f"{path}: not readable as sound ({error}); expected WAV, FLAC, OGG, Opus or MP3; "
                        "convert it or leave the utterance out") from None
    samples = channels[:, 0] if channels.shape[1] == 1 else channels.mean(axis=1, dtype=np.float32)
    if len(samples) == 0:
        raise UserError(f"{path}: holds no samples; record it again or leave the utterance out")
    if not np.isfinite(samples).all():
        raise UserError(f"{path}: {np.count_nonzero(~np.isfinite(samples))} of {len(samples)} samples are not finite numbers; "
                        "export it again as 16-bit PCM")
    if file_rate != sample_rate:
        samples = soxr.resample(samples, file_rate, sample_rate, quality="VHQ")
    return np.ascontiguousarray(samples, dtype=np.float32)


def require_whole(path: Path, about, frames: int) -> None:
    """Refuse a file that ends before the end it names: `about` is libsndfile's account of it, `frames` how many it gave. Sound that was
    written to a pipe names no length; MP3 often only guesses one."""
    cut = PROMISED.search(about.extra_info)
    if cut and int(cut[2]) < int(cut[1]) < UNKNOWN_LENGTH or frames < about.frames and about.format != "MP3":
        raise UserError(f"{path}: ends too early (after {frames} samples); it was cut off when it was copied or written: copy it again")


def save_audio(path: str | Path, samples: np.ndarray, sample_rate: int) -> float:
    """Write samples [N] as 16-bit PCM in the format of the suffix (.wav, .flac); the file appears only when whole.

    Returns the gain that was applied: 1.0, or less for samples beyond ±1, which are scaled to just fit, with a warning.
    """
    path = Path(path)
    samples = np.asarray(samples, dtype=np.float64)
    if samples.ndim != 1:
        raise UserError(f"{path}: cannot save samples of shape {list(samples.shape)}; expected one channel [N]")
    if not np.isfinite(samples).all():
        raise UserError(f"{path}: {np.count_nonzero(~np.isfinite(samples))} of {len(samples)} samples are not finite numbers; "
                        "nothing was written")
    peak = float(np.abs(samples).max(initial=0.0))
    gain = 1.0 if peak <= 1.0 else 1.0 / peak
    if gain < 1.0:
        warnings.warn(f"{path}: peak {peak:.2f} would clip; scaled by {gain:.3f}", stacklevel=2)
    pcm = to_pcm(samples * gain)
    file_format = path.suffix[1:].upper()
    if file_format not in ("WAV", "FLAC"):
        raise UserError(f"{path}: cannot write {path.suffix or 'a file without suffix'}; use .wav or .flac")
    with atomic_writer(path, "wb") as file:
        soundfile.write(file, pcm, sample_rate, format=file_format, subtype="PCM_16")
    return gain


def limited(samples: np.ndarray, sample_rate: int) -> np.ndarray:
    """Samples [N] with peaks beyond ±1 turned down for some milliseconds around them, and all else as it was: made sound keeps its level, where scaling
    would make a whole utterance quieter for the sake of one pulse."""
    from scipy.ndimage import minimum_filter1d, uniform_filter1d

    gain = HIGHEST_PEAK / np.maximum(np.abs(samples), HIGHEST_PEAK)
    if gain.min(initial=1.0) == 1:
        return samples
    width = 2 * round(LIMITER_SECONDS * sample_rate) + 1
    return (samples * uniform_filter1d(minimum_filter1d(gain, width), width)).astype(samples.dtype)


def to_pcm(samples: np.ndarray) -> np.ndarray:
    """Samples as 16-bit numbers; what is beyond ±1 is clipped."""
    return np.clip(np.rint(samples * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
