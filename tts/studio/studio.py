"""What the page to shape prosody can ask for, as plain values in and out: each a few calls of the `Synthesizer` and of `tts.prosody`.

Prosody goes to the page and comes back as the text of a prosody file (tts/prosody/file.py), so an edit on the page is the edit that a
hand makes in the file, and is checked by the same rules. Nothing is kept between two questions.
"""

from __future__ import annotations

import base64
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile

from tts.corpus.manifest import resolve_audio
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.features.audio import load_audio, to_pcm
from tts.prosody.checks import LONGEST_SECONDS
from tts.prosody.edit import GROUPS, copy, select
from tts.prosody.file import format_prosody, parse_prosody
from tts.prosody.measure import MEASURES
from tts.prosody.prosody import LIMITS, Prosody, require_space
from tts.prosody.show import ComparedUnit, Comparison
from tts.synthesis.style import NEUTRAL
from tts.synthesis.synthesizer import Synthesizer
from tts.synthesis.transfers import read_prosody

MOST_CHARACTERS = 600  # of a text: a minute of speech
SHOWN_MEASURES = ("duration_ms", "f0_st", "energy_db")


@dataclass(frozen=True)
class Menu:
    """Something to choose of how a text is said; `name` is what `Synthesizer.say` calls it."""

    name: str
    label: str
    choices: tuple[str, ...]


class Studio:
    """One model, and the recordings of a manifest if there is one (paths relative to `audio_root`)."""

    def __init__(self, synthesizer: Synthesizer, recordings: Iterable[Utterance] = (), audio_root: Path = Path(".")):
        if not synthesizer.loaded.model.controls.words:
            raise UserError(f"{synthesizer.loaded.folder}: a model of system {synthesizer.loaded.card['system']!r} has no prosody word by word to "
                            "shape; expected a copycat2 or a studio")
        self.synthesizer, self.audio_root = synthesizer, audio_root
        self.recordings = {utterance.id: utterance for utterance in recordings}
        self.done: Counter[str] = Counter()  # texts predicted, prosodies spoken, recordings read
        self.first_voice = synthesizer.default_voice or synthesizer.voices[0]  # it may be one that was made
        menus = (
            Menu("voice", "Voice", tuple(dict.fromkeys([*synthesizer.voices, self.first_voice]))),
            Menu("language", "Language", tuple(synthesizer.languages)),
            Menu("style", "Style", tuple(synthesizer.styles)),
        )
        self.menus = tuple(menu for menu in menus if menu.choices)

    def facts(self) -> dict:
        """What the page has to know of the model."""
        loaded, synthesizer = self.synthesizer.loaded, self.synthesizer
        return {
            "model": loaded.folder.resolve().name,
            "identity": loaded.identity,
            "menus": [vars(menu) for menu in self.menus],
            "languages": {voice: synthesizer.language_of(voice) for voice in self.menus[0].choices},
            "speakers": synthesizer.voices,
            "first": {"voice": self.first_voice} | ({"style": NEUTRAL} if NEUTRAL in synthesizer.styles else {}),
            "draws": loaded.text_prosody is not None,  # takes that differ
            "melody": loaded.model.f0_model is not None,  # F0 that can be edited
            "limits": {**LIMITS, "characters": MOST_CHARACTERS},
            "measures": MEASURES,
            "recordings": [{"id": u.id, "text": u.text, "speaker": u.speaker, "language": u.language} for u in self.recordings.values()],
        }

    def predict(self, text: str, settings: dict[str, str], seed: int, temperature: float) -> dict:
        """The prosody that the text suggests; `settings` are choices of the menus."""
        prosody = self.synthesizer.predict(self._text(text), seed=seed, temperature=temperature, **self._checked(settings))
        self.done["texts predicted"] += 1
        return {"prosody": format_prosody(prosody)}

    def say(self, content: str, settings: dict[str, str]) -> dict:
        """The text of a prosody, said so: the sound, and per word and pause of it when it is said and what was measured (null for a pause
        that is not there)."""
        prosody = parse_prosody(content, "the prosody")
        asked = sum(word.duration_ms for word in prosody.words) / 1000
        if asked > LONGEST_SECONDS:
            raise UserError(f"{asked:.0f} seconds are asked for; expected at most {LONGEST_SECONDS:.0f}; make some words or pauses shorter")
        settings = self._checked(settings) | {"language": prosody.language}
        speech = self.synthesizer.say(self._text(prosody.text), prosody=prosody, mapping="auto", **settings)
        heard = _heard(prosody, speech.prosody_table)
        self.done["prosodies spoken"] += 1
        return {"sound": _wav(speech.samples, speech.sample_rate), "seconds": speech.seconds, "words": heard, "warnings": speech.warnings,
                "summary": speech.prosody_table.summary()}

    def extract(self, recording: Path, text: str, language: str, speaker: str | None, trust_text: bool) -> dict:
        """The prosody of a recording, with its sound."""
        try:
            prosody = self.synthesizer.extract(recording, self._text(text), language, speaker, trust_text=trust_text)
        except UserError as error:
            raise UserError(str(error).replace(str(recording), recording.name)) from None
        return self._read(prosody, recording)

    def extract_known(self, name: str) -> dict:
        """The same of a recording of the manifest."""
        if name not in self.recordings:
            raise UserError(f"no recording {name!r} here; the page lists those of the manifest")
        utterance = self.recordings[name]
        prosody = read_prosody(self.synthesizer, utterance, self.audio_root)
        return self._read(prosody, resolve_audio(self.audio_root / "manifest.jsonl", utterance))

    def file(self, content: str, name: str) -> dict:
        """A prosody file read and written again: what is wrong in it is told, and a word is one line."""
        prosody = parse_prosody(content, name)
        self._text(prosody.text)
        require_space(prosody, self.synthesizer.loaded.identity, f"the model {self.synthesizer.loaded.folder.name}")
        return {"prosody": format_prosody(prosody)}

    def copy(self, content: str, other: str, words: str) -> dict:
        """The prosody with some words (as `tts prosody` names them) from another, where that has them."""
        prosody, source = parse_prosody(content, "the prosody"), parse_prosody(other, "the other take")
        taken, chosen = copy(prosody, source, ",".join(GROUPS)), set(select(prosody, words))
        entries = tuple(taken.words[place] if place in chosen else word for place, word in enumerate(prosody.words))
        if entries == prosody.words:
            raise UserError("the other take has none of these words, or says them just so")
        return {"prosody": format_prosody(replace(prosody, words=entries))}

    def _text(self, text: str) -> str:
        if len(text) > MOST_CHARACTERS:
            raise UserError(f"the text has {len(text)} characters; expected at most {MOST_CHARACTERS}; shape it sentence by sentence")
        return text

    def _checked(self, settings: dict[str, str]) -> dict[str, str]:
        known = {menu.name: menu.choices for menu in self.menus}
        for name, value in settings.items():
            if value not in known.get(name, ()):
                raise UserError(f"{name} {str(value)[:60]!r}: expected one of {', '.join(known.get(name, ())) or 'the menus'}")
        return settings

    def _read(self, prosody: Prosody, recording: Path) -> dict:
        rate = self.synthesizer.loaded.features.sample_rate
        self.done["recordings read"] += 1
        return {"prosody": format_prosody(prosody), "sound": _wav(load_audio(recording, rate), rate)}


def _heard(prosody: Prosody, comparison: Comparison) -> list[dict | None]:
    """Per entry of the prosody when it is said, seconds, and what was asked and made. Synthesis leaves out pauses of no length, and puts
    one in where a later sentence begins."""
    said = [unit.text for unit in comparison.units if not unit.is_pause]
    if said != [word.text for word in prosody.words if not word.is_pause]:
        raise UserError(f"the words of the prosody are not those of its text, {prosody.text[:80]!r}; take the prosody of the text anew")
    ends = np.cumsum([unit.made["duration_ms"] for unit in comparison.units]) / 1000
    rows = [_row(unit, float(end)) for unit, end in zip(comparison.units, ends)]
    found, at = [], 0
    for word in prosody.words:
        while not word.is_pause and comparison.units[at].is_pause:
            at += 1
        there = at < len(rows) and comparison.units[at].is_pause == word.is_pause
        found.append(rows[at] if there else None)
        at += there
    return found


def _row(unit: ComparedUnit, end: float) -> dict:
    sides = {side: {name: getattr(unit, side)[name] for name in SHOWN_MEASURES} for side in ("asked", "made")}
    return {"start": end - unit.made["duration_ms"] / 1000, "end": end, **sides}


def _wav(samples: np.ndarray, rate: int) -> str:
    """A 16-bit wav in base64."""
    packed = io.BytesIO()
    soundfile.write(packed, to_pcm(samples), rate, format="WAV", subtype="PCM_16")
    return base64.b64encode(packed.getvalue()).decode()
