"""The folder of a listening test: what lies in it, and how the two descriptions of it are read.

    test.json        public, all that the page needs. `pages` is a list of
                       {item, text, reference: path or null, stimuli: [{letter, file}], training: bool,
                        attention: null or {instruction}}
                     `listeners` holds {rule, orders: [{pages: [item …], stimuli: {item: "CAB"}}]}: a listener
                     with number n (from 1) takes order (n - 1) modulo their count, `tts mushra serve` hands out the one that
                     was used least; the letters stand in the order of the screen.
    key.json         private, never served. `conditions` is {name: {source, licence}}, `items` is {item:
                       {utterance, text, speaker, style, language, seconds, training: bool,
                        letters: {letter: condition},
                        attention: null or {expected: {letter: score}, tolerance},
                        answer: the letter that X equals (abx), else null,
                        stimuli: {letter: {file, source, sha256, gain_db, …}}}}
                     and besides how items were chosen, sounds prepared and conditions ordered.
    stimuli/ITEM/LETTER.wav, stimuli/ITEM/reference.wav (the open reference)
    index.html       the page as one file; webmushra.yaml; README.md
    results/*.json   saved by the page; results.sqlite written by `tts mushra serve`

An item is a page. In mushra a page holds all conditions of an utterance; in mos one; in preference and abx a pair, so that an
utterance has as many items as there are pairs (abx has a third sound, the letter X, which is one of the two). Scores: mushra
0-100; mos 1-5; preference and abx 1 for the letter that was chosen and 0 for the other (0.5 for both where neither was
preferred).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tts.documents import read_json, require_form, understood
from tts.errors import UserError

KINDS = ("mushra", "mos", "preference", "abx")
REFERENCE, ANCHORS = "reference", {"35": "anchor35", "70": "anchor70"}  # names of conditions that are no systems
ATTENTION = "attention"  # the condition of the sounds of an attention check
X = "X"
PUBLIC = {"name": str, "kind": str, "pages": [{"item": str, "stimuli": [{"letter": str}]}]}  # of what must be there, the least that all readers take apart
KEY = {"test_hash": str, "conditions": {...: dict}, "items": {...: {"letters": {...: str}}}}


@dataclass(frozen=True)
class Test:
    """A test that `tts mushra prepare` made."""

    __test__ = False  # no test of pytest's

    folder: Path

    @classmethod
    def open(cls, folder: str | Path) -> Test:
        """The test in `folder`; a sentence if there is none."""
        folder = Path(folder)
        if not (folder / "test.json").is_file():
            raise UserError(f"{folder}: no listening test there (test.json is missing); make one with tts mushra prepare")
        return cls(folder)

    @cached_property
    def public(self) -> dict:
        return self._read("test.json", PUBLIC)

    @cached_property
    def key(self) -> dict:
        key = self._read("key.json", KEY)
        if key["test_hash"] != self.hash:
            raise UserError(
                f"{self.folder}: key.json belongs to another test.json (its hash is {key['test_hash'][:12]}, the file's "
                f"{self.hash[:12]}); put both files of one test there"
            )
        return key

    @cached_property
    def hash(self) -> str:
        """SHA-256 of test.json, which every result carries."""
        return hashlib.sha256((self.folder / "test.json").read_bytes()).hexdigest()

    @property
    def name(self) -> str:
        return self.public["name"]

    @property
    def kind(self) -> str:
        return self.public["kind"]

    @property
    def database(self) -> Path:
        return self.folder / "results.sqlite"

    def rated_letters(self) -> dict[str, list[str]]:
        """The letters of each item that get a score: all but X."""
        return {page["item"]: [s["letter"] for s in page["stimuli"] if s["letter"] != X] for page in self.public["pages"]}

    def sounds(self) -> list[str]:
        """Every sound the page may ask for, as paths relative to the folder."""
        paths = [
            [s["file"] for s in page["stimuli"]] + [page["reference"]] * bool(page["reference"]) for page in self.public["pages"]
        ]
        return [path for page in paths for path in page]

    def _read(self, name: str, form: dict) -> dict:
        path, expected = self.folder / name, "prepare the test again, or copy the file from where it was prepared"
        found = read_json(path, expected)
        with understood(path, expected):
            require_form(found, form)
        return found
