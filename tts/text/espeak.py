"""libespeak-ng by ctypes: text to phones for the text stage, and speech with exact word and phone times for the mini corpus.

What is exact and what is not:
  * Phones of `phones` are what the library would speak. Words that its dictionary joins ("of the") come apart when they are sent
    with a blank and U+2060 between them (`JOINER`), which `join_words` does; a function word's vowel or stress may then differ
    from the joined reading. Digits, "%" and some hyphens still make several words of one: compare counts, mend word by word.
  * Times of `say` come from the library's events in samples, not milliseconds. A voiceless stop's event sits at its burst, so its
    start is moved back over the closure's silence (within a word by the samples, at a word's start by the library's word mark).
    After a pause no closure can be told from the pause, so there every phone starts with its first sound.
  * Some phones get no sound of their own (a liquid that is heard in its vowel): `say` gives them the last third of the phone
    before them and counts them in `Spoken.shared`. That boundary is a convention, all others are the synthesiser's.
  * The library keeps state from call to call: the same calls in a fresh process give the same samples; the same sentence twice
    in one process does not, by some samples. Phones do not depend on that state.

The library is one per process, not thread-safe, and reached under one lock here. It is initialised once (a second time may crash
it), so the process's first `Espeak` decides which made-up voices there are. For text, share the one that `get_espeak()` keeps.
espeak-ng is GPL-3 and reached only by its public interface.
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import itertools
import os
import re
import shutil
import tempfile
import threading
from bisect import bisect_right
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from tts.errors import UserError
from tts.text.espeak_library import CALLBACK, load_library

JOINER = " \u2060"  # a blank and a word joiner: words stay apart, liaison and flaps stay too
_SYNCHRONOUS, _PHONEME_EVENTS, _PHONEME_IPA, _DONT_EXIT = 2, 1, 2, 0x8000
_UTF8, _SSML = 0x01, 0x10
_WORD, _END, _PHONEME = 1, 5, 7  # event types
_PHONE_MARK = "\t"  # stands between the phones of a word in what espeak_TextToPhonemes returns
_SWITCH = re.compile(r"\([a-z][a-zA-Z0-9-]*\)")  # "(en)": from here on spoken as another language
_PARAMETERS = {"rate": 1, "volume": 2, "pitch": 3, "range": 4}
_SHARE = 3  # a phone without sound of its own takes one part in so many of its neighbour
_DRAIN_EVERY = 16  # voice changes
_SHORTEST_PAUSE = 662  # samples, 30 ms; a shorter stop of the sound is the onset of the phone after it
_LONGEST_PATH = 140  # the library keeps its data folder's name in 160 bytes
_LOCK = threading.RLock()


@dataclass(frozen=True)
class PhoneWords:
    """Phones of a text: `words[w][p]` is IPA, a stress mark (ˈ primary, ˌ secondary) in front where there is one.

    switches  how many words the library read in another language than asked (German "Team" as English)
    """

    words: list[list[str]]
    switches: int


@dataclass(frozen=True)
class VoiceSettings:
    """The library's own scales: rate 80-450 words a minute (larger is faster), pitch and range 0-99, volume 0-200."""

    rate: int = 175
    pitch: int = 50
    range: int = 50
    volume: int = 100


@dataclass
class SpokenPhone:
    symbol: str  # IPA without stress
    stress: int  # 0 none, 1 secondary, 2 primary
    start: int  # sample
    end: int  # sample, one past the last


@dataclass
class SpokenWord:
    """One token as it was given. `phones` is empty for a token without sound (a bare dash); then start = end."""

    text: str
    start: int = 0
    end: int = 0
    phones: list[SpokenPhone] = field(default_factory=list)


@dataclass(frozen=True)
class Spoken:
    """samples int16 [N] at `sample_rate`, mono; `shared` phones had no sound of their own and took a part of a neighbour's."""

    samples: np.ndarray
    sample_rate: int
    words: list[SpokenWord]
    shared: int


def join_words(tokens: list[str]) -> str:
    """The text in which the library keeps these words apart."""
    return JOINER.join(tokens)


def split_stress(phone: str) -> tuple[str, int]:
    """IPA without stress marks, and the stress: 0 none, 1 secondary, 2 primary."""
    return phone.replace("ˈ", "").replace("ˌ", ""), 2 if "ˈ" in phone else 1 if "ˌ" in phone else 0


@functools.lru_cache(maxsize=1)
def get_espeak() -> Espeak:
    """The process's shared espeak-ng with its stock voices; made at the first call."""
    return Espeak()


class Espeak:
    """libespeak-ng in this process. `variants` adds made-up speakers: name -> text of an espeak-ng variant file; the voice is
    then "LANGUAGE+name". They are put into `folder`, for the caller to remove; None makes one that goes when the process ends."""

    _process: Espeak | None = None  # the first of this process: it holds the library, the callback and the data folder

    def __init__(self, variants: dict[str, str] | None = None, folder: Path | None = None):
        with _LOCK:
            if Espeak._process is None:
                self._start(variants or {}, folder)
                Espeak._process = self
            elif variants:
                raise RuntimeError("espeak-ng runs already in this process; make the Espeak with made-up voices first, or in a "
                                   "process of its own")
            else:
                self.__dict__ = Espeak._process.__dict__  # one library, one state

    def _start(self, variants: dict[str, str], folder: Path | None) -> None:
        self._library, self._data = load_library()
        if variants or len(os.fsencode(self._data)) > _LONGEST_PATH:
            self._data = self._with_variants(variants, folder or _temporary_folder())
        options = _PHONEME_EVENTS | _PHONEME_IPA | _DONT_EXIT
        self._rate = self._library.espeak_Initialize(_SYNCHRONOUS, 200, os.fsencode(self._data), options)
        if self._rate <= 0:
            raise UserError(f"espeak-ng: the library finds no data in {self._data}; install it anew: "
                            "pip install --force-reinstall espeakng-loader")
        self._callback = CALLBACK(self._take)  # the library holds only the address
        self._library.espeak_SetSynthCallback(self._callback)
        self._voice, self._changes, self._chunks, self._events = None, 0, [], []
        self.version: str = self._library.espeak_Info(None).decode()  # "1.52.0"; part of fingerprints
        self._voices = self._list_voices()

    def voice_name(self, language: str) -> str | None:
        """The library's name for a language code, perhaps with "+variant" ("en-gb" -> "en", "fr-fr" -> "fr"); None if there is no
        such voice."""
        language, plus, variant = language.partition("+")
        if plus and not (variant and "/" not in variant and (self._data / "voices" / "!v" / variant).is_file()):
            return None
        name = self._voices.get(language.lower())
        return name and name + plus + variant

    def has_voice(self, name: str) -> bool:
        """Whether a language code or voice name, perhaps with "+variant", can be spoken."""
        return self.voice_name(name) is not None

    def languages(self) -> list[str]:
        """Every language code the library knows."""
        return sorted(self._voices)

    def phones(self, text: str, voice: str) -> PhoneWords:
        """The phones of each word the library makes of `text`; its words are not always the text's, see the top of this file."""
        raw = ctypes.create_string_buffer(_encode(text))
        pointer = ctypes.c_void_p(ctypes.addressof(raw))
        words, switches = [], 0
        with _LOCK:
            self._set_voice(voice)
            while pointer.value:  # one clause a call; NULL when the text is used up
                spoken = self._library.espeak_TextToPhonemes(ctypes.byref(pointer), _UTF8, _PHONEME_IPA | ord(_PHONE_MARK) << 8)
                for word in (spoken or b"").decode("utf-8", "replace").split(" "):
                    word, flags = _SWITCH.subn(_PHONE_MARK, word)
                    switches += flags > 0
                    phones = [phone.replace("-", "") for phone in word.split(_PHONE_MARK)]  # "-" is a mark in French
                    if any(phones):
                        words.append([phone for phone in phones if phone])
        return PhoneWords(words, switches)

    def say(self, tokens: list[str], voice: str, settings: VoiceSettings | None = None,
            prosody: dict[int, dict[str, str]] | None = None) -> Spoken:
        """Speak words (blank-separated tokens with their punctuation), telling where each phone lies.

        prosody  index of a token -> SSML prosody attributes, e.g. {2: {"pitch": "+40%", "rate": "70%", "volume": "+6dB"}};
                 a larger rate is faster
        """
        # no <speak> around it: before its end tag a final "." is read aloud. The joiner stands inside of </prosody>: outside, the
        # next word would lose its context (Spanish d for ð).
        text, starts = "", []
        for index, token in enumerate(tokens):
            attributes = "".join(f' {key}="{value}"' for key, value in (prosody or {}).get(index, {}).items())
            text += f"<prosody{attributes}>" if attributes else ""
            starts.append(len(text))
            text += (_escape(token) if prosody else token) + (JOINER if index + 1 < len(tokens) else "")
            text += "</prosody>" if attributes else ""
        raw = _encode(text)
        with _LOCK:
            self._set_voice(voice)
            for key, value in asdict(settings or VoiceSettings()).items():
                self._library.espeak_SetParameter(_PARAMETERS[key], value, 0)
            self._chunks, self._events = [], []
            if self._library.espeak_Synth(raw, len(raw) + 1, 0, 1, 0, _UTF8 | (_SSML if prosody else 0), None, None):
                raise RuntimeError(f"espeak_Synth failed on {text!r}")
            samples = np.concatenate(self._chunks) if self._chunks else np.zeros(0, np.int16)
            words = _read_events(self._events, tokens, starts, samples)
        return Spoken(samples, self._rate, words, _share_sound(words))

    def _set_voice(self, voice: str) -> None:
        if voice == self._voice:
            return
        name = self.voice_name(voice)
        if name is None or self._library.espeak_SetVoiceByName(name.encode()):
            self._voice = None
            raise UserError(f"espeak-ng {self.version} has no voice {voice!r}; expected one of its language codes such as "
                            "en-us, en-gb, es, de, nl, fr, perhaps with +VARIANT")
        self._voice = voice
        self._changes += 1
        if self._changes % _DRAIN_EVERY == 0:  # each change waits in a ring of 170 entries until something is spoken
            self._library.espeak_Synth(b"", 1, 0, 1, 0, _UTF8, None, None)

    def _list_voices(self) -> dict[str, str]:
        """Language code or voice name in lower case -> the name that espeak_SetVoiceByName takes: the voice's file name."""
        voices, files = self._library.espeak_ListVoices(None), []
        for index in itertools.count():
            if not voices[index]:  # the list ends in NULL
                break
            voice = voices[index].contents
            identifier = voice.identifier.decode()
            if not identifier.startswith("mb/"):  # those need a program and recordings that nobody ships
                files.append((voice.languages[1:].decode(), identifier.split("/")[-1]))
        return {language.lower(): name for language, name in files} | {name.lower(): name for _, name in files}

    def _with_variants(self, variants: dict[str, str], folder: Path) -> Path:
        """A data folder of links to the stock one, plus the made-up speakers."""
        data = folder / "espeak-ng-data"
        shutil.copytree(self._data, data, copy_function=os.symlink)
        for name, text in variants.items():
            (data / "voices" / "!v" / name).write_text(text, encoding="utf-8")
        return data

    def _take(self, samples, count, events) -> int:
        """The library's callback: keep the samples and the events, ask for more."""
        if samples and count > 0:
            self._chunks.append(np.ctypeslib.as_array(samples, shape=(count,)).copy())
        index = 0
        while events[index].type:
            event = events[index]
            if event.type in (_WORD, _END, _PHONEME):
                label = bytes(event.id.string).split(b"\0")[0].decode("utf-8", "replace") if event.type == _PHONEME else ""
                self._events.append((event.type, event.text_position - 1, event.sample, label))
            index += 1
        return 0


def _temporary_folder() -> Path:
    folder = tempfile.mkdtemp(prefix="espeak-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _read_events(events: list[tuple[int, int, int, str]], tokens: list[str], starts: list[int],
                 samples: np.ndarray) -> list[SpokenWord]:
    """Words with their phones out of the library's events (type, character, sample, label); `starts` are the tokens' first
    characters."""
    words = [SpokenWord(token) for token in tokens]
    current, word_start, previous = 0, None, None
    for index, (kind, character, sample, label) in enumerate(events):
        if kind == _WORD:
            # the spoken name of a symbol ("&", "%") carries the place of the joiner before it
            current, word_start = max(current, bisect_right(starts, character + len(JOINER)) - 1), sample
        elif kind == _PHONEME and label and not label.startswith("_"):
            start = sample
            if previous is not None and word_start is None:  # inside a word; nameless sounds end the phone before
                while start > previous.start and samples[start - 1] == 0:  # a stop's closure belongs to the stop
                    start -= 1
                previous.end = start = max(start, previous.start)
            elif previous is not None and word_start <= previous.end + _SHORTEST_PAUSE:  # a word on the heels of another
                previous.end = start = max(min(sample, word_start, previous.end), previous.start)
            end = next((event[2] for event in events[index + 1:] if event[0] in (_PHONEME, _END)), len(samples))
            symbol, stress = split_stress(label.replace("-", ""))
            previous, word_start = SpokenPhone(symbol, stress, start, end), None
            words[current].phones.append(previous)
    at = 0
    for word in words:
        word.start, word.end = (word.phones[0].start, word.phones[-1].end) if word.phones else (at, at)
        at = word.end
    return words


def _share_sound(words: list[SpokenWord]) -> int:
    """Give each phone of no length a part of its neighbour in the word, the one before if there is one; returns how many."""
    count = 0
    for word in words:
        for index, phone in enumerate(word.phones):
            if phone.end > phone.start:
                continue
            count += 1
            if index and (before := word.phones[index - 1]).end - before.start >= 2:
                before.end = phone.start = before.end - max(1, (before.end - before.start) // _SHARE)
            elif index + 1 < len(word.phones) and (after := word.phones[index + 1]).end - after.start >= 2:
                after.start = phone.end = after.start + max(1, (after.end - after.start) // _SHARE)
    return count


def _encode(text: str) -> bytes:
    """UTF-8 for a C string: no NUL inside, lone surrogates replaced."""
    return text.replace("\0", " ").encode("utf-8", "replace")


def _escape(token: str) -> str:
    return token.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
