"""The compiled searches against the same recursions written plainly, and against paths counted one by one."""

import itertools

import numpy as np
import pytest

from tts.alignment.search import IMPOSSIBLE, Topology, all_paths, best_path, chain


def moves_between(topology, s):
    """The states that may follow state `s`."""
    after = [s] if topology.stay[s] > IMPOSSIBLE / 2 else []
    after += [s + 1] if s + 1 < len(topology.stay) else []
    far = s + topology.reach
    return after + ([far] if far < len(topology.stay) and topology.jump[far] > IMPOSSIBLE / 2 else [])


def every_path(frames, topology):
    """All allowed paths, by brute force."""
    paths = [[s] for s in topology.starts]
    for _ in range(frames - 1):
        paths = [path + [s] for path in paths for s in moves_between(topology, path[-1])]
    return [path for path in paths if path[-1] in topology.ends]


def plain_numpy(scores, topology):
    """The textbook recursion, one phone after the other, whole matrix in memory."""
    frames, states = scores.shape
    value = np.full((frames, states), -np.inf)
    value[0, list(topology.starts)] = scores[0, list(topology.starts)]
    for t, s in itertools.product(range(1, frames), range(states)):
        value[t, s] = scores[t, s] + max((value[t - 1, p]
                                         for p in range(s + 1) if s in moves_between(topology, p)), default=-np.inf)
    return max(value[-1, s] for s in topology.ends)


@pytest.mark.parametrize("optional", [[True, False, False, True, False, True],
                         [False, False], [True, False], [False, True, False, False]])
def test_best_and_all_paths_agree_with_counting(optional):
    rng = np.random.default_rng(0)
    state_to_phone, topology = chain(optional, phone_frames=1, pause_frames=2)
    for frames in range(optional.count(False), 10):
        scores = rng.normal(size=(frames, len(state_to_phone))).astype(np.float32)
        paths = every_path(frames, topology)
        weights = np.array([scores[np.arange(frames), path].sum() for path in paths], np.float64)
        path, score = best_path(scores, topology)
        assert list(path) == paths[int(weights.argmax())]
        assert score == pytest.approx(weights.max(), abs=1e-4)
        occupancy, total = all_paths(scores, topology)
        assert total == pytest.approx(np.logaddexp.reduce(weights), abs=1e-4)
        expected = np.zeros(scores.shape)
        for path, weight in zip(paths, np.exp(weights - np.logaddexp.reduce(weights))):
            expected[np.arange(frames), path] += weight
        np.testing.assert_allclose(occupancy, expected, atol=1e-5)


def test_random_long_matrices_agree_with_the_plain_recursion():
    rng = np.random.default_rng(1)
    for phones, frames in [(5, 40), (12, 90)]:
        optional = [bool(p % 4 == 0) for p in range(phones)]
        state_to_phone, topology = chain(optional)
        scores = rng.normal(size=(frames, len(state_to_phone))).astype(np.float32) * 3
        path, score = best_path(scores, topology)
        assert score == pytest.approx(plain_numpy(scores, topology), abs=1e-3)
        durations = np.bincount(state_to_phone[path], minlength=phones)
        assert durations.sum() == frames
        assert all(d >= 2 if not skip else d == 0 or d >= 3 for d, skip in zip(durations, optional))


def test_a_planted_path_is_found_and_a_missing_pause_is_skipped():
    truth = [0, 0, 0, 0, 1, 1, 1, 3, 3, 4, 4, 4, 4, 5, 5, 5]  # phone 2 is a pause that nobody made
    state_to_phone, topology = chain([True, False, True, False, False, True])
    scores = np.where(state_to_phone[None] == np.array(truth)[:, None], 0.0, -5.0).astype(np.float32)
    path, score = best_path(scores, topology)
    assert list(state_to_phone[path]) == truth
    assert score == 0


def test_too_few_frames_is_an_error_with_both_numbers():
    topology = Topology.plain(5)
    with pytest.raises(ValueError, match="4 frames are too few for 5 states"):
        best_path(np.zeros((4, 5)), topology)
    with pytest.raises(ValueError, match="4 frames are too few for 5 states"):
        all_paths(np.zeros((4, 5)), topology)


def test_two_pauses_in_a_row_are_refused():
    with pytest.raises(ValueError, match="two optional"):
        chain([True, True, False])
