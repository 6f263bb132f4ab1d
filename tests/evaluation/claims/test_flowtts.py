"""The claims of Flow-TTS on made-up evidence whose verdicts are known, and once through a model of random weights."""

import dataclasses

import numpy as np
import pytest

from tests.helpers.voice import voice_folder
from tests.vocoder.test_griffin_lim import glide
from tts.corpus.manifest import write_manifest
from tts.corpus.utterance import Utterance
from tts.evaluation.claims import flow_conversion, flow_exact, flow_voices
from tts.evaluation.claims.claims import MISSED, NOT_MEASURED, REACHED, STATED, Places, claim_of, claims_of
from tts.evaluation.claims.flow_work import CONVERSION, COPY, FULL, TEXT, WITHOUT_F0, JudgedRecording, Moments, Sound, SpokenVoice
from tts.evaluation.claims.flowtts import conversion_tasks, judge_model
from tts.features.audio import save_audio
from tts.features.config import FeatureConfig
from tts.features.extract import extract_features
from tts.features.fingerprint import fingerprint
from tts.features.store import FeatureWriter
from tts.models.load import load_model
from tts.synthesis.sentences import with_frames
from tts.text.frontend import TextFrontend

VOICES = {"ada": np.array([1.0, 0, 0]), "ben": np.array([0, 1.0, 0]), "cid": np.array([0, 0, 1.0])}


def sound(vector=(0, 1.0, 0), r=0.95, errors=0.1) -> Sound:
    return Sound(np.array(vector), r, 1.0, errors, ())


def evidence(untold_text_r: float = 0.2) -> list[JudgedRecording]:
    """Eight recordings of ada converted to ben; without F0 the text mode goes its own way."""
    rng, found = np.random.default_rng(0), []
    for number in range(8):
        z = rng.standard_normal((200, 80))
        moments = Moments(np.array([z.size, *((z**p).sum() for p in (1, 2, 3, 4))]),
                          np.array([(z[1:] * z[:-1]).sum(), z[1:].size]))
        sounds = {(CONVERSION, FULL): sound(r=0.95 + 0.01 * rng.random()), (TEXT, FULL): sound(r=0.95 + 0.01 * rng.random()),
                  (COPY, FULL): sound((1.0, 0, 0), 0.99),
                  (CONVERSION, WITHOUT_F0): sound(), (TEXT, WITHOUT_F0): sound(r=untold_text_r)}
        nats = {FULL: 80.0 + number, "nothing": 160.0 + number, "phones": 120.0 + number, "accent": 121.0 + number}
        found.append(JudgedRecording(Utterance(f"u{number}", "a", "ada", "en-us"), "ben", 1e-5, nats, 100, moments,
                                     sound((1.0, 0, 0)), sounds))
    return found


def verdicts(checks) -> dict[str, str]:
    return {claim.name: claim.verdict for claim in claims_of([checks])}


def test_likelihood_must_grow_with_every_condition():
    found = verdicts(flow_exact.likelihood_checks(evidence(), ["accent", "nothing", "phones"]))
    assert found["phones beside nothing"] == found["all conditions beside accent"] == found["to oneself"] == REACHED
    assert found["accent beside phones"] == MISSED  # one nat more
    assert verdicts(flow_exact.likelihood_checks(evidence(), []))["every condition"] == NOT_MEASURED


def test_noise_is_noise_and_what_is_not_is_found():
    assert set(verdicts(flow_exact.normal_checks(evidence())).values()) == {REACHED}
    rough = []
    for one in evidence():
        z = np.repeat(np.random.default_rng(1).exponential(size=(100, 80)), 2, axis=0)  # skewed, and every frame comes twice
        moments = Moments(np.array([z.size, *((z**p).sum() for p in (1, 2, 3, 4))]),
                          np.array([(z[1:] * z[:-1]).sum(), z[1:].size]))
        rough.append(dataclasses.replace(one, moments=moments))
    checks = flow_exact.normal_checks(rough)
    assert verdicts(checks) == {"mean": MISSED, "deviation": REACHED, "excess kurtosis": MISSED,
                                "correlation of neighbouring frames": MISSED}
    assert {c.name: c.figure.value for c in checks}["excess kurtosis"] == pytest.approx(6, abs=1)  # that of an exponential


def test_conversion_and_interchange():
    found = verdicts(flow_conversion.conversion_checks(evidence(), VOICES, {}))
    assert found["more like the target than the source"] == found["F0 of the source"] == found["words"] == REACHED
    stuck = [dataclasses.replace(one, sounds={**one.sounds, (CONVERSION, FULL): sound((1.0, 0, 0))}) for one in evidence()]
    assert verdicts(flow_conversion.conversion_checks(stuck, VOICES, {}))["more like the target than the source"] == MISSED
    found = verdicts(flow_conversion.interchange_checks(evidence(), VOICES))
    assert [found[f"f0 correlation, {what}"] for what in ("F0 and voicing told", "not told", "shrinks")] == [REACHED] * 3
    assert found["likeness, not told"] == MISSED  # there both are alike
    found = verdicts(flow_conversion.interchange_checks(evidence(untold_text_r=0.95), VOICES))
    assert found["f0 correlation, not told"] == MISSED


def test_new_voices_copies_and_accents():
    rng = np.random.default_rng(0)

    def spread_out(count: int, seed: int) -> np.ndarray:
        rows = np.random.default_rng(seed).standard_normal((count, 12))
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    accents = {f"s{i}": "en-us" for i in range(12)}
    speakers = [SpokenVoice(name, "en-us", {TEXT: row, CONVERSION: row}, ()) for name, row in zip(accents, spread_out(12, 1))]
    words = {"en-us": ("r", "æ"), "en-gb": ("ɑ", "ə")}
    heard = [dataclasses.replace(one, utterance=dataclasses.replace(one.utterance, language=accent),
                                 real=Sound(np.ones(3), 1, 1, 0, words[accent] * 3))
             for one, accent in zip(evidence(), ["en-us", "en-gb"] * 4)]

    def made(rows: np.ndarray, accent: str) -> list[SpokenVoice]:
        return [SpokenVoice(f"new{i}", accent, {TEXT: row, CONVERSION: row}, words["en-us"]) for i, row in enumerate(rows)]

    new = verdicts(flow_voices.new_voice_checks([*speakers, *made(spread_out(12, 2), "en-us")], accents, heard))
    assert new["text: to speakers"] == new["text: to each other"] == new["accent"] == new["spread: conversion beside text mode"] == REACHED
    assert new["spread: text mode beside CopyCat"] == NOT_MEASURED
    copies = spread_out(12, 1) + 0.01 * rng.standard_normal((12, 12))
    found = verdicts(flow_voices.new_voice_checks([*speakers,
                                                   *made(copies / np.linalg.norm(copies, axis=1, keepdims=True), "en-gb")],
                                                   accents, heard))
    assert found["text: nobody's copy"] == found["text: to speakers"] == found["accent"] == MISSED


def test_summed_variance_and_the_largest_of_what_is_drawn():
    rows = np.random.default_rng(0).standard_normal((7, 3))
    assert flow_voices.summed_variance([f"v{i}" for i in range(7)], rows).value == pytest.approx(rows.var(axis=0).sum())
    figure = flow_exact.largest_of({"a": 3.0, "b": 5.0})
    assert figure.value == 5.0 and figure.of(np.array([[2.0, 0.0]]))[0] == 3.0


def test_every_voice_is_somebodys_target():
    voices = ["ada", "ben", "cid", "dan"]
    utterances = [Utterance(f"{name}{i}", "a", name, "en-us") for name in voices for i in range(6)]
    tasks = conversion_tasks(utterances, voices)
    assert all(task.target != task.utterance.speaker for task in tasks)
    assert {(task.utterance.speaker, task.target) for task in tasks} == {(a, b) for a in voices for b in voices if a != b}


@pytest.mark.parametrize("system", ["flowtts", "studio"])
def test_through_a_model(tmp_path, monkeypatch, system):
    """Random weights: what is exact holds, nothing else is expected; nothing fails."""
    monkeypatch.chdir(tmp_path)
    rng, config = np.random.default_rng(0), FeatureConfig(f0_method="dio")
    speakers = tuple(f"s{i}" for i in range(10))
    rows = rng.standard_normal((10, 6)) @ rng.standard_normal((6, 75))
    voice_folder(tmp_path / "model", speakers, config, system,
                 dict(zip(speakers, rows / np.linalg.norm(rows, axis=1, keepdims=True))))
    phones = load_model(tmp_path / "model").phones
    texts, utterances = TextFrontend("en-us").process("Hello there.").units, []
    with FeatureWriter(tmp_path / "features", fingerprint(config)) as writer:
        for number, (who, split) in enumerate([("s0", "test"), ("s1", "test"), ("s0", "train"), ("s1", "train"),
                                               *[("x", "unseen")] * 5]):
            units, _ = phones.fit(texts)
            frames = [8 if unit.is_pause else 7 for unit in units for _ in unit.phones]
            samples = glide(110 + 5 * number, 160, sum(frames) * config.frame_seconds).numpy()[: sum(frames) * config.hop_samples]
            save_audio(tmp_path / f"wav/u{number}.wav", samples * 0.3, config.sample_rate)
            utterances.append(Utterance(f"u{number}", "Hello there.", who, "en-us", audio=f"wav/u{number}.wav", split=split,
                                        units=with_frames(units, frames)))
            writer.add(f"u{number}", extract_features(samples * 0.3, config))
    write_manifest(tmp_path / "manifest.jsonl", utterances)
    monkeypatch.setattr(flow_exact, "LENGTHS", (1, 2, 7, 150))
    monkeypatch.setattr("tts.evaluation.claims.flowtts.NEW_VOICES", 4)
    judged = judge_model(Places((), tmp_path / "manifest.jsonl", tmp_path, tmp_path / "features"), tmp_path / "model")
    found = {(claim.group, claim.name): claim for claim in map(lambda check: claim_of([check]), judged.checks)}
    lossless = {name: claim.verdict for (group, name), claim in found.items() if group == "lossless"}
    noise = lossless.pop("there and back, float32, noise", None)
    assert not judged.failures and set(lossless.values()) == ({REACHED} if system == "flowtts" else set())
    assert noise == (STATED if system == "flowtts" else None) and len(lossless) == (5 if system == "flowtts" else 0)
    assert found["zero-shot", "more like the unseen target than the source"].verdict != NOT_MEASURED
    assert found["conversion", "words"].verdict == NOT_MEASURED
    assert ("likelihood", "every condition") in found if system == "flowtts" else not {group for group, _ in found} & {"likelihood", "cost"}
    assert found["densities", "joint, held-out speakers"].estimate is not None
