import pytest

from tts.corpus.utterance import Phone, Unit
from tts.prosody.measure import Measured
from tts.prosody.prosody import Reference, make_prosody


def spoken(text: str) -> list[Unit]:
    """Units of words and marks that stand apart: "_ Good , evening ." """
    return [Unit(word, (0, 0), [Phone(word) if word in "_,.?!" else Phone("a")]) for word in text.split()]


@pytest.fixture
def units_of():
    return spoken


@pytest.fixture
def prosody_of():
    """A prosody of units as `units_of` takes them: word i lasts 100·(i+1) ms, pauses 200 ms, latents count up."""

    def make(text: str, space: str = "model-1", offset: float = 0.0, lengths: dict[int, float] | None = None):
        units = spoken(text)
        measured = [
            Measured((lengths or {}).get(i, 200.0 if unit.is_pause else 100.0 * (i + 1)),
                     *((None, None, None, -60.0) if unit.is_pause else (offset + i / 2, 2.0, -3.0, offset - 1.0)))
            for i, unit in enumerate(units)
        ]
        acoustic = [[offset + i, -i] for i in range(len(units))]
        timing = [[offset - i / 4] for i in range(len(units))]
        return make_prosody(" ".join(u.text for u in units if not u.is_pause), "en-us", None, "folder/a.wav", space, "f00d",
                            Reference(181.234, -24.1), units, measured, acoustic, timing)

    return make
