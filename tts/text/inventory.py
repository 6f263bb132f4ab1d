"""The phones that a corpus has and a model knows, numbered. It is built once, when a corpus is prepared, saved as JSON with the
version of espeak-ng that gave the phones, carried by every artefact downstream, and never rebuilt on load: a symbol's number
never changes.

The pauses come first, always and in the order of `PAUSES`; then the other symbols, sorted. A symbol that is not in it is an error
in preparation (`ids`, `check`), and in synthesis is said by the nearest known one, with a warning (`fit`)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tts.corpus.manifest import atomic_writer
from tts.corpus.utterance import PAUSES, Phone, Unit, Utterance
from tts.documents import read_json, understood
from tts.errors import UserError
from tts.text.articulation import nearest as nearest_symbols

FORMAT = 1


@dataclass(frozen=True)
class PhoneInventory:
    """symbols  in the order of their ids
    espeak   version of the library that gave them
    counts   how often each was met when the inventory was built; a symbol may have 0 (a pause that the corpus never makes)
    """

    symbols: tuple[str, ...]
    espeak: str
    counts: dict[str, int] = field(default_factory=dict, compare=False)

    def __post_init__(self):
        object.__setattr__(self, "_ids", {symbol: index for index, symbol in enumerate(self.symbols)})

    @classmethod
    def from_counts(cls, counts: dict[str, int], espeak: str) -> PhoneInventory:
        """The inventory of a corpus whose phones were counted."""
        symbols = (*PAUSES, *sorted(set(counts) - set(PAUSES)))
        return cls(symbols, espeak, {symbol: int(counts.get(symbol, 0)) for symbol in symbols})

    @classmethod
    def load(cls, path: str | Path) -> PhoneInventory:
        """The inventory of a file that `save` wrote, as it was written."""
        expected = "expected the phones.json that the text stage writes; run the text stage again"
        with understood(f"phone inventory {path}", expected):
            return cls.from_dict(read_json(path, expected))

    def save(self, path: str | Path) -> None:
        with atomic_writer(path) as file:
            json.dump(self.to_dict(), file, ensure_ascii=False, indent=1)
            file.write("\n")

    def to_dict(self) -> dict:
        """Ready for JSON; goes into checkpoints and fingerprints."""
        return {"format": FORMAT, "espeak": self.espeak, "symbols": list(self.symbols), "counts": self.counts}

    @classmethod
    def from_dict(cls, row: dict) -> PhoneInventory:
        """What `to_dict` gave. Symbols out of order or twice are a ValueError."""
        symbols = tuple(row["symbols"])
        if row["format"] != FORMAT or symbols[: len(PAUSES)] != PAUSES or len(set(symbols)) != len(symbols):
            raise ValueError(f"format {row['format']}, {len(symbols)} symbols beginning with {' '.join(symbols[: len(PAUSES)])}; "
                             f"expected format {FORMAT}, distinct symbols beginning with {' '.join(PAUSES)}")
        return cls(symbols, row["espeak"], {symbol: int(count) for symbol, count in row.get("counts", {}).items()})

    @property
    def hash(self) -> str:
        """Twelve hexadecimal digits that stand for the symbols and their order; goes into feature fingerprints."""
        return hashlib.sha256(" ".join(self.symbols).encode()).hexdigest()[:12]

    def __len__(self) -> int:
        return len(self.symbols)

    def __contains__(self, symbol: str) -> bool:
        return symbol in self._ids

    def ids(self, phones: Iterable[Phone]) -> list[int]:
        """The numbers of phones, in order. Unknown symbols are one error that names them all."""
        phones = list(phones)
        unknown = Counter(phone.symbol for phone in phones if phone.symbol not in self._ids)
        if unknown:
            self._refuse({symbol: (count, ["".join(phone.symbol for phone in phones)[:80]]) for symbol, count in unknown.items()})
        return [self._ids[phone.symbol] for phone in phones]

    def check(self, utterances: Iterable[Utterance]) -> None:
        """Go through a corpus; unknown symbols are one error that lists each with its count and up to three examples."""
        unknown: dict[str, tuple[int, list[str]]] = {}
        for utterance in utterances:
            for symbol, count in Counter(phone.symbol for phone in utterance.phones if phone.symbol not in self._ids).items():
                total, examples = unknown.setdefault(symbol, (0, []))
                unknown[symbol] = (total + count, (examples + [f"{utterance.id}: {utterance.text[:60]}"])[:3])
        if unknown:
            self._refuse(unknown)

    def nearest(self, symbol: str) -> str:
        """The known phone that sounds most like `symbol`; itself if known. Never a pause."""
        if symbol in self._ids:
            return symbol
        known = [other for other in self.symbols if other not in PAUSES]
        if not known:
            raise UserError(f"phone {symbol!r}: the inventory has no phone but pauses; expected one made from a corpus; run the "
                            f"text stage")
        return nearest_symbols(symbol, known)[0]

    def fit(self, units: Iterable[Unit]) -> tuple[list[Unit], list[str]]:
        """The units with every unknown phone said by its nearest, and a warning for each symbol that was replaced."""
        replaced: Counter[str] = Counter()
        fitted = []
        for unit in units:
            phones = []
            for phone in unit.phones:
                if phone.symbol not in self._ids:
                    replaced[phone.symbol] += 1
                phones.append(Phone(self.nearest(phone.symbol), phone.stress, phone.frames))
            fitted.append(Unit(unit.text, unit.span, phones))
        return fitted, [f"phone {symbol!r} ({count} times) is unknown to the model; said as {self.nearest(symbol)!r}" for symbol,
                        count in sorted(replaced.items())]

    def _refuse(self, unknown: dict[str, tuple[int, list[str]]]) -> None:
        known = self.symbols[len(PAUSES):]
        lines = [f"  {symbol!r} {count} times; nearest known: {' '.join(nearest_symbols(symbol, known, 3))}; in "
                 + " | ".join(examples) for symbol, (count, examples) in sorted(unknown.items())]
        raise UserError(f"{len(unknown)} phone symbol(s) are not among the {len(self)} of the inventory (espeak-ng "
                        f"{self.espeak}):\n" + "\n".join(lines) + "\nprepare text and inventory together, or use the "
                        "espeak-ng and the dictionary that made the inventory")


def difference(a: PhoneInventory, b: PhoneInventory) -> str:
    """What differs between two inventories, as a sentence; "" if they number the same symbols alike."""
    parts = []
    for name, only in (("first", [s for s in a.symbols if s not in b]), ("second", [s for s in b.symbols if s not in a])):
        if only:
            parts.append(f"only the {name} has {' '.join(only)}")
    if not parts and a.symbols != b.symbols:
        parts.append("they number the same symbols in another order")
    if parts and a.espeak != b.espeak:
        parts.append(f"made by espeak-ng {a.espeak} and {b.espeak}")
    return "; ".join(parts)
