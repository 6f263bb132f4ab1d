"""Rules for what begins with a letter or a sign: addresses of pages and mail, handles and tags, markup, abbreviations, Roman
numerals, capitals, words with digits in them, and signs that are said. `address_rules()` are tried before the rules for numbers,
`written_rules(wording)` after them, each in its order.

Capitals: a word all in capitals is read as a word if the table of acronyms has it (NASA), if it is one of the language's short
words (SO), or if it has four or more letters with both a vowel and a consonant; else it is spelled (BBC, HTML). A text without
any small letter is shouted: its words are read as words, but for those that cannot be (`normalize.py`)."""

from __future__ import annotations

import re

from tts.text import numbers
from tts.text.characters import LETTER
from tts.text.rules import Rule, alternatives, capitalised_too, from_table
from tts.text.wording import Wording

_TLD = "com|org|net|edu|gov|info|io|eu|de|at|ch|es|nl|be|fr|uk|us|ca|mx|ar|it|pl|ru|jp|kr|cn|br|au|tv|me|dev|app|ai"
_ROMAN = {"I": 1, "V": 5, "X": 10}
_ROMAN_FORM = (r"(?P<roman>X{1,3}(?:IX|IV|V?I{0,3})|IX|IV|V?I{2,3}|VI)"
               r"(?:(?P<ordinal>e|ème)(?!\w)|(?![\w'’]))(?P<stop>\.(?=\s*\w))?")
_VOWELS = re.compile("[aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿ]", re.IGNORECASE)


def address_rules() -> list[Rule]:
    """What would be torn apart if numbers and abbreviations were looked for first: markup, addresses, handles, tags."""
    # A label of an address has 63 characters at most; without that bound a long odd line takes quadratic time.
    page = rf"(?:https?://|www\.)[^\s<>\"”»]*[\w/]|[\w-]{{1,63}}(?:\.[\w-]{{1,63}})*\.(?:{_TLD})(?![\w@])(?:/[^\s<>\"”»]*[\w/])?"
    return [
        Rule("markup", ".", re.compile(r"</?[a-zA-Z][^<>]{0,80}>|\*+|`+|_+|\||\\|\^|^#+(?=\s)"), _nothing),
        Rule("address", "a1", re.compile(page), _address),
        Rule("mail address", "a1", re.compile(r"[\w.+-]{0,63}\w@[\w-]+(?:\.[\w-]+)+"), _address),
        Rule("handle", ".", re.compile(r"@\w+"), _handle),
        Rule("tag", ".", re.compile(rf"#(?=\w*{LETTER})\w+"), _handle),
    ]


def written_rules(wording: Wording) -> list[Rule]:
    """The rules for abbreviations, capitals, words with digits and signs of one language."""
    # Bounded, for a script without blanks may run on for a page and is looked at anew at each of its words.
    ending = rf"(?P<word>{LETTER}{{2,40}})\((?P<ending>{LETTER}{{1,3}})\)(?!\w)"
    with_digits = rf"(?=\d{{0,40}}{LETTER}{{1,40}}\d|\d{{1,40}}{LETTER})[^\W_]{{1,80}}(?![^\W_])"
    capitals = rf"(?P<word>{LETTER}{{2,40}}?)(?P<ending>(?<=[A-Z])s|['’]{LETTER}{{1,3}})?(?!\w)"
    rules = _abbreviation_rules(wording) + [
        Rule("optional ending", "a", re.compile(ending), _with_ending),
        Rule("Roman numeral", "a", re.compile(_ROMAN_FORM), _roman),
        Rule("acronym", "a", re.compile(rf"(?:{LETTER}\.){{2,}}(?:{LETTER}(?!\w))?"), _dotted),
        Rule("acronym", "a", re.compile(rf"{LETTER}{{1,3}}(?:&{LETTER}{{1,3}})+(?!\w)"), _ampersand),
        Rule("word with digits", "a1", re.compile(with_digits), _letters_and_digits),
        Rule("capitals", "a", re.compile(capitals), _capitals),
    ]
    if wording.symbols:
        rules.append(Rule("sign", ".", re.compile(alternatives(wording.symbols)), from_table(wording.symbols)))
    return rules


def _abbreviation_rules(wording: Wording) -> list[Rule]:
    """Abbreviations that hold before a number, before a name, and everywhere, in this order."""
    rules = []
    if wording.before_number:
        table = capitalised_too(wording.before_number)
        rules.append(Rule("abbreviation", "a", re.compile(rf"(?:{alternatives(table)})(?=\s?\d)"), from_table(table)))
    if wording.before_name:
        pattern = rf"(?:{alternatives(wording.before_name)})(?=[\s-]?[^\W\d_a-zà-ÿ])"
        rules.append(Rule("abbreviation", "a", re.compile(pattern), from_table(wording.before_name)))
    if wording.abbreviations:
        table = capitalised_too(wording.abbreviations)
        open_ended = alternatives(key for key in table if key[-1] not in ".-")  # "Mr": must not go on as a word
        pattern = rf"(?:{alternatives(table)})(?<=[.\-])|(?:{open_ended})(?![\w.'’-])"
        rules.append(Rule("abbreviation", "a", re.compile(pattern), from_table(table)))
    return rules


def unpronounceable(word: str) -> bool:
    """Whether a word has no vowel, or nothing else."""
    vowels = len(_VOWELS.findall(word))
    return vowels in (0, len(word))


def spelled(word: str) -> str:
    """"bbc" -> "B.B.C", the notation for one word whose letters are named."""
    return ".".join(word.upper() if len(word.upper()) == len(word) else word)


def _pieces(text: str, wording: Wording) -> list[str]:
    """Runs of letters (CamelCase apart) as words or spelled, runs of digits as numbers, signs by their names in addresses."""
    said = []
    for piece in re.findall(rf"\d+|(?:(?![a-zà-ÿ]){LETTER})+(?![a-zà-ÿ])|{LETTER}[a-zà-ÿ]*|{LETTER}+|[^\w\s]|[²³_]", text):
        if piece.isdecimal():
            said.append(numbers.integer(piece, wording) if wording.numbers and len(piece) <= 4 else numbers.digits(piece,
                wording) if wording.numbers else piece)
        elif piece[0].isalpha():
            said.append(piece if len(piece) == 1 or not unpronounceable(piece) else spelled(piece))
        else:
            said.append(wording.web.get(piece) or wording.symbols.get(piece, ""))
    return [word for word in said if word]


def _nothing(match: re.Match, wording: Wording, before: str) -> str:
    return ""


def _with_ending(match: re.Match, wording: Wording, before: str) -> str:
    """word(s) -> words."""
    return match["word"] + match["ending"]


def _dotted(match: re.Match, wording: Wording, before: str) -> str:
    """U.S.A. -> U.S.A, spelled."""
    return ".".join(re.findall(LETTER, match[0])).upper()


def _address(match: re.Match, wording: Wording, before: str) -> str:
    text = re.sub(r"^https?://", "", match[0])
    return " ".join(_pieces(text, wording))


def _handle(match: re.Match, wording: Wording, before: str) -> str:
    return " ".join(([wording.web["@"]] if match[0][0] == "@" and wording.web else []) + _pieces(match[0][1:].replace("_", " "),
        wording))


def _roman(match: re.Match, wording: Wording, before: str) -> str | None:
    """Only capitals I, V, X, two or more of them, correctly formed, after a word: "Louis XIV", "World War II", "siglo XX"."""
    if not wording.numbers or not wording.months or not (before or match["ordinal"]):
        return None
    values = [_ROMAN[letter] for letter in match["roman"]]
    n = sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0]))
    if match["ordinal"]:
        return numbers.ordinal(n, wording.numbers)
    if before not in {name.lower() for name in wording.regnal_names}:
        return numbers.cardinal(n, wording.numbers) + (" ." if match["stop"] else "")
    stop = " ." if match["stop"] and wording.numbers != "de" else ""  # Heinrich VIII. war, but: This was Henry VIII. He
    if wording.regnal_form == "short ordinal":  # Spanish counts its kings in ordinals up to ten
        said = numbers.ordinal(n, wording.numbers) if n <= 10 else numbers.cardinal(n, wording.numbers)
    elif wording.regnal_form == "cardinal":
        said = numbers.cardinal(n, wording.numbers)
    else:
        said = wording.regnal_form.format(ordinal=numbers.ordinal(n, wording.numbers))
    return said + stop


def _ampersand(match: re.Match, wording: Wording, before: str) -> str | None:
    if not match[0].isupper() or "&" not in wording.symbols:
        return None
    return f" {wording.symbols['&']} ".join(spelled(part) if len(part) > 1 else part for part in match[0].split("&"))


def _letters_and_digits(match: re.Match, wording: Wording, before: str) -> str | None:
    return " ".join(_pieces(match[0], wording)) if wording.numbers else None


def _capitals(match: re.Match, wording: Wording, before: str) -> str | None:
    """NASA, SO, BBC, CDs, BBC's; None for a word with small letters."""
    word, ending = match["word"], (match["ending"] or "").replace("’", "'").lower()
    if not word.isupper() or (ending == "s" and len(word) > 4):
        return None
    pronounceable = word.lower() in wording.short_words or (len(word) > 3 and not unpronounceable(word))
    if word in wording.acronyms or (ending != "s" and pronounceable):
        return word.lower() + ending
    return spelled(word) + ("'s" if ending == "s" else ending)
