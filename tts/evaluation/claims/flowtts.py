"""The claims of Flow-TTS, on utterances it never saw: what is rendered, and which checks look at it.

recordings ─┬─ encoded and decoded: is anything lost? likelihood, beside variants that are told less; is z noise?
            ├─ converted to another voice, and said by it from noise: whose voice, whose melody, are the two alike?
            └─ to voices of unseen speakers, from a few seconds of them
vectors drawn from the densities ── spoken with: copies, or off the map, or new voices?
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np

from tts.corpus.manifest import read_manifest
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.evaluation.claims.claims import Judged, Places
from tts.evaluation.claims.evidence import read_genders, speakers_in_turn
from tts.evaluation.claims.flow_conversion import conversion_checks, interchange_checks, zero_shot_checks
from tts.evaluation.claims.flow_exact import cost_checks, likelihood_checks, lossless_checks, normal_checks
from tts.evaluation.claims.flow_voices import density_checks, new_voice_checks
from tts.evaluation.claims.flow_work import (JUDGE, FlowModels, FlowSystems, JudgedRecording, RecordingTask, SpokenVoice,
                                             VoiceTask,
                                             judge_recording, speak_with)
from tts.evaluation.claims.work import in_processes
from tts.features.speaker import centroid
from tts.models.flowtts.model import FlowTTS
from tts.speakers.density import FAMILIES, SpeakerDensity, fit_density
from tts.synthesis.made_voices import accents_of

UNSEEN = "unseen"
ENROLLED = 3  # recordings of an unseen speaker that the flow is given; the others are judged by
NEW_VOICES = 40
TEXTS = 2  # of its accent that a voice says
MOST_SPEAKERS = 120  # whom new voices are held against as they sound; of more, evenly chosen ones
REFERENCES = 400
SEED = 0


def judge_model(places: Places, model: Path) -> Judged:
    """All checks of the model in a folder. Places: baselines are the variants that are told less, base is a CopyCat."""
    recogniser = Path("exp/recogniser")
    opener = FlowModels(model, places.audio_root, places.features, places.baselines, places.base,
                        recogniser if (recogniser / "model.safetensors").is_file() else None)
    systems = opener.open()
    parts = defaultdict(list)
    for utterance in read_manifest(places.manifest):
        parts[utterance.split or "train"].append(utterance)
    if not parts[places.split]:
        raise UserError(f"{places.manifest}: no utterance has split {places.split!r}; split the corpus (tts corpus split), or name another --split")
    known = [u for u in parts[places.split] if u.speaker in systems.ours.voices]
    test = speakers_in_turn(known, places.limit)
    flow = isinstance(systems.loaded.model, FlowTTS)  # a studio shares what is not about the flow itself
    checks = [*lossless_checks(systems, test), *cost_checks(systems, test)] if flow else []  # first, while nothing else runs
    references, failures = in_processes(judge_vector, opener,
                                        speakers_in_turn([u for u in parts["train"] if u.speaker in systems.ours.voices],
                                                         REFERENCES),
                                        places.jobs, "learning the voices")
    voices = _centroids(references)
    genders = read_genders(places.audio_root / "speakers.json")
    judged, failed = in_processes(judge_recording, opener, conversion_tasks(test, systems.ours.voices), places.jobs, "converting")
    failures |= failed
    if not judged:
        raise UserError(f"none of {len(test)} recordings could be judged; the first: {next(iter(failures.values()))}")
    if flow:
        checks += [*likelihood_checks(judged, list(systems.variants)), *normal_checks(judged)]
    checks += [*conversion_checks(judged, voices, genders), *interchange_checks(judged, voices)]
    tasks, real = unseen_tasks(systems, speakers_in_turn(parts[UNSEEN], places.limit), test)
    heard, failed = in_processes(judge_recording, opener, tasks, places.jobs, "converting to unseen voices")
    recorded, also_failed = in_processes(judge_vector, opener, real, places.jobs, "listening to unseen voices")
    checks += zero_shot_checks(heard, recorded, voices)
    densities = densities_of(systems)
    spoken, failed_voices = in_processes(speak_with, opener, voice_tasks(systems, densities, test), places.jobs,
                                         "speaking with new voices")
    checks += [*density_checks(systems, densities), *new_voice_checks(spoken, accents_of(systems.loaded), judged)]
    return Judged(checks, rows_of(judged, spoken), facts_of(systems, test, judged),
                  failures | failed | also_failed | failed_voices)


def judge_vector(systems: FlowSystems, utterance: Utterance) -> tuple[Utterance, np.ndarray]:
    """A recording's vector by the judge."""
    from tts.features.speaker import speaker_encoder

    return utterance, speaker_encoder(JUDGE)(systems.recording(utterance), systems.loaded.features.sample_rate)


def _centroids(found: list[tuple[Utterance, np.ndarray]]) -> dict[str, np.ndarray]:
    vectors = defaultdict(list)
    for utterance, vector in found:
        vectors[utterance.speaker].append(vector)
    return {name: centroid(rows) for name, rows in vectors.items()}


def conversion_tasks(utterances: list[Utterance], voices: list[str]) -> list[RecordingTask]:
    """Every utterance to one other voice, another one each time, so that all pairs get their turn."""
    tasks, turns = [], defaultdict(int)
    for utterance in utterances:
        others = [name for name in voices if name != utterance.speaker]
        place = (voices.index(utterance.speaker) * 7 + turns[utterance.speaker] * 11) % len(others)
        turns[utterance.speaker] += 1
        tasks.append(RecordingTask(utterance, others[place]))
    return tasks


def unseen_tasks(systems: FlowSystems, unseen: list[Utterance], sources: list[Utterance]) -> tuple[list[RecordingTask],
                                                                                                   list[Utterance]]:
    """(conversions of test recordings to unseen speakers, known by their first recordings; their other recordings)."""
    by_speaker = defaultdict(list)
    for utterance in unseen:
        by_speaker[utterance.speaker].append(utterance)
    tasks, rest = [], []
    rate = systems.loaded.features.sample_rate
    for number, (name, rows) in enumerate(sorted(by_speaker.items())):
        if len(rows) <= ENROLLED or systems.loaded.recipe.model.speaker_vectors != "features":
            continue
        vector = centroid([systems.loaded.speaker_encoder(systems.recording(u), rate) for u in rows[:ENROLLED]])
        rest += rows[ENROLLED:]
        tasks += [RecordingTask(source, name, vector, zero_shot=True) for source in sources[number::len(by_speaker)][:4]]
    return tasks, rest


def densities_of(systems: FlowSystems) -> dict[str, SpeakerDensity]:
    """Every family fitted to the model's speakers; {} where it knows them by a table, or too few."""
    loaded = systems.loaded
    if loaded.recipe.model.speaker_vectors != "features":
        return {}
    try:
        return {family: fit_density(loaded.speaker_vectors, accents_of(loaded), family, SEED) for family in FAMILIES}
    except UserError:
        return {}


def voice_tasks(systems: FlowSystems, densities: dict[str, SpeakerDensity], utterances: list[Utterance]) -> list[VoiceTask]:
    """Voices drawn from the joint density, accents in turn, and as many speakers, each with texts of its accent."""
    if not densities:
        return []
    accents, density = accents_of(systems.loaded), densities["joint"]
    texts = {accent: [u for u in utterances if u.language == accent] for accent in density.accents}
    known = [accent for accent in density.accents if texts[accent]]
    each = -(-NEW_VOICES // max(1, len(known)))
    tasks = []
    for accent in known:
        vectors = density.sample(accent, each, SEED)
        for number, vector in enumerate(vectors):
            said = tuple(texts[accent][(number * TEXTS + i) % len(texts[accent])] for i in range(TEXTS))
            tasks.append(VoiceTask(f"new-{accent}-{number:02d}", accent, said, vector=vector))
    every = systems.ours.voices
    chosen = [every[place * len(every) // MOST_SPEAKERS] for place in range(MOST_SPEAKERS)] if len(every) > MOST_SPEAKERS else every
    for number, name in enumerate(chosen):
        own = texts.get(accents[name]) or []
        if own:
            tasks.append(VoiceTask(name, accents[name], tuple(own[(number * TEXTS + i) % len(own)] for i in range(TEXTS)),
                                   speaker=name))
    return tasks


# -- what is written ----------------------------------------------------------------------------------------------------


def rows_of(judged: list[JudgedRecording], spoken: list[SpokenVoice]) -> list[dict]:
    """A row per rendered sound."""
    rows = []
    for one in judged:
        for (kind, variant), sound in one.sounds.items():
            rows.append({"kind": kind, "variant": variant or "full", "id": one.id, "speaker": one.utterance.speaker,
                         "voice": one.target,
                         "f0_correlation": sound.f0_correlation, "f0_spread": sound.f0_spread,
                         "phone_errors": sound.phone_errors})
    return rows + [{"kind": "voice", "id": voice.id, "voice": voice.id} for voice in spoken]


def facts_of(systems: FlowSystems, test: list[Utterance], judged: list[JudgedRecording]) -> dict:
    """What a reader must know of how these numbers came about."""
    encoder = systems.loaded.card.get("speaker_encoder", "a table")
    judge = f"Likeness: cosine by the encoder {JUDGE!r}; the model knows voices by {encoder}"
    judge += ", the same one, so that likeness is circular: read it with care." if encoder == JUDGE else ", another one."
    flow = isinstance(systems.loaded.model, FlowTTS)
    drawn = f"The flow draws z with deviation {systems.loaded.model.flow.temperature:g}" if flow else "The studio converts with words and style of the recording"
    notes = [
        judge,
        f"{drawn}; the vocoder is {Path(systems.ours.vocoder.name).name}.",
        f"Text mode is said in the recording's timing and with its F0, so that it differs from conversion in {'z' if flow else 'words and style'} alone.",
        f"{len(judged)} recordings, each to one other voice; variants told less: {', '.join(systems.variants) or 'none given'}.",
    ]
    return {"sounds": {}, "utterances": len(test), "notes": notes}
