"""The prosody file: JSON, one line a word, to be read and edited by a person.

    {"format": 1,
     "text": "Good evening.", "language": "en-us", "speaker": null, "source": "evening.wav",
     "space": "8f0c…", "fingerprint": "1b2d…", "reference": {"median_hz": 181.2, "level_db": -24.1},
     "words": [
      {"pause": "_", "duration_ms": 150.0, …},
      {"word": "Good", "duration_ms": 212.5, "f0_st": 2.1, "f0_range_st": 3.0, "f0_slope_st_s": -4.0, "energy_db": -1.2,
       "measured": [212.5, 2.1, 3.0, -4.0, -1.2], "acoustic": […], "timing": […]},

(a word really is one line). Change a number and leave `measured`: the difference is the edit. `null` for both latents leaves the
word's prosody to the text. What a hand can get wrong is told with the place where it stands.
"""

from __future__ import annotations

import difflib
import json
import math
from collections import Counter
from pathlib import Path

from tts.corpus.manifest import atomic_writer
from tts.corpus.utterance import PAUSES
from tts.documents import parse_json
from tts.errors import UserError
from tts.prosody.measure import MEASURES, Measured
from tts.prosody.prosody import Prosody, Reference, WordProsody, describe, edits, unit_labels

FORMAT = 1
EXPECTED = "expected a prosody file, as `tts prosody extract` writes it"
LATENTS = ("acoustic", "timing")
HEADER = ("format", "text", "language", "speaker", "source", "space", "fingerprint", "reference", "words")


def save_prosody(prosody: Prosody, path: str | Path) -> None:
    """Write the prosody file, whole or not at all; reading it gives an equal `Prosody`."""
    with atomic_writer(path) as file:
        file.write(format_prosody(prosody))


def load_prosody(path: str | Path) -> Prosody:
    """The prosody of a file. Every fault is a `UserError` with the file, the line or word, what was found and what expected."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); {EXPECTED}") from None
    except UnicodeDecodeError:
        raise UserError(f"{path}: is not UTF-8 text; {EXPECTED}") from None
    return parse_prosody(text, str(path))


def format_prosody(prosody: Prosody) -> str:
    """What stands in the file."""
    header = "".join(f' "{name}": {_json(getattr(prosody, name))},\n' for name in HEADER[1:-2])
    words = ",\n".join("  " + _json(_row(word)) for word in prosody.words)
    return f'{{"format": {FORMAT},\n{header} "reference": {_json(vars(prosody.reference))},\n "words": [\n{words}\n ]}}\n'


def parse_prosody(text: str, name: str) -> Prosody:
    """What stands in a file called `name`, read back."""
    try:
        content = parse_json(text, _no_key_twice)
    except json.JSONDecodeError as error:
        near = text[max(0, error.pos - 30) : error.pos + 10]
        raise UserError(f"{name}:{error.lineno}: not JSON ({error.msg} at column {error.colno}, near {near!r}); look for a "
                        "missing comma, quote or bracket there or in the line before") from None
    except ValueError as error:  # a number of thousands of digits, a thousand brackets
        raise UserError(f"{name}: not a prosody file ({error}); extract it again") from None
    except UserError as error:
        raise UserError(f"{name}: {error}") from None
    try:
        prosody = _prosody(content)
        edits(prosody)  # raises what cannot be carried out
    except UserError as error:
        raise UserError(f"{name}: {error}") from None
    return prosody


def _row(word: WordProsody) -> dict:
    """A word as it stands in the file."""
    numbers = {name: getattr(word, name) for name in MEASURES}
    measured = [getattr(word.measured, name) for name in MEASURES]
    latents = {name: getattr(word, name) for name in LATENTS}
    return {"pause" if word.is_pause else "word": word.text, **numbers, "measured": measured, **latents}


def _json(value) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _prosody(content) -> Prosody:
    if not isinstance(content, dict) or "format" not in content:
        raise UserError(f'no "format" in it; {EXPECTED}')
    if content["format"] != FORMAT:
        raise UserError(f"format {content['format']!r} is not known here; expected {FORMAT}; extract it again, or use the "
                        "version of the project that wrote it")
    _keys(content, HEADER, "the file")
    for name in HEADER[1:-2]:
        if not isinstance(content[name], str) and not (name == "speaker" and content[name] is None):
            raise UserError(f"{name} is {content[name]!r}; expected text in quotes" + (" or null" if name == "speaker" else ""))
    reference, rows = content["reference"], content["words"]
    if not isinstance(reference, dict):
        raise UserError(f'reference is {reference!r}; expected {{"median_hz": …, "level_db": …}}')
    _keys(reference, ("median_hz", "level_db"), "reference")
    if not isinstance(rows, list) or not rows:
        raise UserError("words is not a list of words; expected at least a pause, a word and a pause; extract it again")
    words = [_word(row, f"entry {number} of words") for number, row in enumerate(rows, start=1)]
    if len(words) < 3 or not (words[0].is_pause and words[-1].is_pause):
        raise UserError(f"words begins with {words[0].text!r} and ends with {words[-1].text!r}; expected a pause at both ends; "
                        "put the line back")
    for name in LATENTS:
        _same_length(words, name)
    median_hz = _number(reference["median_hz"], "reference: median_hz", optional=True)
    level_db = _number(reference["level_db"], "reference: level_db")
    return Prosody(*(content[name] for name in HEADER[1:-2]), Reference(median_hz, level_db), tuple(words))


def _word(row, where: str) -> WordProsody:
    if not isinstance(row, dict) or ("word" in row) == ("pause" in row):
        raise UserError(f'{where}: expected an object with a "word" or a "pause", found {str(row)[:60]!r}')
    kind = "pause" if "pause" in row else "word"
    text = row[kind]
    if not isinstance(text, str) or not text or (kind == "pause") != (text in PAUSES):
        expected = f"one of {' '.join(PAUSES)}" if kind == "pause" else "a word in quotes"
        raise UserError(f"{where}: the {kind} is {text!r}; expected {expected}")
    where = f"{where} ({kind} {text!r})"
    _keys(row, (kind, *MEASURES, "measured", *LATENTS), where)
    measured = row["measured"]
    if not isinstance(measured, list) or len(measured) != len(MEASURES):
        raise UserError(f"{where}: measured is {str(measured)[:60]}; expected the {len(MEASURES)} numbers that were extracted")
    optional = [name != "duration_ms" for name in MEASURES]
    wanted = [_number(row[name], f"{where}: {name}", null) for name, null in zip(MEASURES, optional)]
    known = Measured(*(_number(*entry) for entry in zip(measured, (f"{where}: measured {name}" for name in MEASURES), optional)))
    if known.duration_ms < 0 or (known.duration_ms == 0 and kind == "word"):
        raise UserError(f"{where}: measured duration_ms is {known.duration_ms:g}; expected what was extracted; edit duration_ms "
                        "instead")
    return WordProsody(text, kind == "pause", *wanted, known, *(_latent(row[name], f"{where}: {name}") for name in LATENTS))


def _latent(value, where: str) -> tuple[float, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not value:
        raise UserError(f"{where} is {str(value)[:60]}; expected a list of numbers, or null to leave it to the text")
    return tuple(_number(number, where) for number in value)


def _number(value, where: str, optional: bool = False) -> float | None:
    if value is None and optional:
        return None
    good = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not good or abs(value) > 1e9 or not math.isfinite(value):
        raise UserError(f"{where} is {str(json.dumps(value))[:60]}; expected a number" + (" or null" if optional else ""))
    return float(value)


def _same_length(words: list[WordProsody], name: str) -> None:
    """Latents of one kind have one length; the first that differs from the most frequent is named."""
    lengths = [None if getattr(word, name) is None else len(getattr(word, name)) for word in words]
    usual = max(filter(None, lengths), key=lengths.count, default=None)
    for word, label, length in zip(words, unit_labels(words), lengths):
        if length not in (None, usual):
            raise UserError(f"{describe(word, label)}: {name} has {length} numbers, the others have {usual}; copy the line from "
                            "the file as it was extracted")


def _keys(row: dict, expected: tuple[str, ...], where: str) -> None:
    missing = [name for name in expected if name not in row]
    unknown = [name for name in row if name not in expected]
    if unknown:
        near = difflib.get_close_matches(unknown[0], missing or expected, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"expected {', '.join(expected)}"
        raise UserError(f"{where}: unknown key {unknown[0]!r}; {hint}")
    if missing:
        raise UserError(f"{where}: {', '.join(missing)} missing; expected {', '.join(expected)}")


def _no_key_twice(pairs: list[tuple]) -> dict:
    result = dict(pairs)
    if len(result) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise UserError(f"key {twice!r} stands twice in {str(result)[:80]}…; expected once; take one out")
    return result
