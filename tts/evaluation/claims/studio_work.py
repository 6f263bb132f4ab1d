"""What the studio is asked for, one control or several at once, and what is heard of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from tts.corpus.utterance import Utterance
from tts.evaluation.claims.style_work import Heard, StyleSystems, hear, hear_track
from tts.evaluation.claims.words import Words, measure_words
from tts.evaluation.claims.work import fit_length
from tts.evaluation.f0 import compare_f0
from tts.features.f0 import F0Track
from tts.models.backbone.f0_model import stretched
from tts.speakers.voice import MadeVoice
from tts.synthesis.contour import given_contour
from tts.synthesis.synthesizer import Synthesizer
from tts.synthesis.transfers import read_prosody

WORDS, STYLE, F0 = "words", "style", "F0"
VOICE, MADE, LANGUAGE = "voice", "made voice", "language"
OWN = "as recorded"  # no control: the style is the recording's own
INTRODUCED = "introduction"  # no control: the judge of styles gets to know a voice by it
HOW, WHO = (WORDS, STYLE, F0), (VOICE, MADE, LANGUAGE)


@dataclass(frozen=True)
class ControlTask:
    """A recording's text to say with some controls given: by a speaker of the model, or by a made voice."""

    controls: tuple[str, ...]
    utterance: Utterance
    voice: str
    style: str | None = None
    made: MadeVoice | None = None

    @property
    def name(self) -> str:
        return f"{self.utterance.id} {self.voice}: {' + '.join(self.controls)}, {self.style}"

    def known_as(self, ours: Synthesizer) -> str:
        """A speaker by himself in a language of his; else by voice and language."""
        language = self.utterance.language
        own = self.made is None and language in ours.loaded.speakers[self.voice].get("languages", {})
        return self.voice if own else f"{self.voice} in {language}"


@dataclass(frozen=True)
class Controlled(Heard):
    """What is heard of a task. known_as: what the judge of styles knows the voice by, which differs from language to language; words: of the sound,
    source: of the recording; f0_correlation with the contour that was given (NaN without one); likeness: cosine of the sound's vector, by the encoder
    that the model knows voices by, with the vector of the voice that was asked for, each less the mean of the speakers of its language."""

    id: str
    controls: tuple[str, ...]
    voice: str
    known_as: str
    style: str | None
    words: Words
    source: Words
    f0_correlation: float
    likeness: float


@torch.inference_mode()
def control(systems: StyleSystems, task: ControlTask) -> Controlled:
    """A task's sound, listened to."""
    ours, utterance = systems.ours, task.utterance
    loaded, config = ours.loaded, ours.loaded.features
    if task.made is not None:
        ours.add_voice(task.made)
    prosody = read_prosody(ours, utterance, systems.audio_root) if WORDS in task.controls else None
    recorded = systems.store[utterance.id]
    contour = moved_contour(ours, recorded.f0_hz * recorded.voiced, utterance, task.voice) if F0 in task.controls else None
    speech = ours.say(utterance.text, task.voice, utterance.language, units=utterance.units, prosody=prosody,
                      mapping=None if prosody is None else "same", style=task.style if STYLE in task.controls else None, f0_hz=contour)
    said = Utterance(task.name, "", task.voice, utterance.language, units=speech.units)
    samples = fit_length(speech.samples, speech.units, config)
    track = hear_track(systems, samples, said, task.voice)
    found = hear(systems, samples, said, task.voice, track)
    correlation = float("nan")
    if contour is not None:
        asked = stretched(given_contour(contour, torch.device("cpu")), len(track.f0_hz))
        correlation = compare_f0((asked.log_f0.exp() * asked.voiced)[0].numpy(), track.f0_hz).f0_correlation
    wanted, of = (task.made.vector, task.made.accent) if task.made is not None else (loaded.speaker_vectors[task.voice], ours.language_of(task.voice))
    heard = loaded.speaker_encoder(samples, config.sample_rate)
    likeness = float(beyond_language(ours, heard, utterance.language) @ beyond_language(ours, wanted, of))
    recording = systems.recording(utterance)
    source = measure_words(fit_length(recording, utterance.units, config), utterance.units, F0Track(recorded.f0_hz, recorded.voiced), config)
    words = measure_words(samples, speech.units, track, config)
    return Controlled(**vars(found), id=utterance.id, controls=task.controls, voice=task.voice,
                      known_as=task.known_as(ours), style=task.style, words=words, source=source,
                      f0_correlation=correlation, likeness=likeness)


def beyond_language(ours: Synthesizer, vector: np.ndarray, language: str) -> np.ndarray:
    """The direction of a voice's vector [V] from the mean of the model's speakers of a language: encoders that learned from people who speak one
    language each hear the language too."""
    there = [own / np.linalg.norm(own) for name, own in ours.loaded.speaker_vectors.items() if ours.language_of(name) == language]
    apart = vector / np.linalg.norm(vector) - np.mean(there, axis=0) if there else vector
    return apart / max(float(np.linalg.norm(apart)), 1e-9)


def moved_contour(ours: Synthesizer, f0_hz: np.ndarray, utterance: Utterance, voice: str) -> np.ndarray:
    """A recording's contour [T] in Hz, as far up or down as the model would say the text with nothing else given higher or lower in the voice than in
    the speaker's; as it is where either has no F0 then."""
    if voice == utterance.speaker:
        return f0_hz
    heights = []
    for name in (utterance.speaker, voice):
        said = ours.say(utterance.text, name, utterance.language, units=utterance.units).f0_hz
        voiced = said[said > 0] if said is not None else np.zeros(0)
        if not len(voiced):
            return f0_hz
        heights.append(np.log(voiced).mean())
    return f0_hz * np.float32(np.exp(heights[1] - heights[0]))
