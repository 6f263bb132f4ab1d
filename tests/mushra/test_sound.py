import numpy as np
import pytest

from tests.mushra.sounds import buzz
from tts.errors import UserError
from tts.mushra.sound import RATE, Processing, cut, loudness_lufs, low_pass, speech_part

PLAN = Processing()


def tone(hz: float, seconds: float = 1.0, gain: float = 1.0) -> np.ndarray:
    return gain * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)


def test_loudness_is_that_of_the_standard():
    assert loudness_lufs(tone(997)) == pytest.approx(-3.01, abs=0.01)  # BS.1770: 0 dBFS at 997 Hz in one channel
    assert loudness_lufs(tone(997, gain=0.1)) == pytest.approx(loudness_lufs(tone(997)) - 20, abs=0.001)
    with pytest.raises(UserError, match="too quiet"):
        loudness_lufs(tone(997, gain=1e-5))


def test_speech_starts_where_it_should_and_is_not_changed():
    sound = np.concatenate([np.zeros(20011), tone(300, 0.8), np.zeros(7777)])
    made = cut(sound, PLAN)
    head, tail = PLAN.head_ms * RATE // 1000, PLAN.tail_ms * RATE // 1000
    first = np.flatnonzero(made.samples)[0]
    assert abs(first - head) <= RATE // 100 and len(made.samples) == pytest.approx(head + 0.8 * RATE + tail, abs=RATE // 50)
    middle = made.samples[first : first + 30000]
    assert np.array_equal(middle, sound[20012:50012])
    assert made.head_removed_seconds == pytest.approx(20011 / RATE, abs=0.01) and made.tail_removed_seconds == pytest.approx(
        7777 / RATE, abs=0.01
    )
    assert np.all(made.samples[: head - PLAN.margin_ms * RATE // 1000] == 0)


def test_soft_noise_is_silence_and_fades_in():
    rng = np.random.default_rng(0)
    sound = np.concatenate([np.zeros(24000), tone(300, 0.8, 0.5), np.zeros(24000)]) + 1e-4 * rng.standard_normal(
        round(1.8 * RATE)
    )
    made = cut(sound, PLAN)
    margin = np.abs(made.samples[(300 - 40) * 48 : 300 * 48]).reshape(4, -1).max(axis=1)
    assert np.all(made.samples[: 260 * 48] == 0) and margin[0] < margin[3] < 1e-3
    assert np.array_equal(speech_part(made.samples, PLAN), made.samples[14400:-14400])


def test_what_cannot_be_used_is_said():
    with pytest.raises(UserError, match="nothing but silence"):
        cut(np.zeros(RATE), PLAN)
    with pytest.raises(UserError, match="0.20 s of speech"):
        cut(np.concatenate([np.zeros(RATE), tone(300, 0.2), np.zeros(RATE)]), PLAN)


@pytest.mark.parametrize("edge_hz", [3500, 7000])
def test_anchors_pass_and_stop_what_bs1534_says(edge_hz):
    def gain_db(hz):
        return 20 * np.log10(np.std(low_pass(tone(hz), edge_hz)[4800:-4800]) / np.std(tone(hz)[4800:-4800]))

    for share in (0.05, 0.3, 0.6, 0.9, 0.99, 1.0):
        assert abs(gain_db(share * edge_hz)) < 0.1
    assert gain_db(edge_hz * 8 / 7) < -25 and gain_db(edge_hz * 9 / 7) < -50 and gain_db(0.45 * RATE) < -50


def test_low_pass_does_not_shift():
    sound = buzz(120, 0.5, RATE)
    lags = np.correlate(low_pass(sound, 3500)[10000:20000], sound[9990:20010], "valid")
    assert np.argmax(lags) == 10 and len(low_pass(sound, 3500)) == len(sound)
