"""English wording, American and British: they differ in the order of dates and in spelling, not in what is said of numbers."""

from __future__ import annotations

from dataclasses import replace

from tts.text.languages import Language
from tts.text.wording import ACRONYMS, Noun, Wording

_CENT, _PENNY = Noun("cent", "cents"), Noun("penny", "pence")
_MONEY = {
    "€": Noun("euro", "euros", part=_CENT), "$": Noun("dollar", "dollars", part=_CENT),
    "£": Noun("pound", "pounds", part=_PENNY), "¥": Noun("yen", "yen"), "CHF": Noun("franc", "francs", part=_CENT),
    "₹": Noun("rupee", "rupees"),
}
_UNITS = {
    "%": Noun("percent", "percent"), "‰": Noun("per mille", "per mille"), "°C": Noun("degree Celsius", "degrees Celsius"),
    "°F": Noun("degree Fahrenheit", "degrees Fahrenheit"), "°": Noun("degree", "degrees"),
    "km/h": Noun("kilometer per hour", "kilometers per hour"), "mph": Noun("mile per hour", "miles per hour"),
    "m/s": Noun("meter per second", "meters per second"), "km²": Noun("square kilometer", "square kilometers"),
    "m²": Noun("square meter", "square meters"), "m³": Noun("cubic meter", "cubic meters"),
    "km": Noun("kilometer", "kilometers"), "cm": Noun("centimeter", "centimeters"), "mm": Noun("millimeter", "millimeters"),
    "m": Noun("meter", "meters"), "kg": Noun("kilogram", "kilograms"), "mg": Noun("milligram", "milligrams"),
    "g": Noun("gram", "grams"), "lb": Noun("pound", "pounds"), "lbs": Noun("pound", "pounds"), "oz": Noun("ounce", "ounces"),
    "ft": Noun("foot", "feet"), "mi": Noun("mile", "miles"), "l": Noun("liter", "liters"), "L": Noun("liter", "liters"),
    "ml": Noun("milliliter", "milliliters"), "h": Noun("hour", "hours"), "hrs": Noun("hour", "hours"),
    "min": Noun("minute", "minutes"), "s": Noun("second", "seconds"), "ms": Noun("millisecond", "milliseconds"),
    "Hz": Noun("hertz", "hertz"), "kHz": Noun("kilohertz", "kilohertz"), "MHz": Noun("megahertz", "megahertz"),
    "GHz": Noun("gigahertz", "gigahertz"), "kB": Noun("kilobyte", "kilobytes"), "KB": Noun("kilobyte", "kilobytes"),
    "MB": Noun("megabyte", "megabytes"), "GB": Noun("gigabyte", "gigabytes"), "TB": Noun("terabyte", "terabytes"),
    "kW": Noun("kilowatt", "kilowatts"), "W": Noun("watt", "watts"), "V": Noun("volt", "volts"),
    "kWh": Noun("kilowatt hour", "kilowatt hours"), "dB": Noun("decibel", "decibels"),
}
_AMERICAN = Wording(
    decimal=".", thousands=",", point="point", minus="minus", to="to", years=(1100, 2099),
    months=(
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    month_abbreviations={
        "Jan.": 1, "Feb.": 2, "Mar.": 3, "Apr.": 4, "Jun.": 6, "Jul.": 7, "Aug.": 8, "Sept.": 9, "Sep.": 9, "Oct.": 10,
        "Nov.": 11, "Dec.": 12,
    },
    day_first=False, date="{month} {day} {year}", day="ordinal", time="{hour} {minute}", full_hour="{hour} o'clock",
    zero_minute="oh", ordinal_marks="st|nd|rd|th",
    scales={word: word for word in ("thousand", "million", "billion", "trillion", "hundred")} | {"bn": "billion"},
    money=_MONEY | {"EUR": _MONEY["€"], "USD": _MONEY["$"], "US$": _MONEY["$"], "GBP": _MONEY["£"], "JPY": _MONEY["¥"]},
    money_joint="and",
    units=_UNITS,
    symbols={
        "²": "squared", "³": "cubed", "&": "and", "+": "plus", "=": "equals", "%": "percent", "°": "degrees", "§": "section",
        "×": "times", "÷": "divided by", "±": "plus or minus", "<": "less than", ">": "greater than", "≤": "at most",
        "≥": "at least", "~": "about", "≈": "about", "@": "at", "#": "number", "€": "euro", "$": "dollar", "£": "pound",
        "−": "minus", "√": "square root of", "∞": "infinity",
    },
    web={
        ".": "dot", "/": "slash", "-": "dash", "_": "underscore", "@": "at", ":": "colon", "?": "question mark", "=": "equals",
        "&": "and", "#": "hash", "+": "plus", "~": "tilde", "%": "percent",
    },
    fractions={
        2: Noun("half", "halves"), 3: Noun("third", "thirds"), 4: Noun("quarter", "quarters"), 5: Noun("fifth", "fifths"),
        6: Noun("sixth", "sixths"), 8: Noun("eighth", "eighths"), 10: Noun("tenth", "tenths"),
        100: Noun("hundredth", "hundredths"),
    },
    fraction_joint="and",
    abbreviations={
        "Mr.": "Mister", "Mr": "Mister", "Mrs.": "Missus", "Mrs": "Missus", "Ms.": "Miz", "Ms": "Miz", "Dr.": "Doctor",
        "Dr": "Doctor", "Prof.": "Professor", "Rev.": "Reverend", "Hon.": "Honorable", "Gen.": "General", "Col.": "Colonel",
        "Capt.": "Captain", "Lt.": "Lieutenant", "Sgt.": "Sergeant", "Jr.": "Junior", "Sr.": "Senior", "etc.": "et cetera",
        "e.g.": "for example", "i.e.": "that is", "vs.": "versus", "approx.": "approximately", "Inc.": "Incorporated",
        "Ltd.": "Limited", "Co.": "Company", "Corp.": "Corporation", "dept.": "department", "est.": "established",
        "Ave.": "Avenue", "Blvd.": "Boulevard", "Rd.": "Road", "a.m.": "A.M", "p.m.": "P.M", "St.": "Street", "Ph.D.": "P.H.D",
        "PhD": "P.H.D", "w/o": "without", "w/": "with",
    },
    before_number={
        "No.": "number", "no.": "number", "Nos.": "numbers", "p.": "page", "pp.": "pages", "vol.": "volume", "Vol.": "volume",
        "fig.": "figure", "Fig.": "figure", "ch.": "chapter", "ca.": "circa", "c.": "circa", "sec.": "section",
    },
    before_name={"St.": "Saint", "St": "Saint", "Ft.": "Fort", "Mt.": "Mount"},
    acronyms=ACRONYMS | frozenset("GIF JPEG SCUBA SWAT NAFTA ASAP OPEC".split()),
    short_words=frozenset((
        "a i am an as at be by do go he if in is it me my no of oh on or so to up us we all and any are but can did for get "
        "had has her him his how its let may new not now off old one our out own put say see she the too two use was way who "
        "why yes you big bad"
    ).split()),
    apostrophe_words=frozenset("'tis 'twas 'twere 'twill 'em 'cause 'til 'till 'bout 'round".split()),
    regnal_names=frozenset((
        "Henry Edward Richard George James William Charles Elizabeth Mary Louis Philip Francis Frederick Catherine Peter "
        "Nicholas Alexander Paul John Pius Benedict Leo Gregory Clement Innocent Urban Ivan"
    ).split()),
    regnal_form="the {ordinal}",
)


def _british(word: str) -> str:
    return word.replace("meter", "metre").replace("liter", "litre")


def wording(language: Language) -> Wording:
    american = replace(_AMERICAN, numbers=language.numbers)
    if language.wording == "en-us":
        return american
    metres = {sign: Noun(_british(noun.one), _british(noun.many)) for sign, noun in _UNITS.items()}
    return replace(american, units=metres, day_first=True, date="the {day} of {month} {year}")
