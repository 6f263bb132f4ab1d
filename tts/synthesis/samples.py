"""What there is to hear without training anything: a sentence in every language that the released voices speak."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tts.synthesis.synthesizer import Speech, Synthesizer
from tts.synthesis.voices import released_models

# By family of language.
SENTENCES = {
    "en": "Good evening, and welcome. Can you hear me? I speak English, and nothing had to be trained for it.",
    "de": "Guten Abend und herzlich willkommen. Kannst du mich hören? Ich spreche Deutsch, ganz ohne Training.",
    "nl": "Goedenavond en welkom. Kun je mij horen? Ik spreek Nederlands, zonder dat er iets getraind is.",
    "es": "Buenas noches y bienvenidos. ¿Me oyes? Hablo español, sin haber entrenado nada.",
    "fr": "Bonsoir et bienvenue. Tu m'entends ? Je parle français, sans le moindre entraînement.",
}


def speak_samples(folder: Path) -> Iterator[tuple[Path, Speech]]:
    """Write a wav per released model and language into `folder`, one after the other; nothing where nothing is released. A language without a
    sentence here is left out."""
    for model in released_models():
        synthesizer = Synthesizer.load(model.folder)
        for language in model.languages:
            sentence = SENTENCES.get(language.split("-")[0])
            if sentence is None:
                continue
            speech = synthesizer.say(sentence, language=language)
            path = folder / f"{model.name}_{language}_{speech.voice}.wav"
            speech.save(path)
            yield path, speech
