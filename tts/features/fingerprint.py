"""The identity of features, which travels with every artefact made from them.

A mel fed to a vocoder that was trained on another kind of mel gives a buzz and no error. So stores, checkpoints and sidecars
carry a `Fingerprint`: readable fields and a short hash of them. Whoever joins two artefacts calls `require_same` first; a
vocoder, which sees nothing but mels, asks for the mel's fields only.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from pathlib import Path

from tts.corpus.manifest import atomic_writer
from tts.documents import read_json, understood
from tts.errors import UserError
from tts.features.config import FeatureConfig

MEL_FIELDS = ("sample_rate", "hop_samples", "window_samples", "mel_bands", "mel_low_hz", "mel_high_hz", "log_floor",
              "mel_version")
# Raised whenever the code gives other numbers for the same configuration, so that old stores are refused and not mixed.
MEL_VERSION = 1
F0_VERSION = 1


@dataclass(frozen=True)
class Fingerprint:
    """Everything that the numbers depend on, by name; `hash` is 12 hexadecimal digits of it, `mel_hash` of the mel's part."""

    values: dict

    @property
    def hash(self) -> str:
        return _hash(self.values)

    @property
    def mel_hash(self) -> str:
        return _hash({name: value for name, value in self.values.items() if name in MEL_FIELDS})

    @property
    def config(self) -> FeatureConfig:
        """The configuration that the features were made with."""
        return FeatureConfig(**{f.name: self.values[f.name] for f in fields(FeatureConfig)})

    def to_dict(self) -> dict:
        return {"hash": self.hash, "mel_hash": self.mel_hash, **self.values}

    @classmethod
    def from_dict(cls, row: dict, where: str | Path = "fingerprint") -> Fingerprint:
        """The fingerprint that `to_dict` wrote. One that was edited by hand no longer fits its hash and is refused."""
        values = {name: value for name, value in row.items() if name not in ("hash", "mel_hash")}
        result = cls(values)
        if row.get("hash") != result.hash:
            raise UserError(f"{where}: its fields have hash {result.hash}, but it says {row.get('hash')}; it was edited or "
                            "damaged; make the artefact again rather than mending the file")
        return result

    def save(self, path: str | Path) -> None:
        with atomic_writer(path) as file:
            json.dump(self.to_dict(), file, indent=1, ensure_ascii=False)
            file.write("\n")

    @classmethod
    def load(cls, path: str | Path) -> Fingerprint:
        path = Path(path)
        if not path.is_file():
            raise UserError(f"{path}: no fingerprint there; expected the one that `tts features` writes; extract again")
        expected = "expected the fields of a fingerprint; make the artefact again"
        with understood(path, expected):
            return cls.from_dict(read_json(path, expected), path)


def fingerprint(config: FeatureConfig, phones_hash: str | None = None, espeak_version: str | None = None) -> Fingerprint:
    """The identity of features made with `config`; the phone inventory's hash and espeak-ng's version where they are known."""
    values = {f.name: float(getattr(config, f.name)) if f.type == "float" else getattr(config, f.name) for f in fields(config)}
    values |= {"mel_version": MEL_VERSION, "f0_version": F0_VERSION}  # above, 12000 and 12000.0 are one number
    known = {"phones_hash": phones_hash, "espeak_version": espeak_version}
    return Fingerprint(values | {name: value for name, value in known.items() if value is not None})


def require_same(a: Fingerprint, b: Fingerprint, what_a: str, what_b: str, mel_only: bool = False) -> None:
    """Refuse to go on unless the fields of `a` and `b` agree; `mel_only` compares what a vocoder sees.

    A field that only one side knows (say, the phone inventory of features extracted before the text stage) is no difference.
    """
    names = MEL_FIELDS if mel_only else sorted(a.values.keys() & b.values.keys())
    differing = [name for name in names if a.values.get(name) != b.values.get(name)]
    if differing:
        table = "; ".join(f"{name} is {a.values.get(name)} in {what_a} and {b.values.get(name)} in {what_b}"
                          for name in differing)
        raise UserError(f"{what_a} and {what_b} do not fit together: {table}. Use artefacts of one configuration, "
                        f"or make one of them again with the other's `features:` section")


def _hash(values: dict) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]
