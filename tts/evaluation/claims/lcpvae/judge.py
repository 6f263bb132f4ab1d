"""All sounds are made once, and every check looks at the same ones."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from tts.corpus.utterance import Utterance
from tts.evaluation.claims.claims import Judged, Places
from tts.evaluation.claims.evidence import UNSEEN_PART
from tts.evaluation.claims.lcpvae.control import SHARES, STRENGTHS, control_checks
from tts.evaluation.claims.lcpvae.kept import gamed_checks, kept_checks
from tts.evaluation.claims.lcpvae.latents import prior_checks, structure_checks
from tts.evaluation.claims.lcpvae.material import NEUTRAL, OURS, Parts, StyleEvidence, fit_judge, listen_all, open_roles, read_parts, voices_of
from tts.evaluation.claims.lcpvae.transfer import cross_checks, distance_checks
from tts.evaluation.claims.phonotactics import Phonotactics
from tts.evaluation.claims.style_drawing import draw_latents
from tts.evaluation.claims.style_work import BLEND, CROSS, OWN, STRENGTH, Spoken, StyleSystems, StyleTask, encode, speak
from tts.evaluation.claims.styles import Example, StyleJudge
from tts.evaluation.claims.work import in_processes

MOST_PAIRS = 40  # of a text and a voice that never spoke its language; each is spoken in every style
MOST_CONTROL = 6  # texts that are spoken at several strengths and in blends


def judge_model(places: Places, model: Path) -> Judged:
    """All checks of the model in a folder."""
    opener = open_roles(places, model)
    systems, parts = opener.open(), read_parts(places)
    recorded, failures = listen_all(open_roles(places, places.models[0]), parts, places.jobs)
    judge = fit_judge(parts, recorded)
    tasks = plan(systems, parts.test)
    spoken, failed = in_processes(speak, opener, tasks, places.jobs, "speaking")
    meet_abroad(judge, spoken)
    encoded = [u for u in (*parts.test, *parts.unseen) if u.id in recorded]
    references = tuple(recorded[u.id] for u in parts.references if u.id in recorded)
    evidence = StyleEvidence(
        tuple(systems.synthesizers), systems.ours.loaded.names.styles, judge, Phonotactics(parts.texts),
        {u.id: recorded[u.id] for u in parts.test if u.id in recorded}, references,
        {role: encode(systems, role, encoded) for role in systems.synthesizers}, tuple(spoken),
        voices_of(references))
    checks = [check for group in (structure_checks, cross_checks, distance_checks, kept_checks, gamed_checks, control_checks) for check in group(evidence)]
    checks += prior_checks(systems, evidence)
    return Judged(checks, rows_of(evidence), facts_of(systems, evidence, parts), failures | failed,
                  {"latents": draw_latents({role: evidence.latents[role] for role in evidence.roles})})


def meet_abroad(judge: StyleJudge, spoken: list[Spoken]) -> None:
    """Let the judge get to know voices in languages that they never spoke, by what each system made there in all styles. What is usual for a voice
    differs between languages, by their vowels and the share of them; of people who speak two, it is learned from both (benchmarks/style_judge.py)."""
    examples = defaultdict(list)
    for sound in spoken:
        if sound.kind == CROSS:
            examples[sound.known_as].append(Example(sound.known_as, sound.style, sound.numbers.all))
    for name, own in examples.items():
        judge.meet(name, own)


def plan(systems: StyleSystems, test: tuple[Utterance, ...]) -> list[StyleTask]:
    """All sounds to make."""
    ours, styles = systems.ours, systems.ours.styles
    own = [u for u in test if u.speaker in ours.voices]
    tasks = []
    for role in systems.synthesizers:
        tasks += [StyleTask(role, CROSS, u, voice, style) for u, voice in foreign_pairs(systems, test) for style in styles]
        tasks += [StyleTask(role, OWN, u, u.speaker, u.style) for u in own if u.style in styles]
    moved = [style for style in styles if style.casefold() != NEUTRAL]
    texts = own[:: max(1, len(own) // MOST_CONTROL)][:MOST_CONTROL]
    for u in texts:
        tasks += [StyleTask(OURS, STRENGTH, u, u.speaker, style, strength) for style in moved for strength in STRENGTHS]
        tasks += [StyleTask(OURS, BLEND, u, u.speaker, blend(a, b, share)) for a, b in zip(moved[::2], moved[1::2]) for share in SHARES]
    return tasks


def foreign_pairs(systems: StyleSystems, test: tuple[Utterance, ...]) -> list[tuple[Utterance, str]]:
    """Texts with voices that never spoke their language, evenly thinned out; a text that several people read counts once."""
    speakers = systems.ours.loaded.speakers
    texts = {(u.language, u.text): u for u in reversed(test)}
    pairs = [(u, voice) for u in reversed(texts.values()) for voice in systems.ours.voices if u.language not in speakers[voice].get("languages", {})]
    count = min(len(pairs), MOST_PAIRS)
    return [pairs[i * len(pairs) // count] for i in range(count)]


def blend(a: str, b: str, share: float) -> str:
    return f"{a}={share:g},{b}={1 - share:g}"


def rows_of(evidence: StyleEvidence) -> list[dict]:
    """A row per sound that was made."""
    return [{"role": s.role, "kind": s.kind, "id": s.id, "voice": s.voice, "language": s.language, "style": s.style, "strength": s.strength,
             "heard": evidence.judge.hear(s.known_as, s.numbers.all), "classifier": s.trained or "", **s.numbers.measures,
             "likeness": float(s.vector @ evidence.voices[s.voice]) if s.voice in evidence.voices else float("nan"),
             "phone_errors": s.errors if s.phones is not None else float("nan"), "phones": s.total} for s in evidence.spoken]


def facts_of(systems: StyleSystems, evidence: StyleEvidence, parts: Parts) -> dict:
    """What a reader must know of how these numbers came about."""
    names = ", ".join(f"{role}: {synthesizer.loaded.folder.name}" for role, synthesizer in systems.synthesizers.items())
    notes = [
        f"Models: {names}.",
        "The judge of styles: a logistic regression on numbers of F0, level, tempo and tilt, less the voice's own means, fitted to "
        f"{len(parts.unseen)} recordings of the part {parts.unseen_part!r} and their copies"
        + (", which no model saw." if parts.unseen_part == UNSEEN_PART else "; that part watched the training, but nothing was fitted to it."),
        "A voice in a language that it never spoke is known to the judge by what the system made there in all styles, each counting alike; of made-up people who "
        "speak both languages it then hears as much as of people in their own (python -m benchmarks.style_judge).",
        "The classifier of the style loss was fitted to the part 'train'; it too hears numbers in the voice's own terms, of mel, F0 and durations as predicted.",
        "Languages are told from pairs of phones that the recogniser hears, whoever speaks.",
        "Tempo: from the model's own durations, that of recordings from the aligner, each against what is usual for the language's phones.",
        "No worse than the plain VAE: the mean difference stays within the margin; its interval is given.",
    ]
    return {"utterances": len(parts.test), "notes": notes, "sounds": len(evidence.spoken)}
