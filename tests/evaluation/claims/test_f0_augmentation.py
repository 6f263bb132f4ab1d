"""The figures of F0-conditioned augmentation on made-up contours whose answers are known."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from tts.augmentation.contours import DETAILED, NONE, ORIGINAL, PREDICTED, Contours, Moments
from tts.evaluation.claims.claims import MISSED, NOT_MEASURED, REACHED, STATED, claims_of
from tts.evaluation.claims.f0_augmentation.control import control_checks, correlation, prediction_checks, rmse
from tts.evaluation.claims.f0_augmentation.distribution import Material, distribution_checks
from tts.evaluation.claims.f0_augmentation.likeness import likeness_checks
from tts.evaluation.claims.f0_augmentation.voices import VOICES, melody_checks, voice_checks
from tts.evaluation.claims.f0_augmentation.work import FLAT, RISING, WAVE, Conversion, Converted, Melody, Predicted, Speaking, Spoken
from tts.evaluation.distribution import histograms

RNG = np.random.default_rng(0)


@dataclass(frozen=True)
class FakePair:
    target: str = "ada"
    supporter: str = "ben"

    def contours(self, kind):
        return Contours(kind, self.target, Moments(np.log(100), 0.1), Moments(np.log(200), 0.2))


@dataclass(frozen=True)
class Named:
    id: str
    units: list = field(default_factory=list)


def contour(mean_hz, deviation, frames=80):
    """A smooth random contour, unvoiced at a quarter of the frames."""
    walk = np.convolve(RNG.standard_normal(frames + 20), np.ones(21) / 21 ** 0.5, "valid")
    return np.where(np.arange(frames) % 20 < 15, mean_hz * np.exp(deviation * walk), 0.0)


def claims(checks):
    return {f"{claim.group}: {claim.name}": claim for claim in claims_of([checks])}


def test_r_and_rmse_of_known_contours():
    one = contour(200, 0.2)
    items = [("u", np.log(200), one, one)]
    assert correlation(items).value == pytest.approx(1) and correlation([("u", np.log(200), one, np.where(one > 0,
                                                                                                          4e4 / one.clip(1),
                                                                                                          0))]).value == pytest.approx(-1)
    assert rmse([("u", one, one * 2 ** (1 / 12))]).value == pytest.approx(1) and rmse([("u", one, one)], hz=True).value == 0


def test_who_follows_and_who_follows_the_source():
    heard = []
    for number in range(20):
        source, asked = contour(100, 0.1), contour(200, 0.2)
        for kind in (PREDICTED, DETAILED, ORIGINAL, WAVE, RISING, FLAT):
            measured = asked * np.where(asked > 0, np.exp(0.03 * RNG.standard_normal(80)), 0)
            heard.append(Converted(Conversion(FakePair(), Named(f"u{number}"), kind), asked, measured, source, np.zeros(2)))
        expected = contour(150, 0.1), contour(200, 0.1)
        heard.append(Converted(Conversion(FakePair(), Named(f"u{number}"), NONE), None, 2 * source * expected[1] / np.maximum(expected[0], 1), source,
                               np.zeros(2), expected))
    found = claims(control_checks(heard))
    assert found["F0 control: predicted contour followed"].verdict == REACHED and found["F0 control: predicted contour followed"].estimate.mean > 0.97
    assert found["F0 control: flat contour, error"].estimate.mean == pytest.approx(0.03 * 12 / np.log(2), rel=0.1)
    assert found["F0 control: without F0, the source's departures are heard"].estimate.mean == pytest.approx(1)
    follows = [replace(h, measured_hz=2 * h.source_hz) if h.task.kind == NONE else h for h in heard]
    followed = claims(control_checks(follows))["F0 control: without F0, the source is followed"]
    assert followed.verdict == REACHED and followed.beside["with the source"] == pytest.approx(1)
    deaf = [replace(h, measured_hz=contour(200, 0.2)) for h in heard]
    assert claims(control_checks(deaf))["F0 control: without F0, the source's departures are heard"].verdict == MISSED
    assert claims(control_checks(deaf))["F0 control: predicted contour followed"].verdict == MISSED


def test_a_predictor_is_held_against_phone_means():
    rows = []
    for number in range(20):
        true = contour(200, 0.2)
        flat = np.where(true > 0, 200.0, 0)
        rows.append(Predicted(f"ada/u{number}", true, np.sqrt(true * 200.0), flat, flat))
    found = claims(prediction_checks(rows, {"ada": np.log(200)}))
    assert all(found[f"F0 model: {name}"].verdict == REACHED for name in ("correlation above phone means",
                                                                          "error below phone means", "fine-tuning helps"))


def test_the_lowest_on_average_and_in_the_worst_case():
    def of(mean_hz, deviation, count=30):
        return [histograms(contour(mean_hz, deviation)) for _ in range(count)]

    differences = (1.0, 4.0, 8.0)
    materials = [Material(f"t{i}", of(200, 0.2), {PREDICTED: of(200, 0.25), DETAILED: of(200, 0.2), ORIGINAL: of(200, 0.4),
                                                  NONE: of(200 * 2 ** (-d / 12), 0.2)}, d, d) for i, d in enumerate(differences)]
    found = claims(distribution_checks(materials, 0.0125))
    lowest = {name: claim for name, claim in found.items() if "pair" in name}
    assert len(lowest) == 24
    assert all(claim.verdict == (STATED if "detailed" in name else REACHED) and claim.estimate.mean <= 0 for name, claim in lowest.items() if "of F0" in name)
    wasserstein = found["distribution: Wasserstein of F0, mean over pairs"]
    assert wasserstein.beside["none"] == pytest.approx(np.mean(differences), rel=0.15) and wasserstein.beside["noise floor"] < 1
    assert found["distribution: gain in Wasserstein of F0 grows with the difference of mean"].estimate.mean > 0.95
    swapped = [Material(m.target, m.reference, {**m.made, PREDICTED: m.made[NONE], DETAILED: m.made[ORIGINAL], NONE: m.made[PREDICTED]}, 1, 1)
               for m in materials]
    found = claims(distribution_checks(swapped, 0.0125))
    assert found["distribution: Wasserstein of F0, worst pair"].verdict == MISSED
    assert found["distribution: Wasserstein of F0, worst pair, detailed"].estimate.mean > 0


def test_likeness_is_to_the_target_and_nearest_counts_all_speakers():
    voices = {"ada": np.array([1.0, 0.0]), "ben": np.array([0.0, 1.0])}
    vectors = {PREDICTED: [0.8, 0.6], DETAILED: [0.6, 0.8], NONE: [0.6, 0.8]}
    heard = [Converted(Conversion(FakePair(), Named(f"u{n}"), kind, stage), None, np.zeros(1), np.zeros(1), np.array(vector))
             for n in range(5) for kind, vector in vectors.items() for stage in ("tuned", "both")]
    found = claims(likeness_checks(heard, voices, [("ada/r", "ada", np.array([1.0, 0.0]))]))
    assert found["likeness: not below the variant without F0"].estimate.mean == pytest.approx(0.2)
    nearest = found["likeness: the nearest speaker is the target"]
    assert nearest.estimate.mean == 1 and nearest.beside["none"] == 0 and nearest.beside["recordings of the target"] == 1


def test_a_voice_gains_where_its_melody_is_the_recordings():
    spoken = {}
    names = [f"u{n}" for n in range(15)]
    recordings = {name: contour(200, 0.2) for name in names}
    for voice in (None, *VOICES):
        near = voice in (None, "predicted", "detailed")
        spoken[voice] = {}
        for name in names:
            f0 = recordings[name] if near else contour(230, 0.05)
            task = Speaking(FakePair(), Named(name), voice)
            spoken[voice][f"ada/{name}"] = Spoken(task, histograms(f0), np.array([1.0, 0.0]) if near else np.array([0.6, 0.8]), 1
                                                  if near else 5, 10, 4.0 if near else 6.0)
    found = claims(voice_checks(spoken, {"ada": np.array([1.0, 0.0])}, 0.0125))
    assert len(found) == 29 and all(claim.verdict == (STATED if "detailed" in name else REACHED)
                                    for name, claim in found.items() if "against" in name)
    assert found["voices: cepstral distortion, against recordings alone"].estimate.mean == pytest.approx(2)
    assert found["voices: phone errors, against none"].estimate.mean == pytest.approx(0.4) and found["voices: ratio of F0 spread"].estimate.mean == pytest.approx(1)


def test_a_voice_gains_where_its_f0_model_errs_less():
    melodies = []
    for number in range(12):
        real = contour(200, 0.2)
        off = {"alone": 2.0, "none": 0.5, "predicted": 1.0, "detailed": 0.8, "none.both": 3.0, "predicted.both": 3.0}  # semitones
        melodies.append(Melody(f"ada/u{number}", real, {voice: real * 2 ** (off[voice] / 12 * RNG.choice([-1, 1], 80)) for voice in VOICES}))
    found = claims(melody_checks(melodies, {"ada": np.log(200)}))
    error = found["voices: melody, error, against recordings alone"]
    assert error.verdict == REACHED and error.estimate.mean == pytest.approx(1) and error.beside["alone"] == pytest.approx(2)
    assert found["voices: melody, error, detailed against predicted"].estimate.mean == pytest.approx(0.2)
    assert found["voices: melody, error, against none"].verdict == MISSED
    assert found["voices: melody, error, against none"].estimate.mean == pytest.approx(-0.5)
    assert found["voices: melody, correlation, against recordings alone"].estimate.mean > 0


def test_voices_whose_melody_cannot_be_asked_say_why():
    assert {claim.verdict for claim in claims(melody_checks([], {}, "no F0 model")).values()} == {NOT_MEASURED}
