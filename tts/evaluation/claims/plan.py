"""Which sounds are rendered to check the claims: pairs of a recording and a voice, whose latents go where, and which word is
changed."""

from __future__ import annotations

import numpy as np

from tts.corpus.utterance import Utterance
from tts.evaluation.claims.system import Latents, Systems
from tts.evaluation.claims.transfer import EDIT_SEMITONES
from tts.evaluation.claims.work import (
    ACOUSTIC_ONLY,
    BASE,
    CENTROID,
    COPY,
    EDITED,
    FRAME_LEVEL,
    ONE_WORD,
    OTHER,
    OWN,
    PREDICTED,
    TIMING_ONLY,
    TRANSFER,
    Listened,
    Task,
)

MOST_PAIRS = 120  # of an utterance and another voice
FEWEST_WORDS = 5  # of an utterance in which one word is replaced
CLEARLY_ST, CLEARLY_LN = 2.0, 0.3  # by which a replacing word's melody should differ; by which its length weighs as much


def plan(systems: Systems, listened: dict[str, Listened]) -> tuple[list[Task], dict[str, int], dict[str, int]]:
    """All sounds to render, and the number of the word that is replaced or edited, by utterance."""
    tasks: list[Task] = []
    replaced, edited = {}, {}
    pairs = set(voice_pairs(systems, [item.utterance for item in listened.values()]))
    for place, item in enumerate(listened.values()):
        for voice in systems.ours.voices:
            if (item.utterance.id, voice) in pairs:
                tasks += in_other_voice(systems, item, voice, other_text(item, listened))
        if item.utterance.speaker in systems.ours.voices:
            tasks += in_own_voice(systems, item)
            changed, words = change_one_word(item, listened, place)
            tasks += changed
            for kind, chosen in ((ONE_WORD, replaced), (EDITED, edited)):
                if kind in words:
                    chosen[item.utterance.id] = words[kind]
    return tasks, replaced, edited


def voice_pairs(systems: Systems, utterances: list[Utterance]) -> list[tuple[str, str]]:
    """Every utterance with every other voice of its language, or, where no language has two voices, with every other voice; evenly thinned out
    to `MOST_PAIRS`."""
    ours = systems.ours
    pairs = [(u, voice) for u in utterances for voice in ours.voices if voice != u.speaker]
    same = [(u, voice) for u, voice in pairs if ours.language_of(voice) == u.language]
    pairs = [(u.id, voice) for u, voice in same or pairs]
    count = min(len(pairs), MOST_PAIRS)
    return [pairs[i * len(pairs) // count] for i in range(count)]


def other_text(item: Listened, listened: dict[str, Listened]) -> Listened | None:
    """The next utterance of the same speaker with another text; else the next of the language; None if there is none."""
    names = list(listened)
    at = names.index(item.utterance.id)
    turned = [listened[name].utterance for name in names[at + 1 :] + names[:at]]
    others = [
        u for u in turned if u.language == item.utterance.language and u.text.casefold() != item.utterance.text.casefold()
    ]
    others.sort(key=lambda u: u.speaker != item.utterance.speaker)
    return listened[others[0].id] if others else None


def in_other_voice(systems: Systems, item: Listened, voice: str, other: Listened | None) -> list[Task]:
    """Transfer into another voice, and what it is compared with there."""
    utterance, own, flat = item.utterance, item.latents, systems.ours.centroid(item.utterance, voice)
    tasks = [
        Task(TRANSFER, utterance, voice, own),
        Task(CENTROID, utterance, voice, flat),
        Task(ACOUSTIC_ONLY, utterance, voice, Latents(own.acoustic, flat.timing)),
        Task(TIMING_ONLY, utterance, voice, Latents(flat.acoustic, own.timing)),
    ]
    if other is not None:
        tasks.append(Task(OTHER, utterance, voice, borrowed(other, item)))
    if item.predicted is not None:
        tasks.append(Task(PREDICTED, utterance, voice))
    return tasks + [Task(FRAME_LEVEL + name, utterance, voice) for name in systems.frame_level]


def in_own_voice(systems: Systems, item: Listened) -> list[Task]:
    """What is compared with the recording itself."""
    utterance, voice = item.utterance, item.utterance.speaker
    tasks = [
        Task(COPY, utterance, voice),
        Task(OWN, utterance, voice, item.latents),
        Task(CENTROID, utterance, voice, item.centroid),
    ]
    if item.predicted is not None:
        tasks.append(Task(PREDICTED, utterance, voice, item.predicted))
    return tasks + ([Task(BASE, utterance, voice)] if systems.base else [])


def borrowed(giver: Listened, taker: Listened) -> Latents:
    """Another utterance's latents for these units: words for words and pauses for pauses, over and over or cut short."""
    place = np.zeros(len(taker.is_pause), dtype=int)
    for kind in (False, True):
        have, want = np.flatnonzero(giver.is_pause == kind), np.flatnonzero(taker.is_pause == kind)
        place[want] = have[np.arange(len(want)) % len(have)]
    return Latents(giver.latents.acoustic[place], giver.latents.timing[place])


def change_one_word(item: Listened, listened: dict[str, Listened], place: int) -> tuple[list[Task], dict[str, int]]:
    """The utterance with one word's latents replaced, and with one word raised by some semitones; word numbers by kind."""
    utterance, words = item.utterance, np.flatnonzero(~item.is_pause)
    tasks, chosen = [], {}
    known = np.flatnonzero(np.isfinite(item.words.f0))
    found = replacement(item, listened) if len(words) >= FEWEST_WORDS else None
    if found is not None:
        word, giver, given = found
        unit, from_unit = words[word], np.flatnonzero(~giver.is_pause)[given]
        acoustic, timing = item.latents.acoustic.copy(), item.latents.timing.copy()
        acoustic[unit], timing[unit] = giver.latents.acoustic[from_unit], giver.latents.timing[from_unit]
        tasks.append(Task(ONE_WORD, utterance, utterance.speaker, Latents(acoustic, timing)))
        chosen[ONE_WORD] = word
    if len(known):
        word = int(known[place % len(known)])
        semitones = np.zeros(len(item.is_pause))
        semitones[words[word]] = EDIT_SEMITONES
        tasks.append(Task(EDITED, utterance, utterance.speaker, item.latents, semitones))
        chosen[EDITED] = word
    return tasks, chosen


def replacement(item: Listened, listened: dict[str, Listened]) -> tuple[int, Listened, int] | None:
    """A word of the utterance, another utterance and its word with a clearly different prosody: the same word elsewhere (another
    rendition) if one differs by two semitones, else any word of the language."""
    best: dict[bool, tuple[float, float, int, Listened, int]] = {}
    texts = [w.text.casefold() for w in item.utterance.words]
    f0, duration = (
        values - np.nanmean(values) if np.isfinite(values).any() else values for values in (item.words.f0, item.words.duration)
    )
    for other in listened.values():
        if other is item or other.utterance.language != item.utterance.language or not np.isfinite(other.words.f0).any():
            continue
        melody = np.abs((other.words.f0 - np.nanmean(other.words.f0))[None] - f0[:, None])  # [words, other's words]
        timing = np.abs((other.words.duration - other.words.duration.mean())[None] - duration[:, None])
        same = np.array([[w.text.casefold() == text for w in other.utterance.words] for text in texts])
        for kind in (True, False):
            score = np.where(np.isfinite(melody) & (same == kind), melody / CLEARLY_ST + timing / CLEARLY_LN, -1.0)
            word, given = np.unravel_index(score.argmax(), score.shape)
            if score[word, given] > max(0.0, best[kind][0] if kind in best else 0.0):
                best[kind] = (score[word, given], melody[word, given], int(word), other, int(given))
    if True in best and best[True][1] >= CLEARLY_ST:
        return best[True][2:]
    return best[False][2:] if False in best else None
