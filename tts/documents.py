"""JSON that somebody else may have written, cut or edited: read as a value or refused with a sentence, whatever stands in it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from tts.errors import UserError

Built = TypeVar("Built")

# What code meets that looks for something in a value of another form: a key, a field, a length, a number.
MISSHAPEN = (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)

# What UTF-16 writes a character with in two parts; JSON can spell one alone, which no file or terminal can take.
HALF, HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]"), re.compile("[\ud800-\udfff]")


def read_json(path: str | Path, expected: str):
    """The value in a JSON file. `expected` ends the sentence: what should lie there, and what to do."""
    try:
        return parse_json(Path(path).read_bytes())
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror or error}); {expected}") from None
    except ValueError as error:
        raise UserError(f"{path}: not JSON ({error}); {expected}") from None


def parse_json(text: str | bytes, object_of: Callable[[list[tuple[str, Any]]], Any] | None = None):
    """The value of a JSON text, in UTF-8; whatever is wrong with it is a ValueError. `object_of` makes objects of their keys and values, where a dict
    won't do."""
    text = text.decode("utf-8") if isinstance(text, bytes) else text
    try:
        value = json.loads(text, object_pairs_hook=object_of)
    except RecursionError:
        raise ValueError("brackets within brackets within brackets, and so on") from None
    if HALF.search(text) and HALF_CHARACTER.search(json.dumps(value, ensure_ascii=False)):
        raise ValueError("half of a character, as \\ud800")
    return value


@contextmanager
def understood(where: str | Path, expected: str):
    """Inside, a value that was read from `where` is taken apart; a form that it should not have is a UserError."""
    try:
        yield
    except OSError as error:
        raise UserError(f"{where}: cannot be read ({error.strerror or error}); {expected}") from None
    except MISSHAPEN as error:
        raise UserError(f"{where}: not to be understood ({type(error).__name__}: {str(error)[:200]}); {expected}") from None


def require_form(value, form, place: str = "the value") -> None:
    """A ValueError that names the place where a value of JSON has not the form it should have. A form is a type as in annotations (`float` means a finite
    number), a dict of forms by key (other keys may be there), {...: form} for any keys, or [form] for a list."""
    if isinstance(form, dict):
        _require(isinstance(value, dict), value, "an object", place)
        for key in value if ... in form else form:
            _require(key in value, None, f"an object with {key!r}", place)
            require_form(value[key], form.get(key, form.get(...)), f"{place}.{key}")
    elif isinstance(form, list):
        _require(isinstance(value, list), value, "a list", place)
        for number, one in enumerate(value):
            require_form(one, form[0], f"{place}.{number}")
    else:
        _require(_is(value, form), value, NAMES.get(form, str(form)), place)


def built(kind: type[Built], row, **given) -> Built:
    """The dataclass `kind` from a JSON object whose fields have the types of its annotations, and from fields that were read otherwise; what does not fit
    is a ValueError."""
    require_form(row, dict)
    hints = _hints(kind)
    for name in row.keys() & hints.keys():
        require_form(row[name], hints[name], name)
    try:
        return kind(**row, **given)
    except TypeError as error:
        raise ValueError(str(error)) from None


NAMES = {str: "text", int: "a whole number", float: "a number", dict: "an object", list: "a list", bool: "true or false"}


def _require(fits: bool, value, expected: str, place: str) -> None:
    if not fits:
        raise ValueError(f"{place} is {repr(value)[:60]}; expected {expected}")


def _is(value, hint) -> bool:
    if hint in (str, bool, int, dict, list):
        return type(value) is hint
    if hint is float:
        return type(value) in (int, float) and math.isfinite(value)
    if hint in (None, NoneType):
        return value is None
    if get_origin(hint) in (Union, UnionType):
        return any(_is(value, one) for one in get_args(hint))
    if get_origin(hint) in (list, tuple):
        return type(value) is list and all(_is(one, get_args(hint)[0]) for one in value)
    return hint is Any or isinstance(value, get_origin(hint) or hint)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
