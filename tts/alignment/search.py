"""Monotonic paths through a score matrix: the best one, and all of them at once.

The states of an utterance stand in a row. At every frame a path stays, goes one state on, or jumps over an optional stretch
(a silence nobody made). A phone that must last two frames is two states of which only the last may stay:

    state     _ _ _ | j j ɛ ɛ s s | _ _ _ | f f …           pauses are optional, phones are not
    stay          o     o   o   o       o     o
    jump             ‾‾‾‾‾‾‾‾‾‾‾‾‾ from the last s to the first f, over the pause

Work goes frame by frame over one row of state, which stays in the fastest cache and runs as vector instructions; the usual
form goes over the whole phones × frames matrix. Compiled by numba, kept on disk (NUMBA_CACHE_DIR, else beside this file).
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

IMPOSSIBLE = np.float32(-1e30)
STAY, STEP, JUMP = 0, 1, 2


@dataclass(frozen=True)
class Topology:
    """What a path may do in a row of S states.

    stay   [S] float32  log weight of staying in a state, IMPOSSIBLE where it may not
    jump   [S] float32  log weight of entering a state from `reach` states before, IMPOSSIBLE where it may not
    reach  length of a jump: one more than the states of an optional stretch
    starts / ends       states in which a path may begin and end
    """

    stay: np.ndarray
    jump: np.ndarray
    reach: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def plain(cls, states: int) -> Topology:
        """Every state at least one frame, nothing optional: the search that Glow-TTS made known."""
        return cls(np.zeros(states, np.float32), np.full(states, IMPOSSIBLE, np.float32), 1, (0,), (states - 1,))


def chain(optional: list[bool], phone_frames: int = 2, pause_frames: int = 3) -> tuple[np.ndarray, Topology]:
    """The states of a row of phones, of which the optional ones are pauses, no two in a row.

    Returns `state_to_phone` [S] and the topology; a phone lasts at least `phone_frames`, a pause `pause_frames` or none.
    """
    if any(a and b for a, b in zip(optional, optional[1:])):
        raise ValueError("two optional phones in a row: their border could lie anywhere")
    lengths = [pause_frames if skip else phone_frames for skip in optional]
    state_to_phone = np.repeat(np.arange(len(optional)), lengths)
    firsts = np.cumsum([0, *lengths[:-1]])
    lasts = np.cumsum(lengths) - 1
    stay = np.full(len(state_to_phone), IMPOSSIBLE, np.float32)
    stay[lasts] = 0
    jump = np.full(len(state_to_phone), IMPOSSIBLE, np.float32)
    for phone, skip in enumerate(optional[:-1]):
        if skip and phone:
            jump[firsts[phone + 1]] = 0
    starts = (0, int(firsts[1])) if optional[0] and len(optional) > 1 else (0,)
    ends = (len(stay) - 1, int(lasts[-2])) if optional[-1] and len(optional) > 1 else (len(stay) - 1,)
    return state_to_phone, Topology(stay, jump, pause_frames + 1, starts, ends)


@numba.njit("f4[:](f4[:, ::1], f4[::1], f4[::1], i8, f4[::1], u1[:, ::1])", cache=True)
def _sweep(scores, stay, jump, reach, start, moves):
    """Best score of every state after the last frame; how it was reached goes to `moves`. Rows are padded by `reach` impossible
    states."""
    frames, states = scores.shape
    row = np.full(reach + states, IMPOSSIBLE)
    following = row.copy()
    row[reach:] = start + scores[0]
    for t in range(1, frames):
        same, previous, far = row[reach:], row[reach - 1:-1], row[:states]
        out, score, move = following[reach:], scores[t], moves[t]
        for s in range(states):  # no branches: this loop becomes vector instructions
            stayed, stepped, jumped = same[s] + stay[s], previous[s], far[s] + jump[s]
            best = max(stayed, stepped)
            move[s] = JUMP if jumped > best else (STEP if stepped > stayed else STAY)
            out[s] = max(best, jumped) + score[s]
        row, following = following, row
    return row[reach:]


def best_path(scores: np.ndarray, topology: Topology) -> tuple[np.ndarray, float]:
    """The state of every frame [T] on the best path, and its summed score. `scores` [T, S] are log-probabilities.

    Raises ValueError when no path fits, that is when there are fewer frames than the states need.
    """
    scores = np.ascontiguousarray(scores, np.float32)
    frames, states = scores.shape
    start = np.full(states, IMPOSSIBLE, np.float32)
    start[list(topology.starts)] = 0
    moves = np.empty((frames, states), np.uint8)
    final = _sweep(scores, topology.stay, topology.jump, topology.reach, start, moves)
    state = max(topology.ends, key=lambda s: final[s])
    if not final[state] > IMPOSSIBLE / 2:
        raise ValueError(f"{frames} frames are too few for {states} states")
    return _trace(moves, state, topology.reach), float(final[state])


@numba.njit("i8[::1](u1[:, ::1], i8, i8)", cache=True)
def _trace(moves, state, reach):
    path = np.empty(len(moves), np.int64)
    for t in range(len(moves) - 1, -1, -1):
        path[t] = state
        if t:
            move = moves[t, state]
            state -= 1 if move == STEP else reach if move == JUMP else 0
    return path


@numba.njit("f8(f4[:, ::1], f4[::1], f4[::1], i8, f4[::1], f4[::1], f4[:, ::1], f8[:, ::1])", cache=True)
def _forward_backward(emission, stay, jump, reach, start, end, occupancy, alpha):
    """Fill `occupancy` [T, S] with each frame's probabilities of the states over all paths; returns the log of their sum.

    Every row is scaled to sum to one on the way; `alpha` [T, reach + S] is working space."""
    frames, states = emission.shape
    total = 0.0
    alpha[:, :reach] = 0
    for t in range(frames):
        row = alpha[t, reach:]
        if t == 0:
            for s in range(states):
                row[s] = start[s] * emission[0, s]
        else:
            same, previous, far = alpha[t - 1, reach:], alpha[t - 1, reach - 1:-1], alpha[t - 1, :states]
            for s in range(states):
                row[s] = (same[s] * stay[s] + previous[s] + far[s] * jump[s]) * emission[t, s]
        scale = (row * end).sum() if t == frames - 1 else row.sum()
        if not scale > 0.0:
            return -np.inf
        row /= scale
        total += np.log(scale)

    beta = np.zeros(states + reach)
    leaving = np.zeros(states + reach)  # what is reached from a state's followers
    far_weight = np.zeros(states + reach)
    far_weight[:states] = jump
    beta[:states] = end
    for t in range(frames - 1, -1, -1):
        if t < frames - 1:
            for s in range(states):
                leaving[s] = beta[s] * emission[t + 1, s]
            step, far, weight = leaving[1:], leaving[reach:], far_weight[reach:]
            for s in range(states):
                beta[s] = leaving[s] * stay[s] + step[s] + far[s] * weight[s]
            beta[:states] /= beta[:states].max()
        product = alpha[t, reach:] * beta[:states]
        product /= product.sum()
        occupancy[t] = product
    return total


def all_paths(scores: np.ndarray, topology: Topology) -> tuple[np.ndarray, float]:
    """How probable each state is at each frame [T, S] when every path counts by its score, and the log of the sum of all
    paths."""
    scores = np.ascontiguousarray(scores, np.float32)
    frames, states = scores.shape
    start, end = np.zeros(states, np.float32), np.zeros(states, np.float32)
    start[list(topology.starts)] = 1
    end[list(topology.ends)] = 1
    peaks = scores.max(axis=1, keepdims=True)
    emission = np.exp(np.maximum(scores - peaks, -40.0))  # nothing is quite impossible: a wrong frame must not end every path
    occupancy = np.empty((frames, states), np.float32)
    total = _forward_backward(emission, np.exp(topology.stay), np.exp(topology.jump), topology.reach, start, end, occupancy,
                              np.empty((frames, topology.reach + states)))
    if total == -np.inf:
        raise ValueError(f"{frames} frames are too few for {states} states")
    return occupancy, total + float(peaks.sum())
