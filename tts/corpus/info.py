"""What a manifest holds: utterances, hours, texts, per speaker, language, style and split. One pass, nothing but counts
kept."""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from tts.corpus.hashing import hash64
from tts.corpus.manifest import read_manifest
from tts.corpus.split import text_key

COLUMNS = ("speaker", "language", "style", "split")


@dataclass
class Amount:
    utterances: int = 0
    seconds: float = 0.0


@dataclass
class CorpusInfo:
    """Amounts in all, and by the values of each column (sorted by name); `texts` counts different transcripts."""

    total: Amount = field(default_factory=Amount)
    by: dict[str, dict[str, Amount]] = field(default_factory=dict)
    texts: int = 0
    without_seconds: int = 0
    shortest_seconds: float | None = None
    longest_seconds: float | None = None

    def to_dict(self) -> dict:
        return asdict(self)

    def table(self) -> str:
        """One line a value, under its column's name."""
        lines = []
        for column, values in self.by.items():
            lines.append(f"{column:30} {'utterances':>10} {'hours':>9} {'mean s':>7}")
            for name, amount in values.items():
                mean = amount.seconds / amount.utterances
                lines.append(f"  {name:28} {amount.utterances:10} {amount.seconds / 3600:9.3f} {mean:7.2f}")
        return "\n".join(lines)

    def __str__(self) -> str:
        length = f", {self.shortest_seconds:.1f}-{self.longest_seconds:.1f} s each" if self.shortest_seconds is not None else ""
        unknown = f"; {self.without_seconds} without known length" if self.without_seconds else ""
        counts = ", ".join(f"{len(self.by[column])} {column}s" for column in COLUMNS[:3])
        return (f"{self.total.utterances} utterances, {self.total.seconds / 3600:.3f} h{length}, {counts}, "
                f"{self.texts} different texts{unknown}")


def corpus_info(manifest: str | Path) -> CorpusInfo:
    """Count a manifest."""
    info, texts = CorpusInfo(), array("Q")
    by: dict[str, dict[str, Amount]] = {column: defaultdict(Amount) for column in COLUMNS}
    for utterance in read_manifest(manifest):
        texts.append(hash64(text_key(utterance.text)))
        for amount in [info.total] + [by[column][getattr(utterance, column) or "(none)"] for column in COLUMNS]:
            amount.utterances += 1
            amount.seconds += utterance.seconds or 0.0
        if utterance.seconds is None:
            info.without_seconds += 1
            continue
        info.shortest_seconds = min(utterance.seconds, info.shortest_seconds or utterance.seconds)
        info.longest_seconds = max(utterance.seconds, info.longest_seconds or 0.0)
    info.texts = len(np.unique(np.array(texts)))
    info.by = {column: dict(sorted(values.items())) for column, values in by.items()}
    return info
