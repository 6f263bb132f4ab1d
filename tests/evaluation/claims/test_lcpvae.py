"""The pieces of LCPVAE's checks on points, phones and numbers whose answers are known."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

from tts.corpus.utterance import Phone, Unit
from tts.evaluation.claims.lcpvae.control import _steps
from tts.evaluation.claims.lcpvae.judge import meet_abroad
from tts.evaluation.claims.lcpvae.kept import gamed_checks, kept_checks
from tts.evaluation.claims.lcpvae.material import OURS, VAE, open_roles
from tts.evaluation.claims.lcpvae.transfer import distance, real_changes, size_of, spoken_changes
from tts.evaluation.claims.phonotactics import Phonotactics
from tts.evaluation.claims.structure import Latent, retrieval, silhouette, within_styles
from tts.evaluation.claims.style_drawing import draw_latents
from tts.evaluation.claims.style_work import CROSS, OWN, Spoken
from tts.evaluation.claims.styles import Example, StyleJudge, StyleNumbers, UsualDurations
from tts.evaluation.figure import estimate

STYLES = ("dj", "excited", "neutral")


def latents(style: float, language: float, speaker: float = 0.0) -> list[Latent]:
    """Latents that style, language and speaker move so far, each along axes of its own, beside noise of deviation 0.1."""
    rng, found = np.random.default_rng(0), []
    for number in range(240):
        place = np.zeros(8)
        place[number % 3] += style
        place[3 + number // 3 % 2] += language
        place[5 + number // 6 % 2] += speaker
        found.append(Latent(f"u{number}", f"s{number // 6 % 2}{number // 3 % 2}", f"l{number // 3 % 2}", STYLES[number % 3],
                            place + 0.1 * rng.standard_normal(8), np.full(8, 0.1)))
    return found


def test_silhouettes_and_retrieval_see_what_moves_the_latents():
    styled, foreign = latents(1.0, 0.0), latents(0.0, 1.0)
    assert silhouette(styled, "style").value > 0.7 and abs(silhouette(styled, "language").value) < 0.05
    assert silhouette(foreign, "style").value < 0.05 and silhouette(foreign, "language").value > 0.7
    assert retrieval(styled).value > 0.99 and abs(retrieval(foreign).value - 1 / 3) < 0.1


def test_silhouette_is_the_usual_one():
    from sklearn.metrics import silhouette_score

    found = latents(0.2, 0.1)
    points = np.stack([item.mean for item in found])
    assert silhouette(found, "style").value == pytest.approx(silhouette_score(points - points.mean(0), [item.style for item in found], metric="cosine"))


def test_a_probe_within_styles_finds_a_leak_and_only_a_leak():
    gain, accuracy = within_styles(latents(1.0, 1.0), "language", drawn=True)
    assert gain.value == pytest.approx(0.5, abs=0.02) and accuracy.value > 0.98
    assert abs(within_styles(latents(1.0, 0.0), "language", drawn=True)[0].value) < 0.15
    assert within_styles(latents(1.0, 0.0, 1.0), "speaker", drawn=False)[0].value > 0.15
    of_one = [dataclasses.replace(item, language="l") for item in latents(1.0, 0.0)]
    assert within_styles(of_one, "language", drawn=True) is None


def test_languages_are_told_from_pairs_of_phones():
    rng = np.random.default_rng(0)
    languages = {"a": ["pa", "ta", "ka"], "b": ["ap", "at", "ak"]}  # the same phones in another order
    texts = [(name, list("".join(rng.choice(parts, 8)))) for name, parts in languages.items() for _ in range(20)]
    judge = Phonotactics(texts[::2])
    assert all(judge.tell(phones) == name for name, phones in texts[1::2])
    assert judge.tell([]) in languages  # nothing heard is no error


def test_the_judge_learns_styles_whoever_speaks_and_counts_rare_ones_alike():
    rng, heights = np.random.default_rng(0), {"ada": 10.0, "ben": 0.0}
    styles = ["dj"] * 100 + ["excited"] * 10 + ["neutral"] * 10
    examples = [Example(voice, style, np.array([height + STYLES.index(style) + 0.2 * rng.standard_normal(), rng.standard_normal()]))
                for voice, height in heights.items() for style in styles]
    judge = StyleJudge(examples)
    for voice, height in heights.items():
        assert [judge.hear(voice, np.array([height + x, 0.0])) for x in (0.0, 1.0, 2.0)] == list(STYLES)
    scores = [judge.contrast("ben", np.array([x, 0.0]), "neutral", "dj") for x in (0.0, 0.5, 1.0, 1.5, 2.0)]
    assert scores == sorted(scores) and scores[0] < 0 < scores[-1]


def test_a_voice_abroad_is_known_by_its_own_sounds_there():
    """Spanish raises all of ada's numbers by 5; of what each system made, only the differences between styles count."""
    judge = StyleJudge([Example("ada", style, np.array([place + 0.1 * turn])) for place, style in enumerate(STYLES) for turn in range(5)])
    sounds = [dataclasses.replace(spoken(style, role), numbers=StyleNumbers({}, np.array([5.0 + place + (role == VAE)])))
              for place, style in enumerate(STYLES) for role in (OURS, VAE)]
    assert any(judge.hear("ada", s.numbers.all) != s.style for s in sounds)
    meet_abroad(judge, sounds)
    assert all(judge.hear(s.known_as, s.numbers.all) == s.style for s in sounds) and len({s.known_as for s in sounds}) == 2
    assert spoken("dj", kind=OWN).known_as == "ada"


def test_tempo_is_against_what_is_usual_in_the_language():
    def units(*frames):
        return [Unit("_", (0, 0), [Phone("_", 0, 50)]), Unit("ab", (0, 2), [Phone(symbol, 0, n) for symbol, n in zip("ab", frames)])]

    usual = UsualDurations([("es", units(4, 8)), ("en-us", units(8, 16))])
    assert usual.tempo("es", units(2, 4)) == pytest.approx(np.log(2)) and usual.tempo("en-us", units(8, 16)) == 0
    assert usual.tempo("de", units(8, 16)) == 0  # nothing is usual there


def spoken(style: str, role: str = OURS, kind: str = CROSS, trained: str | None = None, voice: str = "ada", name: str = "t0", **measures) -> Spoken:
    numbers = StyleNumbers({"f0": 0.0, "f0_spread": 0.0, "tempo": 0.0, "energy": 0.0, **measures}, np.array([float(STYLES.index(style))]))
    return Spoken(numbers, np.array([1.0, 0.0]), list("pa"), 1, 10, role, kind, name, "es", voice, style, 1.0, trained or style)


def recorded(speaker: str, style: str, f0: float) -> SimpleNamespace:
    return SimpleNamespace(utterance=SimpleNamespace(id=f"{speaker}{style}", language="es", speaker=speaker, style=style),
                           numbers=StyleNumbers({"f0": f0, "f0_spread": 0.0, "tempo": 1.0, "energy": 0.0}, np.zeros(1)))


def test_changes_are_relative_to_the_voices_own_neutral():
    recordings = [recorded("dora", "neutral", 10), recorded("dora", "excited", 14), recorded("elias", "neutral", 0), recorded("elias", "excited", 2)]
    real = real_changes(SimpleNamespace(references=recordings, recorded={}))
    assert real["es", "excited"]["f0"] == 3 and size_of(real, "f0") == 3
    changes = spoken_changes([spoken("neutral", f0=5.0), spoken("excited", f0=7.0), spoken("excited", f0=9.0, voice="ben")])  # ben has no neutral
    assert [(cell, change["f0"]) for _, cell, change in changes] == [(("es", "excited"), 2.0)]
    assert distance(changes, real, "f0").value == 1.0


def evidence(sounds: list[Spoken]) -> SimpleNamespace:
    judge = SimpleNamespace(hear=lambda voice, numbers: STYLES[int(numbers[0])])
    found = SimpleNamespace(judge=judge, roles=(OURS, VAE), recorded={}, voices={"ada": np.array([0.6, 0.8])},
                            languages=SimpleNamespace(tell=lambda phones: "es"))
    found.of = lambda role, kind: [s for s in sounds if s.role == role and s.kind == kind]
    found.by_role = lambda kind: {role: found.of(role, kind) for role in found.roles if found.of(role, kind)}
    return found


def test_a_classifier_that_hears_more_than_the_judge_is_found_out():
    honest = [spoken("dj", name=f"t{i}", trained="dj") for i in range(10)]
    deaf = [dataclasses.replace(s, numbers=StyleNumbers(s.numbers.measures, np.array([1.0]))) for s in honest[:3]]
    assert gamed_checks(evidence(honest))[0].figure.value == 0
    gamed = gamed_checks(evidence([*deaf, *honest[3:]]))[0]
    assert gamed.figure.value == pytest.approx(0.3) and not gamed.rule.holds(estimate([gamed.figure]))


def test_what_is_kept_is_ours_minus_the_plain_vaes():
    sounds = [spoken("dj", role, OWN, name=f"t{i}") for role in (OURS, VAE) for i in range(4)]
    sounds[0] = dataclasses.replace(sounds[0], errors=6)
    checks = {c.name: c for c in kept_checks(evidence(sounds))}
    assert checks["phone errors"].figure.value == pytest.approx(5 / 40) and not checks["phone errors"].rule.holds(estimate([checks["phone errors"].figure]))
    assert checks["style"].figure.value == checks["likeness"].figure.value == 0 and checks["likeness"].beside[OURS].value == pytest.approx(0.6)


def test_a_baseline_that_spoke_nothing_is_not_compared_with():
    checks = kept_checks(evidence([spoken("dj", OURS, OWN)]))
    assert checks and all(c.figure is None and "spoke nothing" in c.why for c in checks)


def test_steps_must_all_go_up():
    up = _steps("x", "", {(f"t{i}", at): at + i for i in range(4) for at in (0.0, 0.5, 1.0)}, (0.0, 0.5, 1.0))
    assert up.figure.value == 0.5 and up.rule.holds(estimate([up.figure]))
    back = _steps("x", "", {(f"t{i}", at): {0.0: 0, 0.5: 2, 1.0: 1}[at] for i in range(4) for at in (0.0, 0.5, 1.0)}, (0.0, 0.5, 1.0))
    assert back.figure.value == -1 and not back.rule.holds(estimate([back.figure]))


def test_roles_are_read_off_configurations_and_seeds_are_paired(tmp_path):
    for name, settings, seed in (("ours", "style_loss: cross-entropy", 1), ("vae0", "prior: normal", 0), ("vae1", "prior: normal", 1), ("plain", "style_loss: none", 0)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.yaml").write_text(f"system: lcpvae\nlcpvae:\n  {settings}\n")
        (tmp_path / name / "card.json").write_text(f'{{"seed": {seed}}}')
    places = SimpleNamespace(baselines=tuple(tmp_path / name for name in ("vae0", "plain", "vae1")), manifest=tmp_path, audio_root=tmp_path, features=tmp_path,
                             recogniser=tmp_path / "none", style_classifier=None)
    roles = open_roles(places, tmp_path / "ours")
    assert [(role, path.name) for role, path in roles.folders] == [(OURS, "ours"), ("without style loss", "plain"), (VAE, "vae1")]
    assert roles.recogniser is roles.classifier is None


def test_the_drawing_is_the_same_every_time():
    found = {"lcpvae": latents(1.0, 0.0)}
    assert draw_latents(found) == draw_latents(found) and "by style" in draw_latents(found)
