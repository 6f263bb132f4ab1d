"""Changes of prosody, each a pure function from `Prosody` to `Prosody`.

Words are chosen as `tts prosody show` numbers them: "3" · "2-4" · "evening" (all words with that text) · "all" (every word) ·
"p1" (the first pause) · "pauses" (every pause) · "longest" (the word with most letters, the last word left aside) · several of
these with commas between.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from tts.errors import UserError
from tts.prosody.mapping import map_units, plain
from tts.prosody.measure import MEASURES, Measured
from tts.prosody.prosody import LATENT_DECIMALS, Prosody, WordProsody, edits, require_space, rounded

GROUPS = ("all", "pauses")
EXACT = 6  # decimals that numbers keep when they are computed
_NUMBERS = re.compile(r"(p?)(\d+)(?:-(p?)(\d+))?")

Latent = tuple[float, ...]


@dataclass(frozen=True)
class Latents:
    """Latents of one word or pause; None where there are none."""

    acoustic: Latent | None
    timing: Latent | None


@dataclass(frozen=True)
class Centre:
    """The mean latents of words, and of pauses."""

    word: Latents
    pause: Latents


def select(prosody: Prosody, words: str) -> list[int]:
    """Positions in `prosody.words` of the words and pauses chosen, in order."""
    chosen: set[int] = set()
    for part in words.split(","):
        chosen |= set(_select_one(prosody, part.strip()))
    return sorted(chosen)


def shift(prosody: Prosody, words: str, semitones: float = 0.0, stretch: float = 1.0, gain_db: float = 0.0, f0_range: float = 1.0,
          slope: float = 0.0) -> Prosody:
    """Ask for a change of the chosen words, on top of changes asked for before.

    semitones  added to F0; where none was measured it counts from the utterance's median; pauses have none
    stretch    factor of the duration; larger is slower
    gain_db    added to the level
    f0_range   factor of the melody's range
    slope      semitones per second added
    """

    def change(word: WordProsody) -> WordProsody:
        f0_st, slope_st_s = word.f0_st, word.f0_slope_st_s
        if not word.is_pause:
            f0_st = (f0_st or 0.0) + semitones if semitones else f0_st
            slope_st_s = (slope_st_s or 0.0) + slope if slope else slope_st_s
        return replace(
            word,
            duration_ms=rounded(word.duration_ms * stretch, EXACT),
            f0_st=rounded(f0_st, EXACT),
            f0_range_st=None if word.f0_range_st is None else rounded(word.f0_range_st * f0_range, EXACT),
            f0_slope_st_s=rounded(slope_st_s, EXACT),
            energy_db=None if word.energy_db is None else rounded(word.energy_db + gain_db, EXACT),
        )

    changed = _change(prosody, select(prosody, words), change)
    edits(changed)  # refuses what no voice can follow
    return changed


def mask(prosody: Prosody, words: str) -> Prosody:
    """Take the latents of the chosen words away: the text fills in; changes asked for stay."""
    return _change(prosody, select(prosody, words), lambda word: replace(word, acoustic=None, timing=None))


def scale(prosody: Prosody, factor: float, centre: Centre | None = None) -> Prosody:
    """Move all latents away from the centre or towards it: 0 is flat, 1 is the same, 1.5 exaggerates. The centre is the
    utterance's own unless given. The numbers stay those of the recording: what became of them is seen after synthesis."""
    if not 0 <= factor <= 5:
        raise UserError(f"scale {factor:g}: expected 0 to 5; 0 is flat, 1 changes nothing, 1.5 exaggerates")
    centre = centre or own_centre(prosody)

    def change(word: WordProsody) -> WordProsody:
        mean = centre.pause if word.is_pause else centre.word
        return replace(word, acoustic=_mix(mean.acoustic, word.acoustic, factor), timing=_mix(mean.timing, word.timing, factor))

    return _change(prosody, range(len(prosody.words)), change)


def own_centre(prosody: Prosody) -> Centre:
    """The mean of the utterance's own words, and of its pauses."""
    groups = [[word for word in prosody.words if word.is_pause == pause] for pause in (False, True)]
    return Centre(*(Latents(_mean(word.acoustic for word in group), _mean(word.timing for word in group)) for group in groups))


def copy(prosody: Prosody, other: Prosody, words: str = "all", mapping: str = "auto") -> Prosody:
    """Give the chosen words of `prosody` all that `other` has for them: numbers and latents. `mapping` says which word takes
    which (see mapping.py; it counts in the whole of both texts). A word that was chosen by name or number and takes none is a
    `UserError`; "all" and "pauses" leave such as they are."""
    require_space(other, prosody.space, prosody.source)
    taken = _partners(prosody, other, mapping)
    chosen = select(prosody, words)
    named = ",".join(part for part in words.split(",") if part.strip() not in GROUPS)
    without = [prosody.labels[position] for position in (select(prosody, named) if named else ()) if taken[position] is None]
    if without:
        raise UserError(f"{other.source} has nothing for {', '.join(without)} of {prosody.source} with map {mapping!r}; say "
                        "what to take with --map, as 3:5 (word 3 takes that of word 5)")
    entries = list(prosody.words)
    for position in chosen:
        if taken[position] is not None:
            entries[position] = replace(taken[position], text=entries[position].text, is_pause=entries[position].is_pause)
    return replace(prosody, words=tuple(entries))


def blend(a: Prosody, b: Prosody, weight: float, mapping: str = "auto") -> Prosody:
    """Between a (weight 0) and b (weight 1), numbers and latents, for the text of a. A word that has no partner in b stays as it
    is; what only one of two partners has is that of the nearer."""
    if not 0 <= weight <= 1:
        raise UserError(f"blend {weight:g}: expected 0 (all of {a.source}) to 1 (all of {b.source})")
    require_space(b, a.space, a.source)
    pairs = zip(a.words, _partners(a, b, mapping))
    words = tuple(word if other is None else _between(word, other, weight) for word, other in pairs)
    source = a.source if a.source == b.source or weight == 0 else f"{a.source} + {b.source}"
    return replace(a, words=words, source=source)


def _select_one(prosody: Prosody, part: str) -> Iterable[int]:
    spoken = [i for i, word in enumerate(prosody.words) if not word.is_pause]
    pauses = [i for i, word in enumerate(prosody.words) if word.is_pause]
    if part == "longest":
        return [max(spoken[:-1] or spoken, key=lambda i: len(prosody.words[i].text))]
    if part in GROUPS:
        return spoken if part == "all" else pauses
    if numbers := _NUMBERS.fullmatch(part):
        positions, what = (pauses, "pauses") if numbers[1] else (spoken, "words")
        first, last = int(numbers[2]), int(numbers[4] or numbers[2])
        if (numbers[4] and numbers[1] != numbers[3]) or not 1 <= first <= last <= len(positions):
            raise UserError(f"{part!r}: expected numbers from 1 to {len(positions)}, for the utterance has {len(positions)} "
                            f"{what}; see `tts prosody show`")
        return positions[first - 1 : last]
    found = [i for i in spoken if plain(prosody.words[i].text) == plain(part)]
    if not found:
        known = [prosody.words[i].text for i in spoken]
        near = difflib.get_close_matches(part, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        raise UserError(f"no word {part!r}{hint} The words are: {' '.join(known)[:300]}; choose as 3, 2-4, a word, all, "
                        "longest, p1 or pauses")
    return found


def _change(prosody: Prosody, positions: Iterable[int], change: Callable[[WordProsody], WordProsody]) -> Prosody:
    chosen = set(positions)
    return replace(prosody, words=tuple(change(word) if i in chosen else word for i, word in enumerate(prosody.words)))


def _partners(prosody: Prosody, other: Prosody, mapping: str) -> list[WordProsody | None]:
    """What each word and pause of `prosody` has in `other`."""
    mapped = map_units(other, prosody.words, mapping, put_in_pauses=False)
    return mapped.words(other)


def _between(a: WordProsody, b: WordProsody, weight: float) -> WordProsody:
    nearer = a if weight < 0.5 else b
    wanted, measured = {}, {}
    for name in MEASURES:
        if None in (getattr(a.measured, name), getattr(b.measured, name), getattr(a, name), getattr(b, name)):
            wanted[name], measured[name] = getattr(nearer, name), getattr(nearer.measured, name)
        else:
            wanted[name] = _mix_number(getattr(a, name), getattr(b, name), weight)
            measured[name] = _mix_number(getattr(a.measured, name), getattr(b.measured, name), weight)
    for name in ("acoustic", "timing"):
        both = getattr(a, name), getattr(b, name)
        wanted[name] = getattr(nearer, name) if None in both else _mix(*both, weight)
    return replace(a, **wanted, measured=Measured(**measured))


def _mix(a: Latent | None, b: Latent | None, weight: float) -> Latent | None:
    """a at weight 0, b at weight 1, beyond it at larger ones; None if either is."""
    if a is None or b is None:
        return None
    if weight in (0, 1):
        return b if weight else a
    return tuple(rounded(x + weight * (y - x), LATENT_DECIMALS) for x, y in zip(a, b, strict=True))


def _mix_number(a: float, b: float, weight: float) -> float:
    return a if weight == 0 else b if weight == 1 else rounded(a + weight * (b - a), EXACT)


def _mean(latents: Iterable[Latent | None]) -> Latent | None:
    present = [latent for latent in latents if latent is not None]
    return tuple(rounded(sum(values) / len(present), LATENT_DECIMALS) for values in zip(*present)) if present else None
