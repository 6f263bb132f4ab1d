"""Many texts to many files: the lines of a file or the utterances of a manifest, each to DIR/ID.wav, with a manifest of them.

DIR/manifest.jsonl    per file: text, voice, language, words and phones with their frames
DIR/synthesis.json    what spoke: model, fingerprint, vocoder, speed, seed, counts, warnings, times

Transfers (transfers.py) go the same way: their requests have a prosody, and their facts are called transfer.json.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from tqdm import tqdm

from tts.corpus.manifest import atomic_writer, read_manifest, write_manifest
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.paths import file_in
from tts.synthesis.synthesizer import Request, Speech, Synthesizer

ID = re.compile(r"[\w.-]{1,100}", re.ASCII)


@dataclass
class Spoken:
    """Facts of a run: files, seconds of sound and seconds it took, words, warnings with their counts, failures by id."""

    files: int = 0
    sound_seconds: float = 0.0
    spent_seconds: float = 0.0
    words_asked: int = 0
    words_spoken: int = 0
    warnings: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, speech: Speech) -> None:
        self.files += 1
        self.sound_seconds += speech.seconds
        self.words_asked += speech.words_asked
        self.words_spoken += speech.words_spoken
        self.warnings.update(speech.warnings)

    def __str__(self) -> str:
        return (
            f"{self.files} files, {self.sound_seconds:.1f} s of speech in {self.spent_seconds:.1f} s "
            f"({self.sound_seconds / max(self.spent_seconds, 1e-9):.0f} x real time); "
            f"words asked {self.words_asked}, spoken {self.words_spoken}"
            + (f"; {len(self.failures)} texts failed" if self.failures else "")
        )


def lines_to_requests(lines: Iterable[str], like: Request) -> Iterator[tuple[str, Request]]:
    """An id and a request per line that is not empty; a line is `text`, numbered by its line, or `id<TAB>text`."""
    taken: set[str] = set()
    for number, line in enumerate(lines, start=1):
        name, tab, text = line.rstrip("\r\n").partition("\t")
        if not (tab and ID.fullmatch(name)):
            name, text = f"{number:04d}", line
        if not text.strip():
            continue
        if name in taken:
            raise UserError(f"line {number}: id {name!r} comes twice; ids name the files")
        taken.add(name)
        yield name, replace(like, text=text.strip())


def manifest_to_requests(manifest: Path, split: str | None, like: Request, styles: bool = False) -> Iterator[tuple[str, Request]]:
    """An id and a request per utterance of a manifest (or split), in its own voice and language, and for a model with `styles` in its own
    style, unless `like` names others."""
    found = 0
    for utterance in read_manifest(manifest):
        if split is None or utterance.split == split:
            found += 1
            yield (
                utterance.id,
                replace(
                    like,
                    text=utterance.text,
                    voice=like.voice or utterance.speaker,
                    language=like.language or utterance.language,
                    units=utterance.units or None,
                    style=like.style or (utterance.style if styles else None),
                ),
            )
    if not found:
        raise UserError(
            f"{manifest}: no utterance" + (f" of split {split!r}" if split else "") + "; `tts corpus info` shows what it holds"
        )


def speak_all(synthesizer: Synthesizer, requests: Iterable[tuple[str, Request | UserError]], output: Path,
              facts_name: str = "synthesis.json", more_facts: dict | None = None) -> Spoken:
    """Speak every request to OUTPUT/ID.wav. A text that cannot be spoken, or that comes with an error in place of a request, is
    named and counted; the others go on. `more_facts` are written with the others, as they are in the end."""
    started, facts = time.monotonic(), Spoken()

    def spoken() -> Iterator[Utterance]:
        for name, request in tqdm(requests, desc="speaking", unit=" texts", disable=None):
            path = file_in(output, name, ".wav")
            try:
                if isinstance(request, UserError):
                    raise request
                speech = synthesizer.say(**vars(request))
            except UserError as error:
                facts.failures[name] = str(error)
                continue
            speech.save(path)
            facts.add(speech)
            yield speech.utterance(name, path.name)

    write_manifest(output / "manifest.jsonl", spoken())
    facts.spent_seconds = time.monotonic() - started
    with atomic_writer(output / facts_name) as file:
        json.dump(
            {
                "model": synthesizer.loaded.folder.name,
                "card": synthesizer.loaded.card,
                "vocoder": Path(synthesizer.vocoder.name).name,
                "fingerprint": synthesizer.loaded.fingerprint.to_dict(),
                **vars(facts),
                **(more_facts or {}),
            },
            file,
            indent=1,
            ensure_ascii=False,
        )
        file.write("\n")
    return facts
