"""The page of a listening test: one HTML file with its script and style inside, and, unless it is served, its sounds.

The sounds inside are FLAC, in base64: lossless, so the page plays the samples of the files. With them the page needs no server
and asks the network for nothing. Without them it fetches stimuli/… beside it, which browsers allow from a web server only.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import soundfile

from tts.corpus.manifest import atomic_writer
from tts.mushra.folder import Test
from tts.web.page import render as render_page

SOUNDS_HERE = "<!-- sounds -->\n"


def write_page(test: Test, path: Path, inline: bool = True) -> int:
    """Write the page; returns its bytes. Sounds go in one at a time, so memory holds one."""
    head, tail = render(test).split(SOUNDS_HERE)
    with atomic_writer(path) as file:
        file.write(head)
        for sound in _sounds(test) if inline else ():
            file.write(sound)
        file.write(tail)
    return path.stat().st_size


def render(test: Test, served: bool = False) -> str:
    """The page without sounds. `served`: answers go to the server that it came from, one by one."""
    data = {"test": test.public, "test_hash": test.hash, "served": served}
    return render_page("listening", data=data, words=test.public["words"], sounds_here=SOUNDS_HERE)


def _sounds(test: Test) -> Iterator[str]:
    for file in test.sounds():
        samples, rate = soundfile.read(test.folder / file, dtype="int16")
        packed = io.BytesIO()
        soundfile.write(packed, samples, rate, format="FLAC", subtype="PCM_16")
        yield f'<script type="text/plain" data-sound="{file}">{base64.b64encode(packed.getvalue()).decode()}</script>\n'
