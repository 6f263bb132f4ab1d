"""The studio's claims on sounds whose answers are known: what is kept, what is asked of whom, what could not be measured."""

import copy
import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from tts.corpus.utterance import Utterance
from tts.evaluation.claims.claims import claim_of
from tts.evaluation.claims.studio import ALONE, AS_RECORDED, PAIRS, SETS, Evidence, checks_of, introduce, plan, task_of
from tts.evaluation.claims.studio_work import F0, INTRODUCED, LANGUAGE, MADE, STYLE, VOICE, WORDS, Controlled, beyond_language, moved_contour
from tts.evaluation.claims.styles import Example, StyleJudge, StyleNumbers
from tts.evaluation.claims.words import Words

STYLES = ("dj", "excited", "neutral")
SPEAKERS = {"ada": "en", "ben": "en", "dora": "es", "elias": "es"}


def synthesizer():
    known = {name: {"languages": {language: 10}} for name, language in SPEAKERS.items()}
    return SimpleNamespace(styles=list(STYLES), voices=list(SPEAKERS), language_of=SPEAKERS.get, loaded=SimpleNamespace(speakers=known))


def utterances(count: int = 12) -> list[Utterance]:
    names = list(SPEAKERS)
    return [Utterance(f"u{i}", "", names[i % 4], SPEAKERS[names[i % 4]], STYLES[i % 3]) for i in range(count)]


MADE_VOICES = {language: [SimpleNamespace(name=f"{language}{number}", accent=language) for number in range(2)] for language in ("en", "es")}


def words(shape: np.ndarray, noise: float, seed: int) -> Words:
    values = shape + noise * np.random.default_rng(seed).standard_normal(len(shape))
    return Words(values, values, values, np.zeros(0))


def sounds(controls: tuple[str, ...], noise: float = 0.0, wrong_style: int = 0, cosine: float = 1.0) -> list[Controlled]:
    """Twelve sounds: of words that follow the source but for noise, heard in their style but for the first ones."""
    found = []
    for place in range(12):
        style, shape = STYLES[place % 3], np.random.default_rng(place).standard_normal(6)
        heard = float((place % 3 + (1 if place < wrong_style else 0)) % 3)
        vector = np.array([cosine, np.sqrt(1 - cosine**2)])
        numbers = StyleNumbers({"f0": heard}, np.array([heard, 0.0]))
        found.append(Controlled(numbers, vector, ["a"], place < wrong_style, 1, f"u{place}", controls, "ada", "ada", style,
                                words(shape, noise, 100 + place), words(shape, 0.0, 0), cosine, cosine))
    return found


@pytest.fixture(scope="module")
def judge():
    rng = np.random.default_rng(0)
    return StyleJudge([Example("ada", style, np.array([place + 0.05 * rng.standard_normal(), 0.0])) for _ in range(20)
                       for place, style in enumerate(STYLES)])


NOBODY = SimpleNamespace(hear=lambda voice, numbers: STYLES[0])


def verdicts(evidence: Evidence, why: str = "") -> dict[str, str]:
    return {f"{check.group}: {check.name}": claim_of([check]).verdict for check in checks_of(evidence, why)}


def test_what_is_kept_is_reached_and_what_is_lost_is_missed(judge):
    every = {controls: sounds(controls) for controls in SETS}
    evidence = Evidence(every, judge, {"ada": np.array([1.0, 0.0])})
    assert set(verdicts(evidence).values()) == {"reached", "stated"}
    lost = Evidence({**every, (WORDS, STYLE): sounds((WORDS, STYLE), noise=3.0), (STYLE, VOICE): sounds((STYLE, VOICE), wrong_style=6, cosine=0.5)},
                    judge, evidence.voices)
    found = verdicts(lost)
    missed = {name for name, verdict in found.items() if verdict == "missed"}
    assert missed == {"two at once: words with style: word f0", "two at once: words with style: word duration",
                      "two at once: style with voice: style heard", "two at once: voice with style: likeness"}
    (check,) = [c for c in checks_of(lost, "") if c.name == "style with voice: style heard"]
    assert check.figure.value == pytest.approx(0.5) and check.beside["alone"].value == 1 and check.beside["together"].value == pytest.approx(0.5)


def test_a_style_beside_a_contour_is_held_against_that_style_alone(judge):
    every = {controls: sounds(controls) for controls in SETS} | {AS_RECORDED: sounds(AS_RECORDED, wrong_style=6), (STYLE, F0): sounds((STYLE, F0), wrong_style=6)}
    found = {check.name: check for check in checks_of(Evidence(every, judge, {"ada": np.array([1.0, 0.0])}), "")}
    assert found["style with F0: style heard"].figure.value == pytest.approx(1) and found["style with F0: style heard"].beside["alone"].value == 0.5
    assert found["style with words: style heard"].beside["alone"].value == 1 and found["style, the recording's: style heard"].figure.value == 0.5


def test_what_could_not_be_made_is_not_measured_and_says_why(judge):
    evidence = Evidence({controls: sounds(controls) for controls in (*ALONE, AS_RECORDED, *PAIRS) if MADE not in controls}, judge, {"ada": np.array([1.0, 0.0])})
    claims = {f"{c.group}: {c.name}": claim_of([c]) for c in checks_of(evidence, "too few speakers")}
    assert claims["two at once: words with made voice: word f0"].verdict == "not measured"
    assert "too few speakers" in claims["alone: made voice: likeness to its vector"].why
    assert claims["two at once: words with language: word f0"].verdict == "reached"


def test_a_share_of_nothing_is_not_measured(judge):
    every = {controls: sounds(controls) for controls in SETS}
    evidence = Evidence({**every, (VOICE,): sounds((VOICE,), cosine=-0.1)}, judge, {"ada": np.array([1.0, 0.0])})
    claims = {f"{c.group}: {c.name}": claim_of([c]) for c in checks_of(evidence, "")}
    found = claims["two at once: voice with words: likeness"]
    assert found.verdict == "not measured" and found.why == "voice alone does nothing: -0.1"
    assert claims["two at once: words with voice: word f0"].verdict == "reached"


def test_every_set_is_asked_of_a_voice_that_fits_it():
    ours, test = synthesizer(), utterances()
    tasks = plan(ours, test, MADE_VOICES)
    told = [task for task in tasks if INTRODUCED in task.controls]
    tasks = [task for task in tasks if INTRODUCED not in task.controls]
    assert len(tasks) == len(test) * len(SETS)
    for task in told:
        assert task.known_as(ours) == f"{task.voice} in {task.utterance.language}"
    unknown = {task.known_as(ours) for task in tasks} - set(SPEAKERS)
    assert len(told) == len(unknown) * 3 * len(STYLES) == len({(task.known_as(ours), task.utterance.id, task.style) for task in told})
    for task in tasks:
        utterance, made = task.utterance, task.made
        own = SPEAKERS.get(task.voice) == utterance.language or made is not None and made.accent == utterance.language
        assert own == (LANGUAGE not in task.controls), task.name
        assert (made is not None) == (MADE in task.controls)
        assert (task.voice == utterance.speaker) == (not {VOICE, MADE, LANGUAGE} & set(task.controls))
        assert (task.style == utterance.style) == (F0 in task.controls or task.controls == AS_RECORDED), task.name
    assert {task.style for task in tasks if task.controls == (STYLE,)} == set(STYLES)


def test_without_a_voice_there_is_no_task():
    ours = synthesizer()
    (utterance,) = utterances(1)
    assert task_of(ours, utterance, 0, (MADE,), {}) is None
    ours.voices = ["ada"]
    assert task_of(ours, utterance, 0, (VOICE,), {}) is None and task_of(ours, utterance, 0, (LANGUAGE,), {}) is None


def test_voices_are_known_by_their_introductions(judge):
    """A voice whose numbers all lie one style higher is heard aright once the judge knows that."""
    def higher(controls):
        return [dataclasses.replace(s, known_as="ada in es", numbers=StyleNumbers({}, s.numbers.all + 1)) for s in sounds(controls)]

    every = {controls: sounds(controls) for controls in SETS} | {(STYLE, LANGUAGE): higher((STYLE, LANGUAGE))}
    evidence = Evidence(every, copy.deepcopy(judge), {"ada": np.array([1.0, 0.0])})
    name = "two at once: style with language: style heard"
    assert verdicts(evidence)[name] == "missed"
    introduce(evidence.judge, [*higher((STYLE, INTRODUCED)), *sounds((STYLE, LANGUAGE))])
    assert verdicts(evidence)[name] == "reached"


def test_a_made_voice_is_held_against_its_other_sounds():
    every = {controls: sounds(controls) for controls in SETS}
    turned = [dataclasses.replace(s, vector=np.array([0.0, 1.0])) for s in every[WORDS, MADE]]
    claims = {f"{c.group}: {c.name}": claim_of([c]) for c in checks_of(Evidence({**every, (WORDS, MADE): turned}, NOBODY, {}), "")}
    assert claims["alone: made voice: likeness to itself"].estimate.mean == pytest.approx(1)
    assert claims["two at once: made voice with words: likeness to itself"].estimate.mean == pytest.approx(0)
    assert claims["two at once: made voice with style: likeness to itself"].verdict == "reached"


def test_a_language_is_taken_out_of_a_voice():
    vectors = {"ada": np.array([1.0, 0.2, 0.0]), "ben": np.array([1.0, -0.2, 0.0]), "dora": np.array([0.0, 0.2, 1.0]), "elias": np.array([0.0, -0.2, 1.0])}
    ours = SimpleNamespace(loaded=SimpleNamespace(speaker_vectors=vectors), language_of=SPEAKERS.get)
    assert vectors["ada"] @ vectors["dora"] < 0.1
    assert beyond_language(ours, vectors["ada"], "en") @ beyond_language(ours, vectors["dora"], "es") == pytest.approx(1)
    assert beyond_language(ours, vectors["ada"], "en") @ beyond_language(ours, vectors["elias"], "es") == pytest.approx(-1)


def test_a_contour_is_moved_by_the_distance_of_the_voices():
    heights = {"ada": np.array([0, 200.0, 0]), "ben": np.array([100.0, 0, 100.0]), "mute": np.zeros(3), "none": None}
    ours = SimpleNamespace(say=lambda text, voice, language, units: SimpleNamespace(f0_hz=heights[voice]))
    contour, utterance = np.array([210.0, 0.0, 190.0], dtype=np.float32), Utterance("u", "text", "ada", "en")
    assert np.allclose(moved_contour(ours, contour, utterance, "ben"), [105.0, 0.0, 95.0])
    assert all(np.array_equal(moved_contour(ours, contour, utterance, voice), contour) for voice in ("ada", "mute", "none"))
