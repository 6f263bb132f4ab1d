"""Texts of a manifest in voices that never spoke their language, in every style: what LCPVAE is for, to be listened to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tts.corpus.manifest import read_manifest
from tts.corpus.spread import spread
from tts.errors import UserError
from tts.synthesis.synthesizer import Request, Synthesizer


def foreign_requests(synthesizer: Synthesizer, manifest: Path, split: str | None, limit: int, like: Request) -> Iterator[tuple[str, Request]]:
    """`limit` texts of a manifest (or split), voices in turn; an id ID--VOICE--STYLE and a request for every style."""
    if not synthesizer.styles:
        raise UserError(f"{synthesizer.loaded.folder}: a model of system {synthesizer.loaded.card['system']!r} has no styles to choose from; expected an lcpvae or a studio")
    chosen = spread((u for u in read_manifest(manifest) if split in (None, u.split) and foreign_voices(synthesizer, u.language)), limit)
    for place, utterance in enumerate(chosen):
        voices = foreign_voices(synthesizer, utterance.language)
        voice = like.voice or voices[place % len(voices)]
        for style in synthesizer.styles:
            yield f"{utterance.id}--{voice}--{style}", replace(like, text=utterance.text, voice=voice, language=utterance.language,
                                                                units=utterance.units or None, style=style)


def foreign_voices(synthesizer: Synthesizer, language: str) -> list[str]:
    """Voices that were not trained in a language."""
    return [voice for voice in synthesizer.voices if language not in synthesizer.loaded.speakers[voice].get("languages", {})]
