"""The C side of espeak-ng: where the library and its data lie (the package espeakng-loader carries both), and the types of the
calls that `espeak.py` makes, as declared in the library's speak_lib.h."""

from __future__ import annotations

import ctypes
from pathlib import Path

from tts.errors import UserError


class Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_ubyte * 8)]


class Event(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("unique_identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
                ("length", ctypes.c_int), ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
                ("user_data", ctypes.c_void_p), ("id", Id)]


class Voice(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("languages", ctypes.c_char_p), ("identifier", ctypes.c_char_p),
                ("gender", ctypes.c_ubyte), ("age", ctypes.c_ubyte), ("variant", ctypes.c_ubyte), ("unused", ctypes.c_ubyte),
                ("score", ctypes.c_int), ("spare", ctypes.c_void_p)]


CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))


def load_library() -> tuple[ctypes.CDLL, Path]:
    """The library, its calls typed, and its data folder; a UserError that says what to install if either is missing."""
    try:
        import espeakng_loader
    except ImportError:
        raise UserError("espeak-ng: the Python package espeakng-loader, which carries the library and its data, is not there; "
                        "expected it beside this package: pip install espeakng-loader") from None
    path = espeakng_loader.get_library_path()
    try:
        library, data = ctypes.CDLL(path), Path(espeakng_loader.get_data_path())
    except (OSError, RuntimeError) as error:
        raise UserError(f"espeak-ng: the library {path} or its data does not load ({error}); install it anew: "
                        "pip install --force-reinstall espeakng-loader") from None
    library.espeak_Info.restype, library.espeak_Info.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int]
    library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(Voice))
    library.espeak_ListVoices.argtypes = [ctypes.c_void_p]
    library.espeak_Synth.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
                                     ctypes.c_void_p, ctypes.c_void_p]
    return library, data
