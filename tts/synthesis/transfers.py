"""The utterances of an aligned manifest in other voices: each becomes a prosody, the prosody a request for every voice that is to
have it.

    utterance ─→ audio, units with frames ─→ Prosody (─→ edits) ─→ OUT/ID--VOICE.wav

`many.speak_all` speaks the requests. What cannot be read becomes an error in a request's place, so that it is named and counted
there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tts.corpus.manifest import read_manifest, resolve_audio
from tts.corpus.spread import spread
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.paths import file_in
from tts.prosody.prosody import Prosody
from tts.prosody.shorthand import Edit
from tts.synthesis.many import Spoken, speak_all
from tts.synthesis.synthesizer import Request, Synthesizer
from tts.synthesis.voices import speakers_of

NEXT, ALL, OWN = "next", "all", "own"
VOICES = {NEXT: "the next voice of the language", ALL: "every other voice of the language", OWN: "the speaker's own voice"}


def transfer_all(synthesizer: Synthesizer, utterances: Iterable[Utterance], audio_root: Path, output: Path,
                 voices: str | Sequence[str] = NEXT, edits: Sequence[Edit] = (), seed: int = 0,
                 prosody_folder: Path | None = None, style: str | None = None) -> Spoken:
    """Say every utterance as its recording does, to OUTPUT/ID--VOICE.wav, with a manifest and transfer.json beside them.

    voices          one of `VOICES`, or the names themselves
    edits           of every prosody, before it is spoken; transfer.json says which units they change, and how
    prosody_folder  where to keep what is spoken as ID.json
    style           in which all of it is said, by a model with styles
    """
    facts: dict = {"voices": voices, "edits": [vars(edit) for edit in edits], "edited": {}}

    def requests() -> Iterator[tuple[str, Request | UserError]]:
        for utterance in utterances:
            try:
                names = voices_for(synthesizer, utterance, voices)
                prosody = read_prosody(synthesizer, utterance, audio_root)
                changed = [{"unit": position, "text": prosody.words[position].text, **edit.changes}
                           for edit in edits for position in edit.positions(prosody)]
                for edit in edits:
                    prosody = edit.apply(prosody)
            except UserError as error:
                yield utterance.id, error
                continue
            if prosody_folder is not None:
                prosody.save(file_in(prosody_folder, utterance.id, ".json"))
            for voice in names:
                name = f"{utterance.id}--{voice}"
                if edits:
                    facts["edited"][name] = changed
                text, language, units = utterance.text, utterance.language, utterance.units
                yield name, Request(text, voice, language, seed=seed, units=units, prosody=prosody, mapping="same", style=style)

    return speak_all(synthesizer, requests(), output, "transfer.json", facts)


def choose_utterances(manifest: Path, split: str | None, limit: int | None) -> Iterator[Utterance]:
    """The utterances of a manifest (or of a split of it), all or `limit` of them, every speaker in turn."""
    found = (utterance for utterance in read_manifest(manifest) if split in (None, utterance.split))
    if limit is not None:
        found = iter(spread(found, limit))
    first = next(found, None)
    if first is None:
        of_split = f" of split {split!r}" if split else ""
        raise UserError(f"{manifest}: no utterance{of_split}; `tts corpus info` shows what it holds")
    yield first
    yield from found


def read_prosody(synthesizer: Synthesizer, utterance: Utterance, audio_root: Path) -> Prosody:
    """The prosody of an utterance's recording, by its own alignment if it has one; as its speaker's, if the model knows the name."""
    if not utterance.units:
        raise UserError(f"utterance {utterance.id} has no units; expected a manifest of the text or the alignment stage")
    speaker = utterance.speaker if utterance.speaker in synthesizer.voices else None
    recording = resolve_audio(audio_root / "manifest.jsonl", utterance)
    return synthesizer.extract(recording, utterance.text, utterance.language, speaker, utterance.units)


def voices_for(synthesizer: Synthesizer, utterance: Utterance, voices: str | Sequence[str]) -> list[str]:
    """Who is to say an utterance. Voices of its language come first; where there is no other one, those of its family (en-gb for
    en-us) stand in, and where there are none of these, any."""
    if not isinstance(voices, str):
        return list(voices)
    if voices == OWN:
        return [utterance.speaker]
    others = sorted(name for name in synthesizer.voices if name != utterance.speaker)
    if not others:
        raise UserError(f"the model knows no voice but {utterance.speaker}; expected several; --voices {OWN} takes the same one")
    group = speakers_of(utterance.language, others, synthesizer.language_of)
    following = [name for name in group if name > utterance.speaker] + [name for name in group if name < utterance.speaker]
    return following if voices == ALL else following[:1]
