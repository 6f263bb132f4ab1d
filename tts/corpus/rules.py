"""What can be wrong with an utterance: one table of rules, the limits they use, and the finding that breaks one.

An *error* breaks or poisons what comes after and every error has a mend, if only to drop the utterance (`fix.py`); a
*warning* is for somebody to look at. Add a rule here, find it in `text_check.py`, `sound_check.py` or `validate.py`, and
break it in its test.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Limits:
    """Numbers of the rules; seconds, letters and Hz."""

    sample_rate: int | None = None  # Hz; None: whatever most recordings have
    shortest_seconds: float = 0.3  # of speech, silence at the edges not counted
    long_seconds: float = 30.0
    longest_seconds: float = 120.0  # one such utterance would need the memory of a whole batch
    edge_silence_seconds: float = 1.0
    inner_silence_seconds: float = 2.0
    longest_letters: int = 600
    slowest_letters_per_second: float = 2.0  # a wide letter (Han, kana, Hangul) counts as two, a digit as four
    fastest_letters_per_second: float = 35.0
    rate_z_score: float = 3.5  # robust, of log letters per second of the speaker in that style
    rate_seconds: float = 0.7  # and so far from the length that the tempo gives; both: 0.6 % of good, 95 % of halved texts
    clipped_samples: int = 10  # in runs of three or more at full scale
    offset: float = 0.02  # of full scale
    rumble_share: float = 0.5  # of the energy, below about 60 Hz


@dataclass(frozen=True)
class Rule:
    """`expected` may name fields of Limits in braces. `mend` is what `fix` does: drop, text, language, trim, convert, seconds."""

    name: str
    severity: str  # error or warning
    expected: str
    advice: str
    mend: str | None = None


_DROP = "correct the source, or let fix drop it"

RULES = {rule.name: rule for rule in (
    Rule("unsafe-id", "error", "letters, digits, _ - . only, not starting with a dot", "rename it, or let fix drop it", "drop"),
    Rule("duplicate-id", "error", "every id once", "rename one, or let fix drop the later one", "drop"),
    Rule("missing-field", "error", "a speaker and a language", _DROP, "drop"),
    Rule("unknown-language", "error", "a language code such as en-us or de", "correct it, or let fix drop the utterance", "drop"),
    Rule("language-spelling", "error", "the language's one code", "let fix write it so", "language"),
    # text
    Rule("empty-text", "error", "a transcript", _DROP, "drop"),
    Rule("no-letters", "error", "at least one letter or digit", _DROP, "drop"),
    Rule("control-characters", "error", "printable characters and blanks", "let fix take them out", "text"),
    Rule("lost-characters", "error", "text decoded with its own encoding",
         "read the source with its right encoding, or let fix drop it", "drop"),
    Rule("wrong-script", "error", "mostly letters of the language's script",
         "check the language column, or let fix drop it", "drop"),
    Rule("foreign-letters", "warning", "letters of the language's script", "write such names as they are spoken"),
    Rule("markup", "warning", "plain text", "take the markup out of the transcript"),
    Rule("long-text", "warning", "up to {longest_letters} letters", "cut the recording into sentences"),
    # sound
    Rule("missing-audio", "error", "a file below the manifest's folder", "copy it there, or let fix drop the utterance", "drop"),
    Rule("unreadable-audio", "error", "WAV, FLAC, OGG or another form that libsndfile reads",
         "export it again, or let fix drop it", "drop"),
    Rule("not-finite", "error", "finite samples", "export it again, or let fix drop it", "drop"),
    Rule("silent", "error", "speech", "record it again, or let fix drop it", "drop"),
    Rule("too-short", "error", "{shortest_seconds} s of speech or more", _DROP, "drop"),
    Rule("too-long", "error", "{longest_seconds:.0f} s or less", "cut it into sentences, or let fix drop it", "drop"),
    Rule("long-audio", "warning", "{long_seconds:.0f} s or less", "cut it into sentences"),
    Rule("wrong-seconds", "error", "the manifest's seconds to be the file's", "let fix write them anew", "seconds"),
    Rule("several-channels", "error", "mono", "let fix average the channels", "convert"),
    Rule("wrong-rate", "error", "{sample_rate} Hz", "let fix resample it", "convert"),
    Rule("mixed-rates", "warning", "one rate for all", "import with --sample-rate, or fix with it"),
    Rule("edge-silence", "warning", "up to {edge_silence_seconds} s of silence at either end", "let fix trim it", "trim"),
    Rule("inner-silence", "warning", "pauses up to {inner_silence_seconds} s", "listen: is text missing, or speech?"),
    Rule("clipping", "warning", "fewer than {clipped_samples} samples in runs at full scale",
         "record or export it with less gain"),
    Rule("offset", "warning", "a mean below {offset} of full scale", "take the offset out with a high-pass"),
    Rule("rumble", "warning", "less than {rumble_share:.0%} of the energy below 60 Hz", "take it out with a high-pass"),
    # text and sound together
    Rule("implausible-rate", "error", "{slowest_letters_per_second} to {fastest_letters_per_second} letters a second of speech",
         "listen: text and sound do not belong together; fix drops it", "drop"),
    Rule("unusual-rate", "warning", "a tempo near the speaker's own", "listen: is text missing, or speech?"),
    Rule("duplicate-audio", "error", "every recording once", "let fix drop the later one", "drop"),
    Rule("conflicting-text", "error", "one transcript for one recording",
         "keep the right one; fix drops all of them, for it cannot know", "drop"),
)}


@dataclass(frozen=True)
class Finding:
    """One utterance breaks one rule. `row` counts the manifest's utterances from 0, for ids may be what is wrong."""

    row: int
    utterance: str
    rule: str
    found: str
    expected: str

    @property
    def severity(self) -> str:
        return RULES[self.rule].severity

    def to_dict(self) -> dict:
        return asdict(self) | {"severity": self.severity, "advice": RULES[self.rule].advice}

    def __str__(self) -> str:
        return (f"{self.severity} {self.rule}: {self.utterance}: found {self.found}; expected {self.expected}; "
                f"{RULES[self.rule].advice}")


def finding(row: int, utterance: str, rule: str, found: str, limits: Limits, expected: str | None = None) -> Finding:
    """A Finding whose expectation has the limits' numbers, unless the caller knows better."""
    return Finding(row, utterance, rule, found, expected or RULES[rule].expected.format(**vars(limits)))
