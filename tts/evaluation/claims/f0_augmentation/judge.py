"""All checks of one experiment."""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from typing import Union

import numpy as np

from tts.augmentation.contours import KINDS, NONE, ORIGINAL, PREDICTED
from tts.augmentation.f0 import PhoneMeans
from tts.corpus.parallel import ordered_map
from tts.errors import UserError
from tts.evaluation.claims.claims import Check, Judged, Places
from tts.evaluation.claims.f0_augmentation.control import control_checks, prediction_checks
from tts.evaluation.claims.f0_augmentation.cost import resume_check, speed_check
from tts.evaluation.claims.f0_augmentation.distribution import Material, distribution_checks, rows
from tts.evaluation.claims.f0_augmentation.likeness import likeness_checks, voice_vectors
from tts.evaluation.claims.f0_augmentation.pairs import Corpus, Pair, find_pairs
from tts.evaluation.claims.f0_augmentation.voices import VOICES, melody_checks, voice_checks
from tts.evaluation.claims.f0_augmentation.work import (ASKED, Conversion, Converted, Ground, Speaking, Spoken, convert,
                                                        f0_of_corpus, melody, open_store,
                                                        predict, speak)
from tts.evaluation.distribution import histograms
from tts.features.store import FeatureStore

SOURCES = 24  # unseen utterances of each supporter that are converted, unless --limit says otherwise
TIMED = 12
SEMITONES = 12 / np.log(2)
Sounds = dict[Union[str, None], dict[str, Spoken]]  # by voice (None: the recordings) and name


def judge_model(places: Places, model) -> Judged:
    """All checks of the experiment in a folder, in the folder of its recipe."""
    pairs, store = find_pairs(model), FeatureStore(places.features)
    corpus = Corpus.read(places.manifest, store)
    recogniser = model.parent / "recogniser"
    ground = Ground(places.features, places.audio_root, recogniser if recogniser.is_dir() else None)
    sources = {pair: corpus.unseen.get(pair.supporter, [])[: places.limit or SOURCES] for pair in pairs}
    if missing := [pair.supporter for pair in pairs if not sources[pair]]:
        raise UserError(f"{places.manifest}: no utterance of {', '.join(missing)} has split test or recogniser; split the corpus (tts corpus split)")
    frame_seconds = store.fingerprint.config.frame_seconds
    costs = [speed_check(pairs[0], ground, sources[pairs[0]][:TIMED]),
             resume_check(pairs, ground, places.manifest, model.parent / "aligner", places.jobs)]
    heard = convert_all(pairs, sources, ground, places.jobs)
    spoken, failures = speak_all(pairs, corpus, ground, places)
    vectors = voice_vectors(corpus.training, store)
    real = [(f"{pair.target}/{u.id}", pair.target, store[u.id].speaker_vector) for pair in pairs
            for u in corpus.unseen[pair.target]]
    materials = [material(pair, corpus, store) for pair in pairs]
    checks: list[Check] = [*control_checks(heard), *predictions(pairs, corpus, ground, places.jobs),
                           *distribution_checks(materials, frame_seconds),
                           *likeness_checks(heard, vectors, real), *melodies(pairs, corpus, ground, places.jobs),
                           *voice_checks(spoken, vectors, frame_seconds), *costs]
    return Judged(checks, [*rows(materials, frame_seconds), *map(row_of, heard)], facts_of(pairs, heard, spoken, materials),
                  failures)


def convert_all(pairs: list[Pair], sources: dict, ground: Ground, jobs: int) -> list[Converted]:
    kinds = [(kind, "tuned") for kind in (*ASKED, NONE)] + [(PREDICTED, "both")]
    tasks = [Conversion(pair, source, kind, stage) for pair in pairs for kind, stage in kinds for source in sources[pair]]
    return list(ordered_map(partial(convert, ground), tasks, jobs, "converting", len(tasks)))


def speak_all(pairs: list[Pair], corpus: Corpus, ground: Ground, places: Places) -> tuple[Sounds, dict[str, str]]:
    """Sounds by voice and name, the recordings under None; and what could not be spoken."""
    tasks = [Speaking(pair, u, voice) for pair in pairs for voice in (None, *VOICES)
             for u in corpus.test(pair.target)[: places.limit]]
    found: Sounds = {voice: {} for voice in (None, *VOICES)}
    failures = {}
    for task, one in zip(tasks, ordered_map(partial(speak, ground), tasks, places.jobs, "speaking", len(tasks))):
        if one is None:
            failures[f"{task.pair.target}, {task.voice}: {task.utterance.id}"] = "could not be spoken"
        else:
            found[task.voice][one.name] = one
    return found, failures


def predictions(pairs: list[Pair], corpus: Corpus, ground: Ground, jobs: int) -> list[Check]:
    """Of the F0 model by itself."""
    found = []
    for pair in pairs:
        tasks = [Speaking(pair, u, None) for u in corpus.unseen[pair.target]]
        means = PhoneMeans.of(corpus.training[pair.target], open_store(ground.features))
        found += ordered_map(partial(predict, ground, means), tasks, jobs, "predicting F0", len(tasks))
    return prediction_checks(found, {pair.target: pair.contours(PREDICTED).wanted.mean for pair in pairs})


def melodies(pairs: list[Pair], corpus: Corpus, ground: Ground, jobs: int) -> list[Check]:
    """Of the voices' own F0 models; voices whose F0 follows from latents (CopyCat2) have none that could be asked."""
    tasks = [Speaking(pair, u, None) for pair in pairs for u in corpus.unseen[pair.target]]
    try:
        found = list(ordered_map(partial(melody, ground, VOICES), tasks, jobs, "predicting melodies", len(tasks)))
    except UserError as error:
        return melody_checks([], {}, str(error))
    return melody_checks(found, {pair.target: pair.contours(PREDICTED).wanted.mean for pair in pairs})


def material(pair: Pair, corpus: Corpus, store: FeatureStore) -> Material:
    found, wanted = pair.contours(ORIGINAL).found, pair.contours(ORIGINAL).wanted
    reference = [histograms(store[u.id].f0_hz) for u in corpus.unseen[pair.target]]
    return Material(pair.target, reference, {kind: f0_of_corpus(pair.augmented(kind)) for kind in KINDS},
                    SEMITONES * (wanted.mean - found.mean),
                    SEMITONES * (wanted.deviation - found.deviation))


def row_of(heard: Converted) -> dict:
    task = heard.task
    return {"kind": f"{task.kind} ({task.stage})", "id": task.source.id, "speaker": task.pair.supporter,
            "voice": task.pair.target}


def facts_of(pairs: list[Pair], heard: list[Converted], spoken: Sounds,
             materials: list[Material]) -> dict:
    """What a reader must know of how these numbers came about."""
    notes = ["Pairs, with the difference of log-F0 mean and deviation between target and supporter in semitones: "
             + ", ".join(f"{p.target} from {p.supporter} {m.mean_difference_st:+.1f} / {m.deviation_difference_st:+.1f}"
                         for p, m in zip(pairs, materials)) + ". The same configuration for all."]
    for kind in KINDS:
        facts = [json.loads((pair.augmented(kind) / "augmentation.json").read_text(encoding="utf-8")) for pair in pairs]
        broken = Counter({rule["score"]: 0 for rule in facts[0]["rules"]})
        for one in facts:
            broken.update({rule["score"]: rule["rejected"] for rule in one["rules"]})
        why = ", ".join(f"{name} {count}" for name, count in broken.items() if count)
        notes.append(f"Corpora with F0 {kind}: {sum(one['accepted'] for one in facts)} utterances accepted "
                     f"({sum(one['seconds'] for one in facts) / 60:.0f} min), {sum(one['rejected'] for one in facts)} rejected{f' ({why})' if why else ''}.")
    notes.append("F0, likeness and phone errors are measured on the sound, with one tracker and the target's range for all sounds of a voice.")
    kinds = Counter(f"{h.task.kind} ({h.task.stage})" for h in heard)
    kinds.update({f"voice {name or 'recording'}": len(sounds) for name, sounds in spoken.items()})
    return {"sounds": dict(kinds), "utterances": len({h.name for h in heard}) + len(spoken[None]), "notes": notes}
