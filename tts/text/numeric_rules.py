"""Rules for whatever begins with a digit, a sign or a currency: dates, times, money, measures, ordinals, fractions, ranges,
telephone numbers, versions, plain numbers. `numeric_rules(wording)` gives them in the order in which they are tried."""

from __future__ import annotations

import re
import unicodedata

from tts.text import numbers
from tts.text.characters import KEPT_NUMBERS, LETTER
from tts.text.rules import Rule, alternatives
from tts.text.wording import Noun, Wording

_VULGAR = KEPT_NUMBERS[2:]
_TELEPHONE = r"\+\d[\d ().-]{6,20}\d|\(?\d{3}\)?[ -]\d{3}[ -]\d{4}(?!\d)|0\d{1,4}(?:[ /-]\d{2,}){1,5}(?![\d.,]?\d)"


def numeric_rules(wording: Wording) -> list[Rule]:
    """The rules of one language; none where digits are left to the voice."""
    if wording.numbers is None:
        return []
    number = number_pattern(wording)
    rules = [Rule("date", "1", re.compile(r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)(?![\d-])"), _date)]
    if wording.months:
        rules += _date_rules(wording) + _time_rules() + [Rule("telephone number", "1.", re.compile(_TELEPHONE), _telephone)]
    rules.append(Rule("version", "1", re.compile(r"\d{1,5}(?:\.\d{1,5}){2,}(?!\d)"), _version))
    if wording.numbers == "en":
        rules.append(Rule("decade", "1.", re.compile(r"['’]?(?P<n>\d{2}|1\d{3}|20\d{2})['’]?s\b"), _decade))
    rules += _quantity_rules(wording, number)
    if wording.ordinal_marks:
        pattern = rf"(?P<n>\d{{1,6}})(?P<mark>{wording.ordinal_marks})(?!\w)(?:(?=\s+(?P<word>\w+))|)"
        rules.append(Rule("ordinal", "1", re.compile(pattern), _ordinal))
    return rules + [
        Rule("fraction", "1.", re.compile(rf"(?:(?P<whole>\d{{1,4}})\s?)?(?P<vulgar>[{_VULGAR}])"), _fraction),
        Rule("fraction", "1.", re.compile(r"(?:(?P<whole>\d{1,4})\s)?(?P<top>\d{1,3})/(?P<bottom>\d{1,3})(?![\d/])"), _fraction),
        Rule("range", "1.", re.compile(rf"(?P<a>{number})\s?[-–—]\s?(?P<b>{number})(?![\d-])(?!\w)"), _range),
        Rule("year", "1", re.compile(r"(?<![\d.,])[12]\d{3}(?![\d]|[.,]\d)(?!\w)"), _year),
        Rule("number", "1.", re.compile(rf"[-−+]?(?:{number})(?!\d|[.,]\d)(?!{LETTER})"), _number),
        Rule("number", "1", re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})+(?![.,]?\d)"), _digits_alone),
        Rule("number", "1", re.compile(rf"(?P<a>\d+)[.,](?P<b>\d+)(?![\d])(?!{LETTER})"), _foreign_decimal),
        Rule("number", "1", re.compile(r"\d+"), _digits_alone),
    ]


def number_pattern(wording: Wording) -> str:
    """Grouped or plain digits with an optional decimal part, as the language writes them."""
    decimal, thousands = re.escape(wording.decimal), re.escape(wording.thousands)
    return rf"\d{{1,3}}(?:[{thousands}]\d{{3}})+(?!\d)(?:{decimal}\d+)?|\d+(?:{decimal}\d+)?|{decimal}\d+"


def _date_rules(wording: Wording) -> list[Rule]:
    """3/4/2024, 3 March 2024, March 3rd, 2024, 3. März."""
    months = alternatives([*wording.months, *(name.capitalize() for name in wording.months), *wording.month_abbreviations])
    year = r"(?P<year>[12]\d{3})(?!\d)"
    numeric = r"(?P<a>\d{1,2})(?P<sep>[./-])(?P<b>\d{1,2})(?P=sep)(?P<year>\d{4}|\d{2})(?![\d])"
    rules = [Rule("date", "1", re.compile(numeric), _numeric_date)]
    if wording.day == "ordinal":
        mark = rf"(?:{wording.ordinal_marks})?\s+"
        if wording.ordinal_marks == r"\.":
            mark = r"\.\s*"
            rules.append(Rule("date", "1", re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?!\d)"), _date))
        day_first = rf"(?P<day>\d{{1,2}}){mark}(?:of\s+)?(?P<name>{months})(?!\w)(?:,?\s+{year})?"
        month_first = (rf"(?P<name>{months})\s+(?P<day>\d{{1,2}})(?:{wording.ordinal_marks})?(?![\w:.,%]\d)(?!\w)"
                       rf"(?:,?\s+{year})?")
        rules += [Rule("date", "1", re.compile(day_first), _date), Rule("date", "a", re.compile(month_first), _date)]
    return rules


def _time_rules() -> list[Rule]:
    """9:05, 14h30, 8.05 Uhr, 9:05 p.m., 9 pm."""
    half = r"\s?(?P<half>[aApP]\.?[mM]\b\.?)"
    clock = (r"(?P<hour>\d{1,2})(?:[:h]|\.(?=\d\d\s(?:Uhr|uur|h)\b))(?P<minute>\d\d)(?::(?P<second>\d\d))?(?![\d:])"
             rf"(?:{half}|\s(?:Uhr|uur|h(?!\w)))?")
    return [Rule("time", "1", re.compile(clock), _time),
            Rule("time", "1", re.compile(rf"(?P<hour>1?\d)(?P<minute>)(?P<second>){half}"), _time)]


def _quantity_rules(wording: Wording, number: str) -> list[Rule]:
    """Money before and behind its number, measures, with ranges and words such as million between."""
    scale = rf"(?:\s?(?P<scale>{alternatives(wording.scales)})(?!\w))?" if wording.scales else "(?P<scale>(?!))?"
    value = rf"(?P<n>[-−+]?(?:{number}))(?:\s?[-–]\s?(?P<to>{number}))?(?:,[-–—]+)?{scale}"
    rules = []
    if wording.money:
        sign = rf"(?P<unit>{alternatives(wording.money)})"
        rules += [Rule("money", "a.", re.compile(rf"(?P<minus>[-−])?{sign}\s?{value}(?!\d)"), _money),
                  Rule("money", "1.", re.compile(rf"{value}\s?{sign}(?!{LETTER})"), _money)]
    if wording.units:
        rules.append(Rule("measure", "1.", re.compile(rf"{value}\s?(?P<unit>{alternatives(wording.units)})(?![\w²³])"), _measure))
    return rules


def _date(match: re.Match, wording: Wording, before: str) -> str | None:
    group = match.groupdict()
    name = group.get("name")
    if name:
        month = wording.month_abbreviations.get(name) or [m.lower() for m in wording.months].index(name.lower()) + 1
    else:
        month = int(group["month"])
    return _say_date(int(group["day"]), month, group.get("year"), wording, before)


def _numeric_date(match: re.Match, wording: Wording, before: str) -> str | None:
    day, month = int(match["a"]), int(match["b"])
    if not wording.day_first:
        day, month = month, day
    if month > 12 >= day:  # written in the other country's order
        day, month = month, day
    year = match["year"] if len(match["year"]) == 4 else ("20" if int(match["year"]) < 50 else "19") + match["year"]
    return _say_date(day, month, year, wording, before)


def _say_date(day: int, month: int, year: str | None, wording: Wording, before: str) -> str | None:
    if not (1 <= day <= 31 and 1 <= month <= 12 and wording.months):
        return None
    if wording.day == "ordinal":
        said = _inflect(numbers.ordinal(day, wording.numbers), before, wording, alone=True)
    elif wording.day == "first" and day == 1:
        said = numbers.ordinal(1, wording.numbers)
    else:
        said = numbers.cardinal(day, wording.numbers)
    template = wording.date if year else re.split(r" (?:de )?\{year\}", wording.date)[0]
    if before == "the":  # "the 3rd of March" has its article already
        template = template.removeprefix("the ")
    return template.format(day=said, month=wording.months[month - 1], year=numbers.year(int(year), wording) if year else "")


def _time(match: re.Match, wording: Wording, before: str) -> str | None:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if hour > 24 or minute > 59:
        return None
    gender = wording.hour.gender if wording.hour else "n"
    said_hour = numbers.agree(numbers.cardinal(hour, wording.numbers),
                              gender if gender == "f" or wording.numbers == "de" else "n", wording)
    said_hour = said_hour.replace("veintiuno", "veintiuna") if gender == "f" else said_hour
    nought = f"{wording.zero_minute} " if wording.zero_minute and 0 < minute < 10 else ""
    if minute:
        said = wording.time.format(hour=said_hour, minute=nought + numbers.cardinal(minute, wording.numbers))
    elif match["half"]:
        said = said_hour
    else:
        said = wording.full_hour.format(hour=said_hour)
        if wording.numbers == "en" and (hour > 12 or hour == 0):
            said = f"{said_hour} hundred"
    said = said.replace("une heures", "une heure").replace("una horas", "una hora")
    if match["second"]:
        said += " " + wording.fraction_joint + " " + numbers.counted(str(int(match["second"])), wording.units["s"], wording)
    if match["half"]:
        said += f" {match['half'][0].upper()}.M"
    return said


def _telephone(match: re.Match, wording: Wording, before: str) -> str:
    groups = re.findall(r"\d+", match[0])
    plus = f"{wording.symbols['+']} " if match[0][0] == "+" else ""
    return plus + " , ".join(numbers.digits(group, wording) for group in groups)


def _version(match: re.Match, wording: Wording, before: str) -> str | None:
    parts = match[0].split(".")
    if wording.thousands.startswith(".") and len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:]):
        return None  # a grouped number
    return f" {wording.web.get('.', '')} ".join(numbers.integer(part, wording) for part in parts)


def _money(match: re.Match, wording: Wording, before: str) -> str:
    noun, group = wording.money[match["unit"]], match.groupdict()
    minus = f"{wording.minus} " if group.get("minus") else ""
    whole, mark, cents = match["n"].partition(wording.decimal)
    if group["scale"] or group["to"] or not (mark and len(cents) == 2 and noun.part):
        return minus + _quantity(match, noun, wording)
    said = minus + (numbers.counted(whole or "0", noun, wording))
    if not int(cents):
        return said
    joint = f" {wording.money_joint}" if wording.money_joint else ""
    if wording.money_joint == "and":
        return f"{said}{joint} {numbers.counted(str(int(cents)), noun.part, wording)}"
    return f"{said}{joint} {numbers.cardinal(int(cents), wording.numbers)}"


def _measure(match: re.Match, wording: Wording, before: str) -> str:
    return _quantity(match, wording.units[match["unit"]], wording)


def _quantity(match: re.Match, noun: Noun, wording: Wording) -> str:
    """[n] (to [n]) (million) things."""
    scale = wording.scales[match["scale"]] if match["scale"] else ""
    if match["to"]:
        return " ".join(filter(None, (numbers.number(match["n"], wording), wording.to, numbers.number(match["to"], wording,
            noun.gender), scale, noun.many)))
    if not scale:
        return numbers.counted(match["n"], noun, wording)
    said = numbers.number(match["n"], wording, "m")
    if wording.numbers == "de" and scale in ("Million", "Milliarde") and said == "ein":
        said = "eine"
    elif scale in ("mil", "mille", "tausend", "duizend") and said in ("un", "ein", "één"):
        said = ""
    link = wording.scale_link if scale not in ("mil", "mille") else ""
    link = "d'" if link == "de" and wording.numbers.startswith("fr") and noun.many[0] in "aeiouhéè" else link and link + " "
    return f"{said} {scale} {link}{noun.many}".strip()


def _ordinal(match: re.Match, wording: Wording, before: str) -> str | None:
    n, mark = int(match["n"]), match["mark"]
    language = wording.numbers.split("_")[0]
    if language == "de":
        following = match["word"]
        if not following or not (following[0].islower() or {before, following} & wording.ordinal_cues):
            return None  # the full stop ends a sentence
        return _inflect(numbers.ordinal(n, "de"), before, wording, alone=False)
    said = numbers.ordinal(n, wording.numbers)
    if language == "es":
        if mark.lstrip(".").startswith(("ª", "era", "da", "ta")):
            said = " ".join(word[:-1] + "a" if word.endswith("o") else word for word in said.split())
        elif mark.lstrip(".") == "er":
            said = said[:-1] if said.endswith(("primero", "tercero")) else said
    elif language == "fr":
        if n == 1:
            said = "première" if mark in ("ère", "re", "ière") else "premier"
        elif mark in ("nd", "nde"):
            said = "second" if mark == "nd" else "seconde"
    return said


def _inflect(ordinal: str, before: str, wording: Wording, alone: bool) -> str:
    """The German ordinal as its article wants it: am dritten, der dritte, dritter März."""
    if wording.numbers != "de":
        return ordinal
    if before in ("der", "die", "das", "jede", "diese", "ihre", "seine", "meine", "unsere"):
        return ordinal
    if before in wording.ordinal_cues and before not in ("und", "bis", "ihr", "sein", "mein", "unser", "jeder", "dieser", "jedes",
                                                         "dieses"):
        return ordinal + "n"
    return ordinal + "r" if alone else ordinal


def _decade(match: re.Match, wording: Wording, before: str) -> str | None:
    n = int(match["n"])
    if n % 10:
        return None
    said = numbers.year(n, wording) if n > 99 else numbers.cardinal(n, wording.numbers)
    return said[:-1] + "ies" if said.endswith("y") else said + "s"


def _fraction(match: re.Match, wording: Wording, before: str) -> str | None:
    group = match.groupdict()
    if group.get("vulgar"):
        top, bottom = unicodedata.normalize("NFKC", group["vulgar"]).split("⁄")
    else:
        top, bottom = group["top"], group["bottom"]
    whole = numbers.integer(group["whole"], wording) if group["whole"] else ""
    noun = wording.fractions.get(int(bottom))
    if noun is None or int(top) >= int(bottom):
        said = f"{numbers.integer(top, wording)} {wording.web.get('/', '')} {numbers.integer(bottom, wording)}"
        return f"{whole} {said}".strip()
    if int(bottom) == 2 and wording.numbers == "de":
        said = "einhalb"
    elif int(bottom) == 2 and wording.numbers in ("es", "nl") or int(bottom) == 2 and whole:
        said = {"en": "a half", "fr": "demi"}.get(wording.numbers.split("_")[0], noun.one)
    else:
        said = numbers.counted(str(int(top)), noun, wording)
    if not whole:
        return said
    return whole + said if said == "einhalb" else f"{whole} {wording.fraction_joint} {said}"


def _range(match: re.Match, wording: Wording, before: str) -> str:
    say = [numbers.year(int(part), wording) if re.fullmatch(r"[12]\d{3}", part) else numbers.number(part,
        wording) for part in (match["a"], match["b"])]
    return f"{say[0]} {wording.to} {say[1]}" if wording.to else " ".join(say)


def _year(match: re.Match, wording: Wording, before: str) -> str:
    return numbers.year(int(match[0]), wording)


def _number(match: re.Match, wording: Wording, before: str) -> str:
    return numbers.number(match[0].lstrip("+"), wording)


def _digits_alone(match: re.Match, wording: Wording, before: str) -> str:
    """A whole number, grouped in another country's way perhaps."""
    return numbers.integer(re.sub(r"\D", "", match[0]), wording)


def _foreign_decimal(match: re.Match, wording: Wording, before: str) -> str:
    """3.14 where the language writes 3,14, or the other way round."""
    return f"{numbers.integer(match['a'], wording)} {wording.point} {numbers.digits(match['b'], wording)}"
