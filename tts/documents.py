"""JSON that somebody else may have written, cut or edited: read as a value or refused with a sentence, whatever stands in it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path

from tts.errors import UserError

# What code meets that looks for something in a value of another form: a key, a field, a length, a number.
MISSHAPEN = (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)


def read_json(path: str | Path, expected: str):
    """The value in a JSON file. `expected` ends the sentence: what should lie there, and what to do."""
    try:
        return parse_json(Path(path).read_bytes())
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror or error}); {expected}") from None
    except ValueError as error:
        raise UserError(f"{path}: not JSON ({error}); {expected}") from None


def parse_json(text: str | bytes):
    """The value of a JSON text; whatever is wrong with it is a ValueError."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("brackets within brackets within brackets, and so on") from None


@contextmanager
def understood(where: str | Path, expected: str):
    """Inside, a value that was read from `where` is taken apart; a form that it should not have is a UserError."""
    try:
        yield
    except OSError as error:
        raise UserError(f"{where}: cannot be read ({error.strerror or error}); {expected}") from None
    except MISSHAPEN as error:
        raise UserError(f"{where}: not to be understood ({type(error).__name__}: {str(error)[:200]}); {expected}") from None
