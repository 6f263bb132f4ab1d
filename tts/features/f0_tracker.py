"""Our own F0 and voicing tracker: correlation finds the candidates, a small network weighs them, Viterbi joins them.

1. The sound at 6 kHz (what carries pitch lies below 3 kHz) gives, per frame, the normalised cross-correlation of two stretches
   one lag apart, for every lag of 55 to 800 Hz and stretches of 8, 16, 32 and 64 ms, symmetric about the frame's middle:
   nccf = Σ a·b / sqrt(Σ a² · Σ b²)    (Talkin 1995, "A robust algorithm for pitch tracking")
2. With it go the energies of quarter frames below and above 3 kHz and of 20 narrow bands, each relative to its quiet
   and its loud moments in the utterance, so that noise which does not change much is seen as such.
3. A network of three residual convolutions over time turns this into log-probabilities of 128 pitches and of voicing.
4. Viterbi finds the path that is probable, correlates, and jumps little; the correlation's peak beside it gives the exact F0.

The network learned from speech that WORLD made on known contours, clean and in noise (benchmarks/train_f0_tracker.py makes
the weights again); it has never seen a language or a speaker by name and is 0.6 MB.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numba
import numpy as np
import soxr
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

RATE = 6000  # Hz, for everything but the energy above 3 kHz
WIDE_RATE = 16000
LOW_HZ, HIGH_HZ = 55.0, 800.0
PITCHES = 128  # 36 cents apart
GRID_HZ = LOW_HZ * (HIGH_HZ / LOW_HZ) ** (np.arange(PITCHES) / (PITCHES - 1))
LAGS = np.arange(5, 113)  # samples at RATE; one more on either side than the range needs
HALF_WIDTHS = np.array([24, 48, 96, 192])  # half of 8, 16, 32 and 64 ms
BAND_WINDOW = 300  # 50 ms
BAND_EDGES = np.unique(np.round(np.concatenate([np.linspace(3, 20, 9), np.geomspace(23, 150, 12)])).astype(int))
MARGIN = 256  # zeros around the sound, more than any stretch reaches
QUIET = 1e-6  # power, of the mean power: what is 60 dB down counts as silence
FEATURES = PITCHES // 2 + 2 * PITCHES + PITCHES // 2 + 5 * 4 + 2 * (len(BAND_EDGES) - 1)
HIDDEN = 128

# Viterbi: what a step of one pitch and what a jump of any size costs, and what correlation is worth, in nats.
STEP_COST, JUMP_COST, LARGEST_STEP, CORRELATION_WEIGHT = 0.3, 12.0, 8, 5.0


# ---- what the network sees


def analyse(samples: np.ndarray, sample_rate: int, middles_seconds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Features [T, FEATURES] and the correlation over 16 ms at every lag [T, len(LAGS)], at the given frame middles."""
    wide = soxr.resample(samples, sample_rate, WIDE_RATE) if sample_rate != WIDE_RATE else samples
    wide = wide - wide.mean()
    wide = wide / np.float32(np.sqrt(np.mean(np.square(wide, dtype=np.float64)) + 1e-12))
    low = soxr.resample(wide, WIDE_RATE, RATE)
    padded = np.pad(low, (MARGIN, MARGIN + BAND_WINDOW)).astype(np.float32)
    centres = MARGIN + np.minimum(np.rint(middles_seconds * RATE).astype(np.int64), len(low))
    correlation = _correlate(padded, centres, LAGS, HALF_WIDTHS, np.float32(QUIET))
    on_grid = _to_grid(correlation, *_grid_weights())
    parts = [on_grid[:, 0, ::2], on_grid[:, 1], on_grid[:, 2], on_grid[:, 3, ::2],
             _energies(low, wide, middles_seconds), _bands(padded, centres)]
    return np.concatenate(parts, axis=1, dtype=np.float32), correlation[:, 1]


@numba.njit(cache=True, fastmath=True)
def _correlate(sound, centres, lags, half_widths, quiet):
    """Normalised cross-correlation [T, K widths, L lags] of the stretches that lie half a lag before and after each centre."""
    squares = np.zeros(len(sound) + 1)
    for i in range(len(sound)):
        squares[i + 1] = squares[i] + sound[i] * sound[i]
    result = np.empty((len(centres), len(half_widths), len(lags)), np.float32)
    for t in range(len(centres)):
        for j in range(len(lags)):
            a = centres[t] - lags[j] // 2
            b = a + lags[j]
            product = np.float32(0.0)
            inner = 0
            for k in range(len(half_widths)):  # a longer stretch is the shorter one and what it has more at both ends
                half = half_widths[k]
                for i in range(-half, -inner):
                    product += sound[a + i] * sound[b + i]
                for i in range(inner, half):
                    product += sound[a + i] * sound[b + i]
                inner = half
                floor = quiet * 2 * half
                energy = (squares[a + half] - squares[a - half] + floor) * (squares[b + half] - squares[b - half] + floor)
                result[t, k, j] = product / np.sqrt(energy)
    return result


@cache
def _grid_weights() -> tuple[np.ndarray, np.ndarray]:
    """For every pitch the first of four lags and their weights: cubic interpolation (Catmull-Rom)."""
    position = RATE / GRID_HZ - LAGS[0]
    first = np.clip(np.floor(position).astype(np.int64) - 1, 0, len(LAGS) - 4)
    x = position - first - 1
    weights = np.stack([-0.5 * x + x**2 - 0.5 * x**3, 1 - 2.5 * x**2 + 1.5 * x**3,
                        0.5 * x + 2 * x**2 - 1.5 * x**3, -0.5 * x**2 + 0.5 * x**3], axis=1)
    return first, weights.astype(np.float32)


@numba.njit(cache=True, fastmath=True)
def _to_grid(correlation, first, weights):
    """Correlation [T, K, L] over lags → [T, K, PITCHES] over pitches."""
    frames, widths, _ = correlation.shape
    result = np.empty((frames, widths, len(first)), np.float32)
    for t in range(frames):
        for k in range(widths):
            for g in range(len(first)):
                f = first[g]
                result[t, k, g] = (correlation[t, k, f] * weights[g, 0] + correlation[t, k, f + 1] * weights[g, 1]
                                   + correlation[t, k, f + 2] * weights[g, 2] + correlation[t, k, f + 3] * weights[g, 3])
    return result


def _energies(low: np.ndarray, wide: np.ndarray, middles_seconds: np.ndarray) -> np.ndarray:
    """Log-energies of quarter frames below and above 3 kHz, relative to quiet and loud moments, and their difference [T, 20]."""
    step = middles_seconds[1] - middles_seconds[0] if len(middles_seconds) > 1 else 2 * middles_seconds[0]
    edges = (middles_seconds[:, None] + step * np.linspace(-0.5, 0.5, 5)).ravel()
    below, total = (_energy_between(sound, rate, edges) / (step / 4 * rate) for sound, rate in ((low, RATE), (wide, WIDE_RATE)))
    below, above = np.log(below + QUIET), np.log(np.maximum(total - below, 0) + QUIET)
    parts = [(below - above) / 4]
    for energy in (below, above):
        quiet, loud = np.quantile(energy, (0.1, 0.95))
        parts += [(energy - quiet) / 4, (energy - loud) / 4]
    return np.concatenate(parts, axis=1)


def _energy_between(sound: np.ndarray, rate: int, edges: np.ndarray) -> np.ndarray:
    """Sum of squares between neighbouring ones of each frame's five edges, in seconds: [T, 4]."""
    running = np.concatenate([[0.0], np.cumsum(np.square(sound, dtype=np.float64))])
    at_edges = np.interp(edges * rate, np.arange(len(running)), running)
    return np.diff(at_edges.reshape(-1, 5), axis=1)


@cache
def _band_matrix() -> tuple[np.ndarray, np.ndarray]:
    matrix = np.zeros((BAND_WINDOW // 2 + 1, len(BAND_EDGES) - 1), np.float32)
    for band, (low, high) in enumerate(zip(BAND_EDGES[:-1], BAND_EDGES[1:])):
        matrix[low : high + 1, band] = 1.0
    return np.hanning(BAND_WINDOW + 2)[1:-1].astype(np.float32), matrix


def _bands(padded: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Log-energies of narrow bands around each centre, relative to the band's quiet moments and to the loudest [T, 2 · bands]."""
    window, matrix = _band_matrix()
    stretches = np.lib.stride_tricks.sliding_window_view(padded, BAND_WINDOW)[centres - BAND_WINDOW // 2]
    spectrum = np.fft.rfft(stretches * window, axis=1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    energy = np.log(power.astype(np.float32) @ matrix / BAND_WINDOW + np.float32(QUIET))
    quiet, loud = np.quantile(energy, 0.1, axis=0), np.quantile(energy.max(axis=1), 0.95)
    return np.concatenate([(energy - quiet) / 4, (energy - loud) / 4], axis=1)


# ---- the network


class PitchNetwork(nn.Module):
    """Features [B, T, FEATURES] → logits [B, T, PITCHES + 1]: one per pitch, and the last for voicing."""

    def __init__(self, hidden: int = HIDDEN):
        super().__init__()
        self.register_buffer("mean", torch.zeros(FEATURES))
        self.register_buffer("scale", torch.ones(FEATURES))
        self.inward = nn.Linear(FEATURES, hidden)
        self.over_time = nn.ModuleList(nn.Conv1d(hidden, hidden, 5, padding=2 * step, dilation=step) for step in (1, 2, 4))
        self.outward = nn.Linear(hidden, PITCHES + 1)
        self.dropout = nn.Dropout(0.1)

    def forward(self, features: Tensor) -> Tensor:
        hidden = torch.relu(self.inward((features - self.mean) / self.scale)).transpose(1, 2)
        for convolution in self.over_time:
            hidden = hidden + torch.relu(convolution(self.dropout(hidden)))
        return self.outward(hidden.transpose(1, 2))


@cache
def _network() -> PitchNetwork:
    network = PitchNetwork()
    weights = load_file(files("tts").joinpath("data", "f0_tracker.safetensors"))
    network.load_state_dict({name: tensor.float() for name, tensor in weights.items()})
    return network.eval()


# ---- the path


@numba.njit(cache=True)
def _best_path(score, step_cost, jump_cost, largest_step):
    """The row of pitches [T] with the highest sum of `score` [T, G] less the costs of its moves."""
    frames, pitches = score.shape
    origin = np.zeros((frames, pitches), np.int16)
    total = score[0].copy()
    new = np.empty_like(total)
    for t in range(1, frames):
        best = np.argmax(total)
        for g in range(pitches):
            value, source = total[best] - jump_cost, best
            for h in range(max(0, g - largest_step), min(pitches, g + largest_step + 1)):
                candidate = total[h] - step_cost * abs(g - h)
                if candidate > value:
                    value, source = candidate, h
            new[g] = value + score[t, g]
            origin[t, g] = source
        total[:] = new
    path = np.empty(frames, np.int64)
    path[-1] = np.argmax(total)
    for t in range(frames - 1, 0, -1):
        path[t - 1] = origin[t, path[t]]
    return path


@numba.njit(cache=True)
def _refine(path_hz, correlation, first_lag, rate, reach):
    """F0 at the correlation's [T, L] highest peak within a factor `reach` of the path's, by a parabola through three lags."""
    result = path_hz.copy()
    for t in range(len(path_hz)):
        low = max(1, int(np.ceil(rate / (path_hz[t] * reach) - first_lag)))
        high = min(correlation.shape[1] - 2, int(np.floor(rate * reach / path_hz[t] - first_lag)))
        best = -1
        for j in range(low, high + 1):
            before, here, after = correlation[t, j - 1], correlation[t, j], correlation[t, j + 1]
            if here >= before and here >= after and (best < 0 or here > correlation[t, best]):
                best = j
        if best >= 0:
            before, here, after = correlation[t, best - 1], correlation[t, best], correlation[t, best + 1]
            bend = before - 2 * here + after
            shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
            result[t] = rate / (first_lag + best + shift)
    return result


@torch.inference_mode()
def track(samples: np.ndarray, sample_rate: int, middles_seconds: np.ndarray, low_hz: float,
          high_hz: float) -> tuple[np.ndarray, np.ndarray]:
    """F0 in Hz [T] at every frame, as if all were voiced, and the probability of voicing [T]."""
    features, correlation = analyse(samples, sample_rate, middles_seconds)
    logits = _network()(torch.from_numpy(features)[None])[0]
    voicing = torch.sigmoid(logits[:, -1]).numpy()
    correlates = features[:, PITCHES // 2 + PITCHES : PITCHES // 2 + 2 * PITCHES]  # over 32 ms
    score = logits[:, :-1].log_softmax(-1).numpy() + CORRELATION_WEIGHT * correlates
    allowed = np.flatnonzero((GRID_HZ >= low_hz * 0.98) & (GRID_HZ <= high_hz * 1.02))
    score = np.ascontiguousarray(score[:, allowed] * voicing[:, None])  # where nobody speaks the path is free
    path = _best_path(score, STEP_COST, JUMP_COST, LARGEST_STEP)
    refined = _refine(GRID_HZ[allowed][path], correlation, LAGS[0], RATE, 1.04)
    return np.clip(refined, low_hz, high_hz), voicing
