"""Griffin & Lim's iteration: from a wave to one that has given magnitudes, or nearly, by projections on what has them and on what is a wave.

In the fast form of Perraudin, Balazs & Søndergaard (2013) each projection starts beyond the last one. On a CPU all of a round's work beside the Fourier
transforms is compiled, and done block by block, as what fits into the processor's cache takes a third of the time.
"""

from __future__ import annotations

import numba
import numpy as np
import torch
from torch import Tensor

from tts.features.stft import Stft

MOMENTUM = 0.99  # of the fast form: how far beyond the last projection the next one starts
TINY = 1e-16  # of a power, so that silence has a phase
BLOCK_FRAMES = 128  # worked on at a time, here and where magnitudes are put together


@torch.no_grad()
def project(stft: Stft, wave: Tensor, magnitude: Tensor, rounds: int, momentum: float, frame_mask: Tensor | None = None) -> Tensor:
    """`wave` [B, T·hop] after `rounds` from its phases towards `magnitude` [B, T, F]; `momentum` 0 is the plain form. What `frame_mask` [B, T] calls
    padding, which comes last, stays silent."""
    if not rounds:
        return wave
    if wave.device.type != "cpu":
        return _project_batch(stft, wave, magnitude, rounds, momentum, frame_mask)
    out = torch.zeros_like(wave)
    for b, item in enumerate(out):
        frames = len(magnitude[b]) if frame_mask is None else int(frame_mask[b].sum())
        if frames:
            item[: frames * stft.hop] = _project_item(stft, wave[b, : frames * stft.hop], magnitude[b, :frames], rounds, momentum)
    return out


def _project_batch(stft: Stft, wave: Tensor, magnitude: Tensor, rounds: int, momentum: float, frame_mask: Tensor | None) -> Tensor:
    if frame_mask is not None:
        magnitude = magnitude * frame_mask[..., None]
        heard = frame_mask.repeat_interleave(stft.hop, 1)
    envelope = stft.envelope(magnitude.shape[1], frame_mask)
    previous = None
    for _ in range(rounds):
        projected = stft(wave)
        ahead = projected if previous is None else previous + (1 + momentum) * (projected - previous)
        previous = projected
        wave = stft.inverse(ahead * magnitude * (ahead.real.square() + ahead.imag.square() + TINY).rsqrt(), frame_mask, envelope)
        if frame_mask is not None:
            wave = wave * heard
    return wave


def _project_item(stft: Stft, wave: Tensor, magnitude: Tensor, rounds: int, momentum: float) -> Tensor:
    """`wave` [T·hop] towards `magnitude` [T, F], on a CPU."""
    (total, bins), hop, size = magnitude.shape, stft.hop, stft.window_samples
    window, envelope = stft.window.numpy(), stft.envelope(total).numpy()
    magnitude = magnitude.contiguous().numpy()
    inside = slice(stft.margin, stft.margin + total * hop)
    padded = np.zeros(2 * stft.margin + total * hop, np.float32)
    padded[inside] = wave.numpy()
    following, previous = np.empty_like(padded), np.zeros((total, 2 * bins), np.float32)
    block_frames = torch.empty(min(BLOCK_FRAMES, total), size)
    block_spectrum = torch.empty(len(block_frames), bins, dtype=torch.complex64)
    for number in range(rounds):
        following.fill(0)
        for begin in range(0, total, BLOCK_FRAMES):
            end = min(begin + BLOCK_FRAMES, total)
            frames, spectrum = block_frames[: end - begin], block_spectrum[: end - begin]
            samples = slice(begin * hop, (end - 1) * hop + size)
            _cut(padded[samples], window, hop, frames.numpy())
            torch.fft.rfft(frames, out=spectrum)
            _turn(torch.view_as_real(spectrum).flatten(1).numpy(), previous[begin:end], magnitude[begin:end], momentum if number else -1.0)
            torch.fft.irfft(spectrum, n=size, out=frames)
            _lay(frames.numpy(), window, hop, following[samples])
        following[: stft.margin], following[inside.stop :] = 0, 0
        following[inside] /= envelope
        padded, following = following, padded
    return torch.from_numpy(padded[inside])


def _compiled(signature: str):
    """Division "as NumPy does" has no exception for zero, and so can be done for many numbers at once."""
    return numba.njit(signature, cache=True, fastmath=True, nogil=True, error_model="numpy")


@_compiled("void(f4[::1], f4[::1], i8, f4[:, ::1])")
def _cut(wave, window, hop, frames):
    """Windowed frames [T, W] out of a wave [(T - 1)·hop + W]."""
    for t in range(len(frames)):
        frame, part = frames[t], wave[t * hop : t * hop + len(window)]
        for i in range(len(window)):
            frame[i] = part[i] * window[i]


@_compiled("void(f4[:, ::1], f4[::1], i8, f4[::1])")
def _lay(frames, window, hop, wave):
    """Add windowed frames [T, W] to a wave [(T - 1)·hop + W]: `_cut` transposed."""
    for t in range(len(frames)):
        frame, part = frames[t], wave[t * hop : t * hop + len(window)]
        for i in range(len(window)):
            part[i] += frame[i] * window[i]


@_compiled("void(f4[:, ::1], f4[:, ::1], f4[:, ::1], f8)")
def _turn(spectrum, previous, magnitude, momentum):
    """Spectra [T, 2F] (a real and an imaginary part for each bin) become what the next ones start from: phases `momentum` beyond them as seen from the
    previous ones [T, 2F], which they replace, with magnitudes [T, F]. The first round, of momentum -1, has no previous ones to look at."""
    further, tiny = np.float32(1 + momentum), np.float32(TINY)
    for t in range(len(spectrum)):
        now, before, meant = spectrum[t], previous[t], magnitude[t]
        for k in range(len(meant)):
            real, imaginary = now[2 * k], now[2 * k + 1]
            real_before, imaginary_before = before[2 * k], before[2 * k + 1]
            before[2 * k], before[2 * k + 1] = real, imaginary
            if momentum >= 0:
                real = real_before + further * (real - real_before)
                imaginary = imaginary_before + further * (imaginary - imaginary_before)
            scale = meant[k] / np.sqrt(real * real + imaginary * imaginary + tiny)
            now[2 * k], now[2 * k + 1] = real * scale, imaginary * scale
