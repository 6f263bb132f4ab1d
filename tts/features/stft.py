"""Short-time Fourier transform and its inverse in the frame convention of `frames.py`.

Frame t is centred at (t + ½)·hop, N samples give ceil(N / hop) frames, and T frames give exactly T·hop samples back:

    padded   |--zeros (window - hop)/2--|······ N samples ······|--zeros, to the end of the last window--|

Beyond the ends of a signal there are zeros, not its mirror image: then an utterance inside a zero-padded batch has the same
frames as alone, and a signal of one sample works like any other. The inverse is the least-squares one (overlap-add of
windowed frames, divided by the sum of squared windows), so it undoes the transform up to rounding, edges included, for any
window of at least two hops.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.features.config import FeatureConfig


class Stft(nn.Module):
    """Wave [B, N] ↔ complex spectrum [B, T, F] with F = window/2 + 1 and a Hann window."""

    def __init__(self, config: FeatureConfig):
        super().__init__()
        self.hop = config.hop_samples
        self.window_samples = config.window_samples
        self.margin = (config.window_samples - config.hop_samples) // 2  # how far a window reaches beyond its frame
        self.register_buffer("window", torch.hann_window(config.window_samples), persistent=False)

    def forward(self, wave: Tensor) -> Tensor:
        """The spectrum [B, T, F] of `wave` [B, N], T = ceil(N / hop)."""
        total_frames = -(-wave.shape[-1] // self.hop)
        fill = total_frames * self.hop - wave.shape[-1]
        return self.of_padded(F.pad(wave, (self.margin, fill + self.margin)))

    def of_padded(self, padded: Tensor) -> Tensor:
        """As `forward`, for a wave that already has its `margin` on both sides: a stretch out of a longer one."""
        frames = padded.unfold(-1, self.window_samples, self.hop)  # [B, T, window]
        return torch.fft.rfft(frames * self.window, dim=-1)

    def inverse(self, spectrum: Tensor, frame_mask: Tensor | None = None, envelope: Tensor | None = None) -> Tensor:
        """The wave [B, T·hop] whose spectrum is nearest, in the least-squares sense, to `spectrum` [B, T, F]; of frames that
        `frame_mask` [B, T] calls padding, which are to be 0, nothing is asked. `envelope`: that of `T` and the mask, for who needs it often."""
        if envelope is None:
            envelope = self.envelope(spectrum.shape[1], frame_mask)
        frames = torch.fft.irfft(spectrum, n=self.window_samples, dim=-1)
        return self._overlap_add(frames.mul_(self.window)) / envelope

    def envelope(self, total_frames: int, frame_mask: Tensor | None = None) -> Tensor:
        """What windows laid over each other, squared, add up to: [T·hop], or [B, T·hop] where a mask [B, T] leaves frames out."""
        if frame_mask is None:
            return self._envelope(total_frames)
        squares = (self.window * self.window).expand(1, total_frames, -1) * frame_mask[..., None]
        return self._overlap_add(squares).clamp(min=1e-8)

    def _envelope(self, total_frames: int) -> Tensor:
        """Without a mask it is the same for every frame but those near the two ends."""
        short = 2 * -(-self.window_samples // self.hop)
        squares = self._overlap_add((self.window * self.window).expand(1, min(total_frames, short), -1))[0].clamp(min=1e-8)
        if total_frames <= short:
            return squares
        middle = short // 2 * self.hop
        return torch.cat([squares[:middle], squares[middle : middle + self.hop].repeat(total_frames - short), squares[middle:]])

    def _overlap_add(self, frames: Tensor) -> Tensor:
        """Sum of frames [B, T, window] laid a hop apart, cut to the frames' own stretch: [B, T·hop]."""
        batch, total_frames, _ = frames.shape
        pieces = -(-self.window_samples // self.hop)  # a window as whole hops, so that shifted sums are plain slices
        if pieces * self.hop > self.window_samples:
            frames = F.pad(frames, (0, pieces * self.hop - self.window_samples))
        frames = frames.view(batch, total_frames, pieces, self.hop)
        total = frames.new_zeros(batch, total_frames + pieces - 1, self.hop)
        for piece in range(pieces):
            total[:, piece : piece + total_frames] += frames[:, :, piece]
        return total.view(batch, -1)[:, self.margin : self.margin + total_frames * self.hop]
