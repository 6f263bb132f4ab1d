"""Raw text to words and marks, with a trace of every rewrite. The text is cleaned character by character, then read from left to
right: at each place the plain word, the first rule that applies (`numeric_rules.py`, `written_rules.py`), a mark, or a dropped
character. What a rule says is spread over words that all carry the rule's raw span, so every word knows the characters it came
from ("42" -> forty, two)."""

from __future__ import annotations

import functools
import html
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from tts.text.characters import LETTER, CleanText, clean, script
from tts.text.languages import get_language
from tts.text.numeric_rules import numeric_rules
from tts.text.rules import Rule, capitalised_too
from tts.text.tokens import CLOSING, DASHES, MARKS, OPENING, QUOTES, Mark, Word
from tts.text.trace import Rewrite
from tts.text.wording import get_wording
from tts.text.written_rules import address_rules, unpronounceable, written_rules

# A word that no rule can want: small letters (perhaps one capital in front) up to a blank or a mark that ends a word.
_SMALL = rf"{LETTER}(?:(?![A-ZÀ-ÖØ-Þ]){LETTER})*"
_SIMPLE = re.compile(rf"(?P<word>{_SMALL}(?:['’\-]{LETTER}+)*)(?P<mark>[,;:!?]?)(?=[\s\])”»\"…—]|$)|(?P<last>{_SMALL})\.(?=\s|$)")
_APOSTROPHE_WORD = re.compile(rf"['’]{LETTER}+")
_DASH_RUN = re.compile(f"[{re.escape(DASHES)}]+")
_DOTS = re.compile(r"\.{3,}")
_WORD_AHEAD = re.compile(r".*?[^\W_]", re.DOTALL)
_LATIN = re.compile("[ -~À-ɏ’‐‑]*")
_DIGITS = re.compile(r"\d+")
_CHUNK = re.compile(r"[\w'’.\-]*\w")
_ENTITY = re.compile(r"&(?:#(\d{1,7})|(\w{2,12}));")
_SPELLED = re.compile(rf"({LETTER}(?:\.{LETTER})+)(?:'{LETTER}+)?")
_SPACE = re.compile(r"[ ]+")


@dataclass(frozen=True)
class Normalized:
    """`tokens` are words and marks in order; `trace` the rewrites in the order of the text."""

    tokens: list[Word | Mark]
    trace: list[Rewrite]


class Normalizer:
    """Normalises texts of one language. `known` holds words that are to be left as they stand (the user's dictionary)."""

    def __init__(self, language: str, known: Collection[str] = ()):
        self.language = get_language(language)
        self.wording = get_wording(self.language.code)
        self.known = known
        rules = [*address_rules(), *numeric_rules(self.wording), *written_rules(self.wording)]
        self.rules = {start: [rule for rule in rules if start in rule.starts] for start in "a1."}
        abbreviations = capitalised_too(self.wording.abbreviations | self.wording.before_number | self.wording.before_name)
        starts = [*abbreviations, *self.wording.months, *(month.capitalize() for month in self.wording.months),
                  *self.wording.month_abbreviations]
        self.suspects = frozenset(re.match(r"\w*", start)[0] for start in starts)

    def normalize(self, raw: str) -> Normalized:
        """The words and marks of a text; a text without any has none, which is the caller's to judge."""
        trace: list[Rewrite] = []
        text = clean(raw, trace)
        cleaned = len(trace)
        reading = _Reading(self, raw, text, trace)
        while reading.at < len(text.text):
            reading.step()
        if cleaned:
            trace.sort(key=lambda rewrite: rewrite.span)
        return Normalized(reading.tokens, trace)


class _Reading:
    """One text being read: where we are, what came out so far."""

    def __init__(self, normalizer: Normalizer, raw: str, text: CleanText, trace: list[Rewrite]):
        self.normalizer, self.wording, self.scripts = normalizer, normalizer.wording, normalizer.language.scripts
        self.raw, self.clean, self.text, self.trace = raw, text, text.text, trace
        self.at, self.tokens, self.before = 0, [], ""
        self.shouted = _is_shouted(self.text)

    def step(self) -> None:
        """Read one token, or skip one blank or quotation mark."""
        blank = _SPACE.match(self.text, self.at)
        if blank:
            self.at = blank.end()
            return
        simple = _SIMPLE.match(self.text, self.at)
        if simple and self._is_simple(simple):
            return
        if self._known() or self._rule() or self._word() or self._mark():
            return
        self._sign()

    def _is_simple(self, match: re.Match) -> bool:
        """Take a plain word with the mark behind it, unless it may begin something larger."""
        group = "word" if match["word"] else "last"
        word = match[group]
        if not self.normalizer.suspects.isdisjoint((word, word.split("-")[0])) or (not word.isascii() and self._foreign(word)):
            return False
        start, end = match.span(group)
        self._add(word, self.clean.span(start, end))
        if end < match.end() and (group == "last" or match["mark"]):
            self.tokens.append(Mark(self.text[end], self.clean.span(end, end + 1)))
        self.at = match.end()
        return True

    def _known(self) -> bool:
        """A word that the user's dictionary has as it stands, digits, capitals and all."""
        if not self.normalizer.known:
            return False
        chunk = _CHUNK.match(self.text, self.at)
        if not chunk or not (chunk[0] in self.normalizer.known or chunk[0].lower() in self.normalizer.known):
            return False
        self._add(chunk[0], self.clean.span(*chunk.span()))
        self.at = chunk.end()
        return True

    def _rule(self) -> bool:
        """Let the first rule that applies speak."""
        character = self.text[self.at]
        if character == "&" and (entity := _ENTITY.match(self.text, self.at)):
            return self._entity(entity)
        if character.isalpha() and not _is_part(character):
            return False  # a Chinese character is a word by itself; rules that look along a run of letters would never end
        for rule in self.normalizer.rules["a" if character.isalpha() else "1" if character.isdecimal() else "."]:
            match = rule.pattern.match(self.text, self.at)
            if match is None or not match[0]:
                continue
            if self.shouted and (rule.name == "Roman numeral" or rule.name == "capitals" and not unpronounceable(match["word"])):
                continue
            if match[0][0] in "-−+" and rule.name != "sign" and self.at and self.text[self.at - 1].isalnum():
                continue  # a hyphen or 2+2, not a number's own sign
            said = rule.read(match, self.wording, self.before)
            if said is not None:
                self._say(said, match, rule)
                return True
        return False

    def _say(self, said: str, match: re.Match, rule: Rule) -> None:
        """Spread what a rule says over words with the rule's span."""
        start, end = match.span()
        span = self.clean.span(start, end)
        self._trace(span, said.replace(" , ", ", "), rule.name)
        for word in said.split():
            if word in MARKS:
                self.tokens.append(Mark(MARKS[word], span))
            elif _SPELLED.fullmatch(word):
                self._add(word.replace(".", ""), span, word)
            elif rule.name == "capitals":
                self._add(match[0], span, word)
            else:
                self._add(word, span)
        self.at = end
        if rule.name in ("abbreviation", "acronym", "time") and match[0][-1] == "." and not _WORD_AHEAD.match(self.text, end):
            self.tokens.append(Mark(".", (span[1] - 1, span[1])))  # the full stop ends the text too

    def _entity(self, match: re.Match) -> bool:
        """&amp; and its like: the sign they stand for, read in their place."""
        character = html.unescape(match[0])
        if character == match[0]:  # no such entity
            return False
        span, said = self.clean.span(*match.span()), self.wording.symbols.get(character, character if character.isalnum() else "")
        self._trace(span, said, "markup")
        for word in said.split():
            self._add(word, span)
        self.at = match.end()
        return True

    def _word(self) -> bool:
        """A word with its inner hyphens and apostrophes, in any script; a Chinese character is a word by itself."""
        lead = self.text[self.at] in "'’"
        if lead and (self.at == 0 or not self.text[self.at - 1].isalnum()):
            match = _APOSTROPHE_WORD.match(self.text, self.at)
            if match and match[0].lower().replace("’", "'") in self.wording.apostrophe_words:
                self._add(match[0], self.clean.span(*match.span()))
                self.at = match.end()
                return True
        first = self.text[self.at]
        if first.isdecimal():  # only where digits are left to the voice
            end = _DIGITS.match(self.text, self.at).end()
        elif first.isalpha():
            end = self._word_end() if _is_part(first) else self.at + 1
        else:
            return False
        word, span = self.text[self.at:end], self.clean.span(self.at, end)
        if self._foreign(word):
            self._trace(span, word, "foreign script")
        self._add(word.lower() if self.shouted else word, span)
        self.at = end
        return True

    def _word_end(self) -> int:
        """Where the word that begins here ends."""
        at = self.at + 1
        while at < len(self.text):
            following = self.text[at + 1: at + 2]
            if _is_part(self.text[at]) or unicodedata.category(self.text[at])[0] == "M":
                at += 1
            elif self.text[at] in "'’-‐‑" and following and _is_part(following):
                at += 2
            else:
                break
        return at

    def _mark(self) -> bool:
        """Punctuation: a pause, or nothing where it makes none."""
        character, end = self.text[self.at], self.at + 1
        before, after = self.text[self.at - 1] if self.at else " ", self.text[end] if end < len(self.text) else " "
        if dots := _DOTS.match(self.text, self.at):
            symbol, end = "…", dots.end()
        elif character in DASHES:
            symbol, end = self._dash(before)
        elif character == "\n":
            symbol = "." if after == "\n" else ""
        elif character in QUOTES:
            symbol = ""
        elif character in OPENING:
            symbol = "" if before.isalnum() else ","
        elif character in CLOSING:
            symbol = "" if after.isalnum() else ","
        elif character == "." and before.isalnum() and after.isalnum():
            symbol = ""
        elif character in MARKS:
            symbol = MARKS[character]
        elif character == "/":
            self._trace(self.clean.span(self.at, end), "", "slash")
            symbol = ""
        else:
            return False
        if symbol:
            self.tokens.append(Mark(symbol, self.clean.span(self.at, end)))
        self.at = end
        return True

    def _dash(self, before: str) -> tuple[str, int]:
        """A run of dashes: a pause if it stands apart or is a long one, nothing if it is a hyphen."""
        end = _DASH_RUN.match(self.text, self.at).end()
        after = self.text[end] if end < len(self.text) else " "
        apart = before.isspace() and after.isspace()
        between = before.isalnum() and after.isalnum()
        long = self.text[self.at] in "—―⸺" or end - self.at > 1 or (self.text[self.at] == "–" and not between)
        return "—" if apart or long else "", end

    def _sign(self) -> None:
        """A sign that nothing above reads: left to the voice where the language has no table, else dropped by name."""
        character, span = self.text[self.at], self.clean.span(self.at, self.at + 1)
        if not self.wording.symbols and character in "&+=%°§@#€$£<>~":
            self._trace(span, character, "sign")
            self._add(character, span)
        else:
            self._trace(span, "", "emoji" if _is_emoji(character) else "sign dropped")
        self.at += 1

    def _add(self, text: str, span: tuple[int, int], say: str | None = None) -> None:
        self.tokens.append(Word(text, span, (say or text).replace("’", "'").replace("‐", "-").replace("‑", "-")))
        self.before = text.lower()

    def _trace(self, span: tuple[int, int], replaced: str, rule: str) -> None:
        self.trace.append(Rewrite(span, self.raw[span[0]:span[1]], replaced, rule))

    def _foreign(self, word: str) -> bool:
        """Whether the word has letters that the language's voice cannot read."""
        if "LATIN" in self.scripts and _LATIN.fullmatch(word):
            return False
        return any(script(letter) not in self.scripts for letter in word if letter.isalpha())


def _is_part(character: str) -> bool:
    """Whether a character goes on with a word: a letter, but no Chinese one."""
    return character.isalpha() and script(character) != "CJK"


def _is_shouted(text: str) -> bool:
    """No small letter, and at least two words of two letters or more, one of them four letters long and no acronym."""
    if text.upper() != text or text.lower() == text:
        return False
    words = re.findall(rf"{LETTER}{{2,}}", text)
    return len(words) >= 2 and any(len(word) >= 4 and not unpronounceable(word) for word in words)


@functools.lru_cache(maxsize=4096)
def _is_emoji(character: str) -> bool:
    return 0x1F000 <= ord(character) <= 0x1FAFF or 0x2600 <= ord(character) <= 0x27BF or 0x2300 <= ord(character) <= 0x23FF
