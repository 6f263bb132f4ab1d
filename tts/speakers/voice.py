"""A voice that no model was trained on, as two small files, and its passport: how it came about, and how far it lies from real speakers.

    NAME.json          name, accent, origin, identity of the speaker encoder, passport
    NAME.safetensors   its vector [V], of unit length

It speaks through any model that knows its speakers by vectors of the same encoder, a flow or another.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from tts.corpus.manifest import atomic_writer
from tts.documents import MISSHAPEN, built, parse_json, require_form
from tts.errors import UserError
from tts.speakers.density import SpeakerDensity
from tts.speakers.distances import nearest_distances

NEIGHBOURS = 3
ORIGINS = {"sampled": {"seed": int, "density": str, "refused": int}, "blended": {"of": [str], "share": float}, "recorded": {"recordings": int}}
LEAST_SHARE = 0.5  # of the distance at which speakers commonly have their nearest neighbour: what lies closer to one of them is that person


@dataclass(frozen=True)
class Neighbour:
    """A speaker near to a voice: their cosine distance, and that speaker's distance to the nearest other speaker."""

    speaker: str
    distance: float
    own_nearest: float


@dataclass(frozen=True)
class Passport:
    """log_density: ln p(vector | accent) in nats beside the median of the accent's own speakers (None without a density);
    common_distance: the median distance of a speaker to the nearest other one; neighbours: the nearest speakers, nearest first."""

    log_density: float | None
    speakers_log_density: float | None
    common_distance: float
    neighbours: tuple[Neighbour, ...]

    @property
    def too_close(self) -> bool:
        return self.neighbours[0].distance < LEAST_SHARE * self.common_distance

    def sentences(self) -> list[str]:
        """What there is to say, a line each."""
        lines = [f"{n.speaker}: distance {n.distance:.3f} (to its own nearest {n.own_nearest:.3f})" for n in self.neighbours]
        lines.append(f"speakers commonly lie {self.common_distance:.3f} from the nearest other one; this voice {self.neighbours[0].distance:.3f}: "
                     + ("TOO CLOSE to a real speaker" if self.too_close else "nobody's in particular"))
        if self.log_density is not None:
            lines.append(f"log-density {self.log_density:.1f} nats; speakers of the accent {self.speakers_log_density:.1f} (median)")
        return lines


@dataclass(frozen=True)
class MadeVoice:
    """origin: how it was made, as facts: kind (sampled, blended, recorded) and what belongs to it."""

    name: str
    accent: str
    encoder: str
    vector: np.ndarray
    origin: dict
    passport: Passport

    def save(self, folder: Path) -> Path:
        """Write both files, the readable one last."""
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_writer(folder / f"{self.name}.safetensors", "wb") as file:
            file.write(save({"vector": np.ascontiguousarray(self.vector, dtype=np.float32)}))
        row = {name: value for name, value in vars(self).items() if name not in ("vector", "passport")}
        with atomic_writer(folder / f"{self.name}.json") as file:
            json.dump({**row, "passport": asdict(self.passport)}, file, indent=1, ensure_ascii=False)
            file.write("\n")
        return folder / f"{self.name}.json"

    @classmethod
    def load(cls, path: Path) -> MadeVoice:
        """The voice whose .json is at `path`."""
        try:
            row = parse_json(path.read_text(encoding="utf-8"))
            vector = load_file(path.with_suffix(".safetensors"))["vector"]
            if vector.ndim != 1 or vector.dtype.kind != "f" or not np.isfinite(vector).all():
                raise ValueError(f"its vector is {vector.dtype} of shape {vector.shape}; expected one row of finite real numbers")
            passport = row.pop("passport")
            neighbours = tuple(built(Neighbour, near) for near in passport.pop("neighbours"))
            if not neighbours:
                raise ValueError("its passport names no neighbours")
            require_form(row["origin"], ORIGINS[row["origin"]["kind"]], "origin")
            return built(cls, row, vector=vector, passport=built(Passport, passport, neighbours=neighbours))
        except (OSError, SafetensorError, *MISSHAPEN) as error:
            raise UserError(f"{path}: cannot be read as a voice ({error}); expected NAME.json and NAME.safetensors as `tts voices new` "
                            "writes them") from None


def make_passport(vector: np.ndarray, accent: str, speakers: dict[str, np.ndarray], density: SpeakerDensity | None = None,
                  accents: dict[str, str] | None = None) -> Passport:
    """How `vector` [V] lies among the `speakers` a model was trained on; with a `density`, how likely it is beside those of its accent."""
    names, rows = sorted(speakers), np.stack([speakers[name] for name in sorted(speakers)])
    own, distances = nearest_distances(rows), 1 - rows @ vector
    order = np.argsort(distances, kind="stable")[:NEIGHBOURS]
    neighbours = tuple(Neighbour(names[i], round(float(distances[i]), 6), round(float(own[i]), 6)) for i in order)
    log_density = of_speakers = None
    if density is not None:
        log_density = round(float(density.log_density(vector[None], accent)[0]), 3)
        same = np.stack([speakers[name] for name in names if accents[name] == accent])
        of_speakers = round(float(np.median(density.log_density(same, accent))), 3)
    return Passport(log_density, of_speakers, round(float(np.median(own)), 6), neighbours)


def blend(a: np.ndarray, b: np.ndarray, share: float) -> np.ndarray:
    """The vector on the way from `a` (share 0) to `b` (share 1), of unit length."""
    mixed = (1 - share) * a + share * b
    return (mixed / max(float(np.linalg.norm(mixed)), 1e-9)).astype(np.float32)
