"""Text to speech: the one path that `tts say`, the recipes and Python users go.

    text → units (tts.text) → sentences → phones known to the model → mel and durations (tts.models) → wave (tts.vocoder) → Speech

Sentences are spoken one by one, each from the same seed, so what is spoken never depends on what else is asked for: the same
text, voice, language, speed and seed give the same samples, alone or among many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch

from tts.corpus.utterance import Unit, Utterance
from tts.errors import UserError
from tts.features.audio import limited, save_audio
from tts.models.backbone.acoustic import Synthesis
from tts.models.backbone.conditions import F0Contour
from tts.models.copycat2.latents import WordLatents
from tts.models.load import LoadedModel, load_model
from tts.prosody.mapping import map_units
from tts.prosody.measure import measure_sound
from tts.prosody.prosody import Prosody, Reference, WordProsody, make_prosody, require_space
from tts.prosody.show import Comparison, asked_against_measured
from tts.synthesis.contour import given_contour
from tts.synthesis.latents import choose_edits, choose_latents
from tts.speakers.voice import MadeVoice
from tts.synthesis.made_voices import find_made, nearest_speaker, require_fit
from tts.synthesis.reader import ProsodyReader, RecordingReader
from tts.synthesis.sentences import join_sentences, split_sentences, with_frames
from tts.synthesis.style import NEUTRAL, style_latent, styles_of
from tts.synthesis.voices import find_voice, nearest, shorten, speakers_of
from tts.text.frontend import TextFrontend
from tts.text.languages import canonical
from tts.training.batch import phone_row
from tts.vocoder.load import load_vocoder
from tts.vocoder.vocoder import Vocoder

SLOWEST, FASTEST = 0.25, 4.0
MOST_UNITS = 30_000  # words and pauses of a text
STREAM_FRAMES = 40  # half a second: heard soon, and no more than twice the work of the whole at once


@dataclass(frozen=True)
class Request:
    """Something to say. `speed`: larger is faster. `units`: already processed text, as a manifest holds it. `prosody`: whose words to
    take, mapped onto the text as `mapping` says (`tts.prosody.mapping`). `temperature` of what the text leaves open: 0 is the mean, None
    what the system is best at. `style`, `style_strength` (larger is stronger) and `style_source`: how, for a model with styles
    (`tts.synthesis.style`). `f0_hz` [T]: a contour to follow in place of the predicted one, 0 where unvoiced (`tts.synthesis.contour`); of one
    sentence."""

    text: str
    voice: str | None = None
    language: str | None = None
    speed: float = 1.0
    seed: int = 0
    units: list[Unit] | None = None
    prosody: Prosody | None = None
    mapping: str | None = None
    temperature: float | None = None
    style: str | None = None
    style_strength: float = 1.0
    style_source: str | None = None
    f0_hz: np.ndarray | None = None


@dataclass(frozen=True)
class Speech:
    """What was said.

    samples   [N] float32 at `sample_rate`, exactly hop samples a frame
    units     words and pauses with the frames of every phone
    mel       [T, M]; f0_hz [T] is the model's F0, 0 where unvoiced, None if the model has none
    words_asked, words_spoken   of the text; fewer spoken than asked is also among `warnings`
    prosody_report, prosody_table   of a given prosody: how it was laid on the text; asked against measured, word by word
    """

    text: str
    voice: str
    language: str
    samples: np.ndarray
    sample_rate: int
    units: list[Unit]
    mel: np.ndarray
    f0_hz: np.ndarray | None
    words_asked: int
    warnings: list[str] = field(default_factory=list)
    prosody_report: list[str] = field(default_factory=list)
    prosody_table: Comparison | None = None
    style: str = NEUTRAL

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.sample_rate

    @property
    def words_spoken(self) -> int:
        return sum(not unit.is_pause and unit.frames > 0 for unit in self.units)

    def save(self, path: str | Path) -> None:
        """Write a .wav or .flac; peaks beyond full scale are turned down."""
        save_audio(path, limited(self.samples, self.sample_rate), self.sample_rate)

    def utterance(self, name: str, audio: str) -> Utterance:
        """The manifest row of a saved speech."""
        return Utterance(
            name, self.text, self.voice, self.language, self.style, audio, seconds=round(self.seconds, 4), units=self.units
        )


@dataclass(frozen=True)
class _Sentence:
    """One sentence made: timed units, mel [T, M], F0 [T] or None, samples [T·hop], the latents it was made from if it has any."""

    units: list[Unit]
    mel: np.ndarray
    f0_hz: np.ndarray | None
    samples: np.ndarray
    latents: WordLatents | None


@dataclass(frozen=True)
class _Plan:
    """A request, voice settled, as sentences with what each unit takes from a prosody; `warnings` may still grow."""

    request: Request
    language: str
    sentences: list[Utterance]
    words: list[list[WordProsody | None]]
    words_asked: int
    warnings: list[str]
    report: list[str]
    style_latent: torch.Tensor | None = None
    f0: F0Contour | None = None


class Synthesizer:
    """A loaded model with a vocoder that fits it. `voices`, `languages` and `styles` are the names it knows; no styles if it has none to choose
    from."""

    def __init__(self, loaded: LoadedModel, vocoder: Vocoder, dictionary: str | Path | None = None, speaker: str | None = None):
        self.loaded, self.vocoder, self.dictionary, self.default_voice = loaded, vocoder, dictionary, speaker
        self.voices, self.languages = list(loaded.names.speakers), list(loaded.names.languages)
        self.styles = styles_of(loaded)
        self._frontends: dict[str, TextFrontend] = {}
        self._reader: ProsodyReader | None = None
        self._made_voices: dict[str, MadeVoice] = {}
        if speaker is not None:
            self._check_voice(speaker)

    @classmethod
    def load(
        cls,
        model: str | Path | None = None,
        voice: str | None = None,
        vocoder: str | Path | None = None,
        device: str | torch.device | None = None,
        dictionary: str | Path | None = None,
        language: str | None = None,
    ) -> Synthesizer:
        """The model in a folder, or installed under a name, or whichever installed or released one has `voice`; where none is asked for and none is
        installed, the released one that knows `language`. On a GPU if there is one. `vocoder`: the folder of a trained one, or griffin-lim; by
        default a trained one that fits, where there is one (tts.vocoder.load)."""
        found = find_voice(voice, model, language)
        device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        loaded = load_model(found.folder, device)
        return cls(loaded, load_vocoder(vocoder, loaded.fingerprint, device, model=loaded.folder), dictionary, found.speaker)

    def say(
        self,
        text: str,
        voice: str | None = None,
        language: str | None = None,
        speed: float = 1.0,
        seed: int = 0,
        units: list[Unit] | None = None,
        prosody: Prosody | None = None,
        mapping: str | None = None,
        temperature: float | None = None,
        style: str | None = None,
        style_strength: float = 1.0,
        style_source: str | None = None,
        f0_hz: np.ndarray | None = None,
    ) -> Speech:
        """Speak `text`. A text in which nothing can be spoken, an unknown voice, language or style is a `UserError`."""
        plan = self._plan(Request(text, voice, language, speed, seed, units, prosody, mapping, temperature, style, style_strength, style_source, f0_hz))
        parts = self._parts(plan)
        f0 = None if parts[0].f0_hz is None else np.concatenate([part.f0_hz for part in parts])
        speech = Speech(
            text,
            plan.request.voice,
            plan.language,
            np.concatenate([part.samples for part in parts]),
            self.loaded.features.sample_rate,
            join_sentences([part.units for part in parts]),
            np.concatenate([part.mel for part in parts]),
            f0,
            plan.words_asked,
            plan.warnings,
            plan.report,
            self._compare(parts, plan.words, plan.request.voice, prosody) if prosody is not None else None,
            style or NEUTRAL,
        )
        if speech.words_spoken < plan.words_asked:
            plan.warnings.append(f"{plan.words_asked} words asked for, {speech.words_spoken} spoken")
        return speech

    def stream(self, text: str, chunk_frames: int = STREAM_FRAMES, **request) -> Iterator[np.ndarray]:
        """The samples that `say` would give, with the same options, sentence by sentence and in pieces of at most `chunk_frames` frames as soon
        as each is made, where the vocoder can (Griffin-Lim gives whole sentences)."""
        plan = self._plan(Request(text, **request))
        return (piece for utterance, words in zip(plan.sentences, plan.words)
                for piece in self._pieces(self._made(utterance, plan, words)[0].mel, chunk_frames))

    def warm_up(self, voice: str | None = None, language: str | None = None) -> None:
        """Load all that the first sentence would have to wait for (the text's front-end, a predictor of prosody), by speaking one."""
        for _ in self.stream("a", voice=voice, language=language):
            pass

    def say_all(self, requests: Iterable[Request]) -> Iterator[Speech]:
        """Speak requests one after the other, each as `say` would."""
        for request in requests:
            yield self.say(**vars(request))

    def predict(
        self, text: str, voice: str | None = None, language: str | None = None, seed: int = 0, temperature: float = 0.0,
        style: str | None = None,
    ) -> Prosody:
        """The prosody that the text alone suggests, as an object to edit: the latents that `say` would take, and the numbers that are
        measured of what it says with them. Not edited, it says the same again. With a temperature every seed is another take."""
        self._check_words()
        plan = self._plan(Request(text, voice, language, seed=seed, temperature=temperature, style=style))
        parts = self._parts(plan)
        voice, features = plan.request.voice, self.loaded.features
        sound = measure_sound(np.concatenate([part.samples for part in parts]), [unit for part in parts for unit in part.units], features,
                              self._f0_range(voice))
        # A pause that was put in to begin a later sentence is none of the text's.
        rows = zip((unit for part in parts for unit in part.units), sound.units,
                   *(torch.cat([getattr(part.latents, name) for part in parts]).tolist() for name in ("acoustic", "timing")))
        put_in = {sum(len(part.units) for part in parts[:count]) for count in range(1, len(parts))}
        kept = [row for place, row in enumerate(rows) if place not in put_in]
        return make_prosody(text, plan.language, voice, f"{voice}, seed {seed}" if temperature else voice, self.loaded.identity,
                            self.loaded.fingerprint.hash, Reference(sound.median_hz, sound.level_db), *(list(column) for column in zip(*kept)))

    def extract(
        self, recording: str | Path, text: str, language: str | None = None, speaker: str | None = None, units: list[Unit] | None = None,
        trust_text: bool = False
    ) -> Prosody:
        """The prosody of a recording of `text`, one entry a word and a pause. `speaker`: the model's name of who speaks, None for somebody
        it never heard. `units`: the text's, already processed; if they are aligned they stay so. Silence, noise, another text: a
        `UserError` that says so; `trust_text` lets a doubtful text pass."""
        if self._reader is None:
            self._reader = ProsodyReader(self.loaded)
        if speaker is not None:
            self._check_speaker(speaker)
        who = speaker or self.default_voice
        language = canonical(language) if language else self.language_of(who) if who else self.languages[0]
        if units is None:
            units = self._frontend(language).process(text).units
        return self._reader.read(Path(recording), text, units, language, speaker, trust_text)

    def convert(self, recording: str | Path, text: str, voice: str | None = None, language: str | None = None, speaker: str | None = None,
                units: list[Unit] | None = None, trust_text: bool = False) -> Speech:
        """A recording of `text` in another voice, timing and course of F0 kept; a flow loses nothing else either. `speaker`: the model's name of who
        speaks in it, None for somebody it never heard, whom its speaker encoder then describes. `units`: the text's, already processed;
        if they are aligned they stay so."""
        model, voice = self.loaded.model, voice or self.default_voice
        if not model.controls.recording:
            raise UserError(f"{self.loaded.folder}: a model of system {self.loaded.card['system']!r} cannot convert a recording as it is; expected a "
                            "flowtts or a studio; `tts transfer` says it again with a copycat2")
        if voice is None:
            raise UserError(f"convert to which voice? The model knows: {shorten(self.voices)}")
        self._check_voice(voice)
        if speaker is not None:
            self._check_speaker(speaker)
        warnings: list[str] = []
        language = canonical(language) if language else self.language_of(speaker or voice)
        if units is None:
            units = self._frontend(language).process(text).units
        known_as, reader = self._nearest_language(language, voice, warnings), RecordingReader(self.loaded)
        heard = reader.listen(Path(recording), text, units, language, speaker, trust_text)
        rate = self.loaded.features.sample_rate
        source = None if speaker else torch.from_numpy(self.loaded.speaker_encoder(heard.samples, rate))[None].to(self.vocoder.device)
        stand_in, vector = self._speaker(voice)
        target = torch.tensor([self.voices.index(stand_in)]) if vector is None else vector[None]
        made = model.convert(reader.batch(heard.units, speaker, heard.features, known_as), target, source)
        with torch.inference_mode():
            wave = self.vocoder(torch.from_numpy(made.mel).to(self.vocoder.device)[None])[0].float().cpu().numpy()
        asked = sum(not unit.is_pause for unit in units)
        return Speech(text, voice, language, wave, rate, heard.units, made.mel, made.f0_hz, asked, warnings)

    def language_of(self, voice: str) -> str:
        """The language that the voice speaks most in training, or was made for."""
        if voice in self._made_voices:
            return self._made_voices[voice].accent
        counts = self.loaded.speakers.get(voice, {}).get("languages")
        if counts:
            return max(counts, key=counts.get)
        if len(self.languages) == 1:
            return self.languages[0]
        raise UserError(
            f"voice {voice!r}: its language is not on record; say which with --language ({', '.join(self.languages)})"
        )

    def _check_prosody(self, prosody: Prosody | None, temperature: float | None) -> None:
        """Refuse what this model cannot follow."""
        controls, folder = self.loaded.model.controls, self.loaded.folder
        if not controls.text:
            raise UserError(f"{folder}: the frame-level CopyCat only says again what a recording says; to speak a text take a copycat2 or a base "
                            "model")
        draws = temperature and not controls.noise  # a flow always draws
        if prosody is not None or draws:
            self._check_words()
        if temperature is not None and not 0 <= temperature <= 2:
            raise UserError(f"temperature {temperature:g}: expected 0 (the mean) to 2; 0.6 varies a little from seed to seed")
        if draws and self.loaded.text_prosody is None:
            raise UserError(f"{folder}: no predictor of prosody in it, so there is nothing to draw from; train it (tts train --part prosody)")
        if prosody is not None:
            require_space(prosody, self.loaded.identity, f"the model {folder}")
            self._check_latents(prosody)

    def _check_words(self) -> None:
        """Refuse a model that has no prosody of words."""
        if not self.loaded.model.controls.words:
            raise UserError(f"{self.loaded.folder}: a model of system {self.loaded.card['system']!r} has no prosody word by word to follow or to "
                            "draw; expected a copycat2 or a studio")

    def _check_latents(self, prosody: Prosody) -> None:
        """Refuse latents of another length, say of a file that was changed by hand."""
        model = self.loaded.model
        for name, length in (("acoustic", model.config.word_latent_dim), ("timing", model.settings.timing_dim)):
            found = {len(getattr(word, name)) for word in prosody.words if getattr(word, name) is not None} - {length}
            if found:
                raise UserError(f"prosody of {prosody.source}: {name} has {found.pop()} numbers a word, the model {self.loaded.folder} has "
                                f"{length}; extract it again with this model")

    def _lay(
        self, prosody: Prosody | None, units: list[Unit], mapping: str | None
    ) -> tuple[list[Unit], list[WordProsody | None], list[str]]:
        """(units with pauses put in, what each is to take from the prosody, what was done)."""
        if prosody is None:
            return units, [None] * len(units), []
        mapped = map_units(prosody, units, mapping or "auto")
        return mapped.units, mapped.words(prosody), mapped.report

    def _compare(self, parts: list[_Sentence], words: list[list[WordProsody | None]], voice: str, prosody: Prosody) -> Comparison:
        """What a prosody asked for against what the synthesis has. Relative to the same median if both are of one voice (so that one word
        raised does not lower the others), else each to its own."""
        median_hz = prosody.reference.median_hz if prosody.speaker == voice else None
        units = [unit for part in parts for unit in part.units]
        samples = np.concatenate([part.samples for part in parts])
        return asked_against_measured(
            [word for sentence in words for word in sentence], units, samples, self.loaded.features, median_hz, self._f0_range(voice)
        )

    def _f0_range(self, voice: str) -> tuple[float, float] | None:
        known = self.loaded.speakers.get(voice, {}).get("f0_range_hz")
        return tuple(known) if known else None

    def _plan(self, request: Request) -> _Plan:
        """Everything but the sound; what can't be said is a `UserError` here."""
        if not SLOWEST <= request.speed <= FASTEST:
            raise UserError(f"speed {request.speed:g}: expected {SLOWEST} to {FASTEST:g}; 2 is twice as fast")
        voice = request.voice or self.default_voice or self._voice_for(request.language)
        self._check_voice(voice)
        self._check_prosody(request.prosody, request.temperature)
        latent = style_latent(self.loaded, request.style, request.style_strength, request.style_source)
        language = canonical(request.language) if request.language else self.language_of(voice)
        units, warnings = request.units, []
        asked = sum(not unit.is_pause for unit in units or ())
        if units is None:
            processed = self._frontend(language).process(request.text)
            units, asked = processed.units, len(processed.words) + sum(r.rule == "no sound" for r in processed.trace)
            warnings += processed.warnings
        if len(units) > MOST_UNITS:
            raise UserError(f"{len(units)} words and pauses to be said at once; expected at most {MOST_UNITS}, some two hours: say the text part by part")
        known_as = self._nearest_language(language, voice, warnings)
        units, words, report = self._lay(request.prosody, units, request.mapping)
        units, replaced = self.loaded.phones.fit(units)
        sentences, words = split_sentences(units, words)
        f0 = None if request.f0_hz is None else self._contour(request.f0_hz, len(sentences))
        style = self.loaded.names.styles[0]
        speaker, _ = self._speaker(voice)
        utterances = [Utterance("text", request.text, speaker, known_as, style, units=sentence) for sentence in sentences]
        return _Plan(replace(request, voice=voice), language, utterances, words, asked, warnings + replaced, report, latent, f0)

    def _contour(self, f0_hz: np.ndarray, sentences: int) -> F0Contour:
        """A given contour [1, T]; refused where the model hears none, or where it could not be said which sentence's it is."""
        if not self.loaded.model.controls.f0:
            raise UserError(f"{self.loaded.folder}: this model hears no F0 (model.f0_layers is 0), so it cannot follow a contour; expected one with "
                            "model.f0_layers above 0")
        if sentences != 1:
            raise UserError(f"a contour of F0 is that of one sentence, found a text of {sentences}; say them one by one")
        return given_contour(f0_hz, self.vocoder.device)

    def _parts(self, plan: _Plan) -> list[_Sentence]:
        return [self._sentence(utterance, plan, words) for utterance, words in zip(plan.sentences, plan.words)]

    @torch.inference_mode()
    def _made(self, utterance: Utterance, plan: _Plan, words: list[WordProsody | None]) -> tuple[Synthesis, WordLatents | None]:
        row = phone_row(utterance, self.loaded.phones, self.loaded.names, aligned=False)
        device, model, request, given = self.vocoder.device, self.loaded.model, plan.request, {}
        with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
            torch.manual_seed(request.seed)
            if model.controls.words:
                given["latents"] = choose_latents(self.loaded, row, utterance.units, words, request.temperature or 0.0, plan.style_latent)
                given["edits"] = choose_edits(self.loaded, utterance.units, words)
            if model.controls.noise:
                given["temperature"] = request.temperature
            if plan.style_latent is not None:
                given["style_latent"] = plan.style_latent
            if plan.f0 is not None:
                given["f0"] = plan.f0
            made = model.synthesize(row, speed=request.speed, speaker_vector=self._speaker(request.voice)[1], **given)
            return made, given.get("latents")

    @torch.inference_mode()
    def _sentence(self, utterance: Utterance, plan: _Plan, words: list[WordProsody | None]) -> _Sentence:
        made, latents = self._made(utterance, plan, words)
        wave = self.vocoder(torch.from_numpy(made.mel).to(self.vocoder.device)[None])
        return _Sentence(with_frames(utterance.units, made.durations), made.mel, made.f0_hz, wave[0].float().cpu().numpy(), latents)

    def _pieces(self, mel: np.ndarray, chunk_frames: int) -> Iterator[np.ndarray]:
        for wave in self.vocoder.stream(torch.from_numpy(mel), chunk_frames):
            yield wave.float().cpu().numpy()

    def _frontend(self, language: str) -> TextFrontend:
        if language not in self._frontends:
            self._frontends[language] = TextFrontend(language, self.dictionary)
        return self._frontends[language]

    def add_voice(self, voice: MadeVoice, name: str | None = None) -> None:
        """Let a made voice, kept or not, be asked for by a name, its own unless another is given."""
        require_fit(voice, self.loaded)
        self._made_voices[name or voice.name] = voice

    def _check_voice(self, voice: str) -> None:
        """Refuse a name that is neither a speaker's nor that of a made voice which this model can speak with."""
        if voice in self.voices or voice in self._made_voices:
            return
        made = find_made(voice)
        if made is not None:
            self.add_voice(made, voice)
        else:
            raise UserError(
                f"no voice {voice!r}{nearest(voice, self.voices)} in the model {self.loaded.folder}; "
                f"it knows: {shorten(self.voices)}"
            )

    def _check_speaker(self, name: str) -> None:
        """Refuse a name that is no speaker's whom the model knows."""
        if name not in self.voices:
            raise UserError(f"no speaker {name!r}{nearest(name, self.voices)} in the model {self.loaded.folder}; it knows: {shorten(self.voices)}; "
                            "leave it out for somebody it never heard")

    def _speaker(self, voice: str) -> tuple[str, torch.Tensor | None]:
        """(the speaker whose name stands for a voice, the vector that replaces that speaker's): a made voice has the prosody of the nearest."""
        if voice not in self._made_voices:
            return voice, None
        vector = self._made_voices[voice].vector
        return nearest_speaker(self.loaded, vector), torch.from_numpy(vector)

    def _voice_for(self, language: str | None) -> str:
        """The first voice whose own language, or one of its family, is asked for; where none is, the first of the language that a released model
        speaks by default, or of all."""
        language = language or self.loaded.card.get("default_language")
        return speakers_of(canonical(language), self.voices, self.language_of)[0] if language else self.voices[0]

    def _nearest_language(self, language: str, voice: str, warnings: list[str]) -> str:
        """The language itself if the model was trained on it; else a stand-in, which is said."""
        if language in self.languages:
            return language
        family = [known for known in self.languages if known.split("-")[0] == language.split("-")[0]]
        stand_in = family[0] if family else self.language_of(voice)
        warnings.append(
            f"the model never heard {language}: spoken with the accent of {stand_in} (it knows {', '.join(self.languages)})"
        )
        return stand_in
