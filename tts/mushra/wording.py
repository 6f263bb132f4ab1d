"""Every word that a listener reads, by kind of test. `--wording FILE` (YAML) replaces any of them, for instance by a translation.

Words in braces are filled in by the page: {number}, {count}, {listener}, {name}.
"""

from __future__ import annotations

import difflib
from pathlib import Path

from tts.errors import UserError

COMMON = {
    "language": "en",  # of these words, as an HTML page says it
    "title": "Listening test",
    "headphones": "Please use headphones, in a quiet place. It takes about {minutes} minutes. You can stop at any time and "
    "go on later on the same device.",
    "volume": "Play a sound and set a comfortable volume. Do not change it afterwards.",
    "play_volume": "Play a sound",
    "listener": "Your number, if you were given one",
    "start": "Start",
    "resume": "Welcome back: the test goes on where you left it.",
    "loading": "Loading the sounds …",
    "failed": "The sounds could not be loaded. Check the connection and try again.",
    "again": "Try again",
    "progress": "Page {number} of {count}",
    "training": "To practise: this page does not count.",
    "play": "Play",
    "pause": "Pause",
    "loop": "Repeat",
    "position": "Position",
    "reference": "Reference",
    "sound": "Sound {number}",
    "not_rated": "not rated yet",
    "comment": "Remarks on this page (optional)",
    "next": "Next",
    "finish": "Finish",
    "missing_heard": "Listen to all sounds first: {names}",
    "missing_rated": "Rate all sounds first: {names}",
    "missing_answer": "Answer first",
    "done": "Thank you! You have finished.",
    "saved_server": "All your answers have arrived. You can close this page.",
    "unsent": "{count} answers have not arrived yet. Keep this page open; it tries again by itself.",
    "save_file": "Your answers were saved as a file. Please send it to whoever gave you the test. If it is missing, press the "
    "button.",
    "save": "Save my answers",
    "as_text": "Show the answers as text, to copy",
    "new": "New listener on this device",
    "new_sure": "Have the answers been saved? They will be removed from this device.",
    "no_memory": "This browser keeps nothing when the page is closed: please do the whole test in one go.",
    "required": "Please fill this in",
}

KINDS = {
    "mushra": {
        "instructions": "On each page the same sentence is spoken several times. Listen to each version and rate how good it is "
        "compared with the reference: 100 is as good as the reference, 0 is very bad. One of the versions is the "
        "reference itself.",
        "instructions_closed": "On each page the same sentence is spoken several times. Listen to each version and rate how "
        "natural it sounds, from 0 (very bad) to 100 (as natural as a person can be).",
        "question": "How good is each version?",
        "labels": ["Bad", "Poor", "Fair", "Good", "Excellent"],
        "keys": "1–9 choose a version · 0 reference · arrows move the slider · space plays and pauses · Enter next page",
        "attention": "To see that the sounds reach you: on this page each sound says a number. Set its slider to that number.",
    },
    "mos": {
        "instructions": "On each page you hear one sentence. Rate how natural it sounds.",
        "question": "How natural does it sound?",
        "labels": ["Bad", "Poor", "Fair", "Good", "Excellent"],
        "keys": "1–5 rate · space plays and pauses · Enter next page",
        "attention": "To see that the sounds reach you: on this page the sound says a number. Choose that number.",
    },
    "preference": {
        "instructions": "On each page the same sentence is spoken twice. Listen to both and choose the one that sounds more "
        "natural.",
        "question": "Which one sounds more natural?",
        "prefer": "Sound {number}",
        "none": "No difference",
        "keys": "1 2 choose a sound to hear · arrows answer · space plays and pauses · Enter next page",
        "attention": "To see that the sounds reach you: on this page the sounds say numbers. Choose the sound that says {asked}.",
    },
    "abx": {
        "instructions": "On each page you hear three sounds: A, B and X. X is the same as either A or B. Which one?",
        "question": "X is the same as",
        "keys": "1 2 3 hear A, B, X · arrows answer · space plays and pauses · Enter next page",
        "attention": "On this page the sounds say numbers. Answer as on the other pages.",
    },
}


def wording(kind: str, path: Path | None = None) -> dict:
    """All words of a kind of test, with those that the file replaces."""
    words: dict = {**COMMON, **KINDS[kind]}
    if path is None:
        return words
    import yaml

    try:
        own = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); expected YAML such as title: My test") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not YAML ({' '.join(str(error).split())})") from None
    if not isinstance(own, dict):
        raise UserError(f"{path}: expected words by name, such as title: My test; found {type(own).__name__}")
    for name, text in own.items():
        if name not in words:
            near = difflib.get_close_matches(str(name), words, n=1)
            raise UserError(
                f"{path}: {name!r} is not among the words of a {kind} test" + (f"; did you mean {near[0]}?" if near else "")
            )
        if type(text) is not type(words[name]) or (isinstance(text, list) and len(text) != len(words[name])):
            raise UserError(f"{path}: {name} is {text!r}; expected the same form as {words[name]!r}")
    return {**words, **own}


QUESTIONNAIRE = [{"name": "playback", "label": "What do you listen with?", "choices": ["headphones", "loudspeakers"]}]


def questionnaire(path: Path | None = None) -> list[dict]:
    """What is asked before the test: [{name, label, choices or none, optional}], from YAML; by default only what one listens
    with."""
    if path is None:
        return QUESTIONNAIRE
    import yaml

    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not YAML ({' '.join(str(error).split())})") from None
    form = "expected a list such as - {name: age, label: Your age, optional: true}"
    for number, row in enumerate(rows if isinstance(rows, list) else [rows], start=1):
        if not isinstance(row, dict) or not str(row.get("name", "")).isidentifier() or not row.get("label"):
            raise UserError(f"{path}: question {number} is {row!r}; {form}, where name is one word")
        if unknown := row.keys() - {"name", "label", "choices", "optional"}:
            raise UserError(f"{path}: question {row['name']} has the unknown field {sorted(unknown)[0]!r}; {form}")
    return rows
