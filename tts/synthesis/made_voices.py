"""Voices that nobody has: drawn for a model from the density of its speakers, blended of two, or taken from a recording of somebody it
never heard. They are kept in `made/` of the voices' home, and speak through every model that knows speakers by the same encoder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tts.errors import UserError
from tts.features.audio import load_audio
from tts.features.speaker import centroid
from tts.models.load import LoadedModel
from tts.paths import voices_home
from tts.prosody.checks import check_recording
from tts.speakers.density import fit_density
from tts.speakers.voice import MadeVoice, blend, make_passport
from tts.synthesis.voices import check_name, nearest, shorten

FOLDER = "made"
MOST_DRAWS = 20


def made_folder() -> Path:
    return voices_home() / FOLDER


def made_voices() -> list[MadeVoice]:
    """All kept ones by name."""
    return [MadeVoice.load(path) for path in sorted(made_folder().glob("*.json"))]


def find_made(name: str) -> MadeVoice | None:
    """A kept voice by name, or the .json of one; None if there is none."""
    path = Path(name)
    if path.suffix == ".json" and path.is_file():
        return MadeVoice.load(path)
    kept = made_folder() / f"{Path(name).name}.json"
    return MadeVoice.load(kept) if Path(name).name == name and kept.is_file() else None


def require_fit(voice: MadeVoice, loaded: LoadedModel) -> None:
    """Refuse a model that cannot speak with this voice."""
    if voice.encoder != loaded.speaker_encoder_identity:
        raise UserError(f"voice {voice.name!r} is a vector of the speaker encoder {voice.encoder}, the model {loaded.folder} knows its speakers by "
                        f"{loaded.speaker_encoder_identity}; make the voice again for this model (tts voices new --model {loaded.folder})")


def accents_of(loaded: LoadedModel) -> dict[str, str]:
    """The accent of every speaker: the language of most of its recordings."""
    found = {}
    for name in loaded.names.speakers:
        counts = loaded.speakers[name]["languages"]
        found[name] = max(sorted(counts), key=counts.get)
    return found


def new_voice(loaded: LoadedModel, name: str, accent: str, seed: int, density: str = "joint") -> MadeVoice:
    """The first voice drawn for `accent` that is not too close to a real speaker; the same model, accent, density and seed give the same
    one. Its origin says how many draws were refused."""
    speakers, accents = loaded.speaker_vectors, accents_of(loaded)
    fitted = fit_density(speakers, accents, density)
    passports = []
    for vector in fitted.sample(accent, MOST_DRAWS, seed):
        passports.append(make_passport(vector, accent, speakers, fitted, accents))
        if not passports[-1].too_close:
            origin = {"kind": "sampled", "seed": seed, "density": density, "refused": len(passports) - 1,
                      "held_out_log_density_per_dimension": round(fitted.held_out, 4), "model": loaded.identity}
            return MadeVoice(name, accent, loaded.speaker_encoder_identity, vector, origin, passports[-1])
    raise UserError(f"all of {MOST_DRAWS} draws for {accent} were too close to a real speaker: refused; the model's speakers of this accent "
                    "are too few or too much alike; try another accent, another --density, or a model of more speakers")


def blended_voice(loaded: LoadedModel, name: str, a: str, b: str, share: float) -> MadeVoice:
    """A voice between two, speakers of the model or made ones; `share` 0 is `a`, 1 is `b`."""
    if not 0 <= share <= 1:
        raise UserError(f"share {share:g}: expected 0 (all {a}) to 1 (all {b})")
    (from_a, accent_a), (from_b, accent_b) = (_vector(loaded, who) for who in (a, b))
    vector, accent = blend(from_a, from_b, share), accent_a if share < 0.5 else accent_b
    passport = make_passport(vector, accent, loaded.speaker_vectors)
    if passport.too_close:
        near = passport.neighbours[0]
        raise UserError(f"too close to a real speaker: {near.speaker} lies {near.distance:.3f} away, speakers commonly "
                        f"{passport.common_distance:.3f} from each other; refused; blend more evenly, or others")
    origin = {"kind": "blended", "of": [a, b], "share": share, "model": loaded.identity}
    return MadeVoice(name, accent, loaded.speaker_encoder_identity, vector, origin, passport)


def recorded_voice(loaded: LoadedModel, name: str, accent: str, recordings: Sequence[Path]) -> MadeVoice:
    """The voice of somebody in recordings, a few seconds at least; nothing is trained. It is a real person's, and its origin says so."""
    rate, vectors = loaded.features.sample_rate, []
    for path in recordings:
        check_recording(path)
        vectors.append(loaded.speaker_encoder(load_audio(path, rate), rate))
    vector = centroid(vectors)
    origin = {"kind": "recorded", "of": "a real person; speak with this voice only with that person's consent",
              "recordings": len(vectors),
              "model": loaded.identity}
    return MadeVoice(name, accent, loaded.speaker_encoder_identity, vector, origin,
                     make_passport(vector, accent, loaded.speaker_vectors))


def keep(voice: MadeVoice) -> Path:
    """Save among the kept voices; never over another one."""
    check_name(voice.name)
    path = made_folder() / f"{voice.name}.json"
    if path.exists():
        raise UserError(f"there is a voice {voice.name!r} already; choose another name, or `tts voices remove {voice.name}` first")
    return voice.save(made_folder())


def remove_made(name: str) -> Path:
    path = made_folder() / f"{name}.json"
    path.unlink()
    path.with_suffix(".safetensors").unlink(missing_ok=True)
    return path


def nearest_speaker(loaded: LoadedModel, vector: np.ndarray) -> str:
    """The speaker of the model whose vector is nearest."""
    vectors = loaded.speaker_vectors
    return max(sorted(vectors), key=lambda name: float(vectors[name] @ vector))


def _vector(loaded: LoadedModel, who: str) -> tuple[np.ndarray, str]:
    """(vector, accent) of a speaker or a made voice."""
    if who in loaded.names.speakers:
        return loaded.speaker_vectors[who], accents_of(loaded)[who]
    voice = find_made(who)
    if voice is None:
        known = [*loaded.names.speakers, *(v.name for v in made_voices())]
        raise UserError(f"no voice {who!r}{nearest(who, known)}; known: {shorten(known)}")
    require_fit(voice, loaded)
    return voice.vector, voice.accent
