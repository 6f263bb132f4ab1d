"""The claims of F0-conditioned conversion by one model, on sounds whose answers are known and through models with random weights."""

import numpy as np
import pytest

from tests.helpers.voice import voice_folder
from tests.vocoder.test_griffin_lim import glide
from tts.augmentation.contours import ORIGINAL, Moments, recorded_contour
from tts.corpus.manifest import write_manifest
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.evaluation.claims.claims import MISSED, NOT_MEASURED, REACHED, Places, claims_of
from tts.evaluation.claims.copycat import KINDS, Heard, Task, control_checks, conversions, judge_model, likeness_checks
from tts.evaluation.claims.f0_augmentation.work import FLAT
from tts.features.config import FeatureConfig
from tts.features.extract import extract_features
from tts.features.fingerprint import fingerprint
from tts.features.store import Features, FeatureStore, FeatureWriter
from tts.models.load import load_model
from tts.synthesis.sentences import with_frames
from tts.text.frontend import TextFrontend

HERE, THERE = Moments(np.log(110), 0.1), Moments(np.log(200), 0.15)


def claims(checks):
    return {claim.name: claim for claim in claims_of([checks])}


def heard(kind: str, number: int, off_st: float, vector: tuple[float, float]) -> Heard:
    """Half of the frames too high by `off_st`, half as much too low."""
    asked = 200 * np.exp(0.2 * np.sin(np.arange(60) / 6 + number))
    signs = np.where(np.arange(60) % 2, 1, -1)
    return Heard(Task(Utterance(f"u{number}", "", "ben", "de"), "ada", kind, HERE, THERE), asked, asked * 2 ** (off_st * signs / 12), np.array(vector), 2.0, 10)


def test_who_follows_and_who_is_heard():
    sounds = [heard(kind, number, 0.5, (0.8, 0.6)) for kind in KINDS for number in range(12)]
    found = claims(control_checks(sounds))
    assert found["original contour followed"].verdict == REACHED and found["flat contour, error"].estimate.mean == pytest.approx(0.5)
    assert f"{FLAT} contour followed" not in found
    deaf = [heard(ORIGINAL, number, 12.0, (0.6, 0.8)) for number in range(12)]
    assert claims(control_checks(deaf))["original contour followed"].verdict == MISSED
    voices = {"ada": np.array([1.0, 0.0]), "ben": np.array([0.0, 1.0])}
    found, missed = claims(likeness_checks(sounds, voices)), claims(likeness_checks(deaf, voices))
    assert found["more like the target than the source"].estimate.mean == pytest.approx(0.2) and found["phones misheard"].estimate.mean == pytest.approx(0.2)
    assert found["the nearest speaker is the target"].verdict == REACHED and missed["the nearest speaker is the target"].verdict == MISSED


def test_targets_speak_the_language_and_take_turns():
    utterances = [Utterance(f"{name}{i}", "", name, "de") for name in ("ben", "cid") for i in range(2)] + [Utterance("d", "", "dan", "en-us")]
    names = {"ben": "de", "cid": "de", "eve": "de", "dan": "en-us"}
    tasks = conversions(utterances, dict.fromkeys(names, HERE), names)
    assert [(t.utterance.id, t.target) for t in tasks if t.kind == ORIGINAL] == [("ben0", "cid"), ("ben1", "eve"), ("cid0", "ben"), ("cid1", "eve")]
    assert len(tasks) == 4 * len(KINDS)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Five gliding tones of two speakers, aligned to a text."""
    root, config, utterances = tmp_path_factory.mktemp("copycat"), FeatureConfig(f0_method="dio"), []
    phones = load_model(voice_folder(root / "studio", ("s0", "s1", "s2"), config, "studio")).phones
    voice_folder(root / "copycat", ("s0", "s1", "s2"), config, "copycat")
    voice_folder(root / "base", ("s0", "s1", "s2"), config)
    units, _ = phones.fit(TextFrontend("de").process("Guten Tag.").units)
    frames = [8 if unit.is_pause else 7 for unit in units for _ in unit.phones]
    ranges = {name: {"f0_range_hz": [80.0, 300.0]} for name in ("s0", "s1", "s2")}
    with FeatureWriter(root / "features", fingerprint(config), {"speakers": ranges}) as writer:
        for number, (who, split) in enumerate([("s1", "test"), ("s2", "test"), ("s1", "train"), ("s2", "train"), ("s0", "test")]):
            samples = glide(110 + 5 * number, 160, sum(frames) * config.frame_seconds).numpy()[: sum(frames) * config.hop_samples] * 0.3
            utterances.append(Utterance(f"u{number}", "Guten Tag.", who, "de" if who != "s0" else "en-us", split=split, units=with_frames(units, frames)))
            writer.add(f"u{number}", extract_features(samples, config))
    write_manifest(root / "manifest.jsonl", utterances)
    return root


def test_a_contour_goes_on_through_unvoiced_frames(tmp_path):
    f0_hz = np.array([0, 100, 110, 0, 0, 130, 0], np.float32)
    features = Features(np.zeros((7, 80), np.float32), f0_hz, f0_hz > 0, np.zeros(7, np.float32), np.ones(75, np.float32))
    with FeatureWriter(tmp_path, fingerprint(FeatureConfig())) as writer:
        writer.add("u", features)
    own = recorded_contour(FeatureStore(tmp_path), Utterance("u", "", "ben", "de"))
    assert own.voiced[0].tolist() == (f0_hz > 0).tolist() and own.log_f0.exp().min() > 99


@pytest.mark.parametrize("system", ["copycat", "studio"])
def test_through_a_model(corpus, system):
    judged = judge_model(Places((), corpus / "manifest.jsonl", corpus, corpus / "features"), corpus / system)
    found = claims(judged.checks)
    assert not judged.failures and len(judged.rows) == 2 * len(KINDS)  # nobody else speaks what s0 does
    assert found["phones misheard"].verdict == NOT_MEASURED and found["rising contour, error"].estimate is not None


def test_a_model_that_is_told_no_f0_is_refused(corpus):
    with pytest.raises(UserError, match="expected a copycat that is told F0"):
        judge_model(Places((), corpus / "manifest.jsonl", corpus, corpus / "features"), corpus / "base")
