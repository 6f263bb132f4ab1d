"""The claim of the studio, on utterances that it never saw: what its controls do alone, they do together.

recordings ─┬─ part "recogniser" ─→ the judge of styles
            └─ test texts, each control alone, every two, and all at once
                 words        the recording's prosody                     word F0 and duration follow it
                 style        another style than the recording's          the judge hears it
                 F0           the recording's contour                     F0 follows it
                 voice        another speaker of the language             sounds like his recordings
                 made voice   a voice drawn for the language              sounds like itself, and like its vector
                 language     a voice that never spoke the language       its phones are understood

A figure of a control that is given with others is held against the same figure of the control alone. Beside a contour the style is the one in which the
contour was spoken, and is held against that style alone. What is not given is absent; the voice is the recording's own where none is asked for. The judge
of styles gets to know voices that were not recorded in a language, and made ones, by sounds of them in all styles and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path

import numpy as np

from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.evaluation.claims.claims import Check, Judged, Places, at_least, stated
from tts.evaluation.claims.evidence import UNSEEN_PART, speakers_in_turn
from tts.evaluation.claims.lcpvae.material import fit_judge, listen_all, read_parts, voices_of
from tts.evaluation.claims.studio_work import F0, HOW, INTRODUCED, LANGUAGE, MADE, OWN, STYLE, VOICE, WHO, WORDS, Controlled, ControlTask, control
from tts.evaluation.claims.style_work import StyleModels, StyleSystems
from tts.evaluation.claims.styles import Example, StyleJudge
from tts.evaluation.claims.transfer import share
from tts.evaluation.claims.words import correlation
from tts.evaluation.claims.work import in_processes
from tts.evaluation.figure import Figure, combine, mean_of, ratio_of
from tts.features.speaker import centroid
from tts.models.load import LoadedModel
from tts.speakers.voice import MadeVoice
from tts.synthesis.foreign import foreign_voices
from tts.synthesis.made_voices import new_voice
from tts.synthesis.synthesizer import Synthesizer

ROLE = "studio"
MOST_TEXTS = 120
MADE_VOICES = 2  # of a language
FOREIGN_VOICES = 4  # at most, that say texts of a language which they never spoke
INTRODUCTIONS = 3  # texts that a voice says in every style, for the judge to know it
KEPT = 0.8  # of what a control does alone
ALONE = tuple((control,) for control in (*HOW, *WHO))
AS_RECORDED = (STYLE, OWN)  # what a style does alone, where it is the recording's own
PAIRS = (*combinations(HOW, 2), *product(HOW, WHO))
TOGETHER = ((WORDS, STYLE, MADE, LANGUAGE), (WORDS, STYLE, F0, MADE, LANGUAGE))
SETS = (*ALONE, AS_RECORDED, *PAIRS, *TOGETHER)  # what every text is said with
UNITS = {WORDS: "r", STYLE: "%", F0: "r", VOICE: "cos", MADE: "cos", LANGUAGE: "%"}
MEANING = {
    "word f0": "correlation of the words' F0 with the recording's", "word duration": "correlation of the words' lengths with the recording's",
    "style heard": "share of sounds in which the judge hears the style asked for", "contour": "correlation of F0 with the contour that was given",
    "likeness": "cosine with the speaker's recordings", "likeness to itself": "cosine with other sounds of the voice with nothing else given",
    "likeness to its vector": "cosine of the sound's vector with the made voice's, each less the mean of the speakers of its language",
    "phones understood": "share of phones that the recogniser gets right",
}


@dataclass(frozen=True)
class Evidence:
    """Everything that the checks look at: sounds by their controls, the judge, the vectors of speakers' recordings, and in which share of the test
    recordings the judge hears their style."""

    sounds: dict[tuple[str, ...], list[Controlled]]
    judge: StyleJudge
    voices: dict[str, np.ndarray]
    recordings: Figure | None = None


def judge_model(places: Places, model: Path) -> Judged:
    """All checks of the model in a folder."""
    recogniser = places.recogniser if places.recogniser is not None and (places.recogniser / "model.safetensors").is_file() else None
    opener = StyleModels(((ROLE, model),), places.manifest, places.audio_root, places.features, recogniser, None)
    systems, parts = opener.open(), read_parts(places)
    if not systems.ours.loaded.model.controls.words:
        raise UserError(f"{model}: a model of system {systems.ours.loaded.card['system']!r} takes no words beside a style; expected a studio")
    recorded, failures = listen_all(opener, parts, places.jobs)
    made, why = made_voices(systems.ours.loaded)
    test = speakers_in_turn([u for u in parts.test if u.speaker in systems.ours.voices and u.style in systems.ours.styles], MOST_TEXTS)
    sounds, failed = in_processes(control, opener, plan(systems.ours, test, made), places.jobs, "speaking")
    judge = fit_judge(parts, recorded)
    introduce(judge, sounds)
    found = defaultdict(list)
    for sound in sounds:
        found[sound.controls].append(sound)
    heard = _mean((u.id, float(judge.hear(u.speaker, recorded[u.id].numbers.all) == u.style)) for u in parts.test if u.id in recorded)
    evidence = Evidence(dict(found), judge, voices_of(recorded[u.id] for u in parts.references if u.id in recorded), heard)
    return Judged(checks_of(evidence, why), rows_of(evidence), facts_of(systems, test, made, parts.unseen_part), failures | failed)


def made_voices(loaded: LoadedModel) -> tuple[dict[str, list[MadeVoice]], str]:
    """(voices drawn for every language, why there are none)."""
    try:
        return {language: [new_voice(loaded, f"nobody-{language}-{seed}", language, seed) for seed in range(MADE_VOICES)]
                for language in loaded.names.languages}, ""
    except UserError as error:
        return {}, str(error)


def plan(ours: Synthesizer, test: Sequence[Utterance], made: dict[str, list[MadeVoice]]) -> list[ControlTask]:
    """Every text with every set of controls for which there is a voice; then the introductions of voices that were not recorded so."""
    tasks = []
    for place, utterance in enumerate(test):
        for controls in SETS:
            task = task_of(ours, utterance, place, controls, made)
            if task is not None:
                tasks.append(task)
    return tasks + introductions(ours, test, tasks)


def introductions(ours: Synthesizer, test: Sequence[Utterance], tasks: Sequence[ControlTask]) -> list[ControlTask]:
    """The first texts of its language in every style and with nothing else, for each voice that the judge does not know from recordings."""
    met = {task.known_as(ours): task for task in tasks if task.known_as(ours) != task.voice}
    texts = {}
    for utterance in test:
        texts.setdefault(utterance.language, {}).setdefault(utterance.text or utterance.id, utterance)
    return [ControlTask((STYLE, INTRODUCED), utterance, task.voice, style, task.made)
            for task in met.values() for utterance in list(texts[task.utterance.language].values())[:INTRODUCTIONS] for style in ours.styles]


def task_of(ours: Synthesizer, utterance: Utterance, place: int, controls: tuple[str, ...], made: dict[str, list[MadeVoice]]) -> ControlTask | None:
    """The `place`-th text with these controls; None where no voice could say it so."""
    others = [style for style in ours.styles if style != utterance.style]
    # A contour that is given is never overruled: beside one, the style is the one in which the contour was spoken.
    style = utterance.style if {F0, OWN} & set(controls) or not others else others[place % len(others)]
    if MADE in controls:
        drawn = [voice for language, voices in made.items() for voice in voices if (language == utterance.language) != (LANGUAGE in controls)]
        return ControlTask(controls, utterance, drawn[place % len(drawn)].name, style, drawn[place % len(drawn)]) if drawn else None
    voices = [utterance.speaker]
    if VOICE in controls:
        voices = [name for name in ours.voices if name != utterance.speaker and ours.language_of(name) == utterance.language]
    if LANGUAGE in controls:
        voices = foreign_voices(ours, utterance.language)[:FOREIGN_VOICES]
        place //= FOREIGN_VOICES
    return ControlTask(controls, utterance, voices[place % len(voices)], style) if voices else None


def introduce(judge: StyleJudge, sounds: Iterable[Controlled]) -> None:
    """Let the judge get to know voices by their introductions."""
    found = defaultdict(list)
    for sound in sounds:
        if INTRODUCED in sound.controls:
            found[sound.known_as].append(Example(sound.known_as, sound.style, sound.numbers.all))
    for name, examples in found.items():
        judge.meet(name, examples)


# -- checks ------------------------------------------------------------------------------------------------------------


def checks_of(evidence: Evidence, no_made: str) -> list[Check]:
    """What every control does alone, and how much of it is kept in every pair and of all together."""
    checks = []
    alone = {controls: figures(evidence, controls[0], evidence.sounds.get(controls, [])) for controls in (*ALONE, AS_RECORDED)}
    for (name, *own), found in alone.items():
        beside = {"recordings": evidence.recordings} if name == STYLE and evidence.recordings is not None else {}
        title = f"{name}, the recording's" if own else name
        checks += [Check("alone", f"{title}: {measure}", MEANING[measure], UNITS[name], stated(), figure, missing(name, no_made), beside)
                   for measure, figure in found.items()]
    for controls in (*PAIRS, *TOGETHER):
        sounds, group = evidence.sounds.get(controls, []), "two at once" if controls in PAIRS else "all at once"
        for name in controls:
            for measure, figure in figures(evidence, name, sounds).items():
                single, others = alone[AS_RECORDED if name == STYLE and F0 in controls else (name,)][measure], " + ".join(other for other in controls if other != name)
                there = figure is not None and single is not None
                idle = there and not single.value > 0  # a share of nothing says nothing
                why = f"{name} alone does nothing: {single.value:.3g}" if idle else missing(name if single is None else MADE, no_made)
                checks.append(Check(
                    group, f"{name} with {others}: {measure}", f"{MEANING[measure]}: with {others}, as a share of what it is with {name} alone", "%",
                    at_least(KEPT, f"≥ {100 * KEPT:g} %"), share(figure, single) if there and not idle else None, why,
                    {"alone": single, "together": figure} if there else {}, UNITS[name]))
    return checks


def missing(control_name: str, no_made: str) -> str:
    """Why a figure may not be there."""
    if control_name == MADE:
        return f"no voice could be drawn: {no_made}" if no_made else "nothing was spoken"
    if control_name == LANGUAGE:
        return "there is no recogniser (exp/recogniser), or every voice speaks every language"
    return "no voice of the model could say it so"


def figures(evidence: Evidence, name: str, sounds: list[Controlled]) -> dict[str, Figure | None]:
    """A control's own measures, on sounds that were made with it; None where there is nothing to measure."""
    if name == WORDS:
        pairs = [(s.id, s.source, s.words) for s in sounds]
        return {f"word {measure}": correlation(pairs, measure) if pairs else None for measure in ("f0", "duration")}
    if name == STYLE:
        return {"style heard": _mean((s.id, float(evidence.judge.hear(s.known_as, s.numbers.all) == s.style)) for s in sounds)}
    if name == F0:
        return {"contour": _mean((s.id, s.f0_correlation) for s in sounds)}
    if name == VOICE:
        return {"likeness": _mean((s.id, float(s.vector @ evidence.voices[s.voice])) for s in sounds if s.voice in evidence.voices)}
    if name == MADE:
        return {"likeness to itself": _mean((s.id, to_itself(evidence, s)) for s in sounds), "likeness to its vector": _mean((s.id, s.likeness) for s in sounds)}
    heard = [(s.id, s.errors, s.total) for s in sounds if s.phones is not None]
    return {"phones understood": combine(lambda errors: 1 - errors, ratio_of(heard)) if heard else None}


def to_itself(evidence: Evidence, sound: Controlled) -> float:
    """Cosine with what a made voice says of other texts with nothing else given; NaN where there is none."""
    others = [s.vector for s in evidence.sounds.get((MADE,), []) if s.voice == sound.voice and s.id != sound.id]
    return float(sound.vector @ centroid(others)) if others else float("nan")


def _mean(values: Iterable[tuple[str, float]]) -> Figure | None:
    values = list(values)
    return mean_of(values) if values else None


# -- what is written ---------------------------------------------------------------------------------------------------


def rows_of(evidence: Evidence) -> list[dict]:
    """A row per sound that was made."""
    return [{"controls": " + ".join(s.controls), "id": s.id, "voice": s.voice, "style": s.style if STYLE in s.controls else "",
             "heard": evidence.judge.hear(s.known_as, s.numbers.all), **s.numbers.measures, "f0_correlation": s.f0_correlation, "likeness": s.likeness,
             "phone_errors": s.errors if s.phones is not None else float("nan"), "phones": s.total}
            for sounds in evidence.sounds.values() for s in sounds]


def facts_of(systems: StyleSystems, test: Sequence[Utterance], made: dict[str, list[MadeVoice]], part: str) -> dict:
    """What a reader must know of how these numbers came about."""
    notes = [
        f"Each of {len(test)} texts with every set of controls; {sum(map(len, made.values()))} voices were drawn, in all.",
        f"The judge of styles was fitted to the part {part!r}" + (", which no model saw." if part == UNSEEN_PART else ".")
        + f" It knows made voices, and speakers in a language that they never spoke, by {INTRODUCTIONS} texts in all styles with nothing else given.",
        "Words come from a recording in another style than the one asked for; beside a contour, which nothing overrules, the style is the contour's, "
        "and is compared with that style alone.",
        "A contour is moved up or down as far as the model, with nothing else given, says the text higher or lower in the voice than in the speaker's.",
        f"Likeness to its vector is by the encoder that the model knows voices by ({systems.ours.loaded.speaker_encoder_identity}), all other likeness by "
        f"{systems.encoder!r}.",
    ]
    return {"utterances": len(test), "notes": notes, "sounds": len(test) * len(SETS)}
