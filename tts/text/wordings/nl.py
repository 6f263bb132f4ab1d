"""Dutch wording."""

from __future__ import annotations

from dataclasses import replace

from tts.text.languages import Language
from tts.text.wording import ACRONYMS, Noun, Wording

_CENT = Noun("cent", "cent")
_MONEY = {
    "€": Noun("euro", "euro", part=_CENT), "$": Noun("dollar", "dollar", part=_CENT),
    "£": Noun("pond", "pond", part=Noun("penny", "pence")), "¥": Noun("yen", "yen"), "CHF": Noun("frank", "frank", part=_CENT),
}
_DUTCH = Wording(
    point="komma", minus="min", to="tot", years=(1100, 1999),
    months=(
        "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november",
        "december",
    ),
    month_abbreviations={
        "jan.": 1, "feb.": 2, "mrt.": 3, "apr.": 4, "aug.": 8, "sept.": 9, "sep.": 9, "okt.": 10, "nov.": 11, "dec.": 12,
    },
    date="{day} {month} {year}", day="cardinal", time="{hour} uur {minute}", full_hour="{hour} uur", hour=Noun("", ""),
    ordinal_marks="ste|de|e",
    scales={"duizend": "duizend", "miljoen": "miljoen", "mln.": "miljoen", "miljard": "miljard", "mld.": "miljard"},
    money=_MONEY | {"EUR": _MONEY["€"], "USD": _MONEY["$"], "US$": _MONEY["$"], "GBP": _MONEY["£"]},
    units={
        "%": Noun("procent", "procent"), "‰": Noun("promille", "promille"), "°C": Noun("graad Celsius", "graden Celsius"),
        "°": Noun("graad", "graden"), "km/h": Noun("kilometer per uur", "kilometer per uur"),
        "km/u": Noun("kilometer per uur", "kilometer per uur"), "m/s": Noun("meter per seconde", "meter per seconde"),
        "km²": Noun("vierkante kilometer", "vierkante kilometer"), "m²": Noun("vierkante meter", "vierkante meter"),
        "m³": Noun("kubieke meter", "kubieke meter"), "km": Noun("kilometer", "kilometer"),
        "cm": Noun("centimeter", "centimeter"), "mm": Noun("millimeter", "millimeter"), "m": Noun("meter", "meter"),
        "kg": Noun("kilogram", "kilogram"), "mg": Noun("milligram", "milligram"), "g": Noun("gram", "gram"),
        "l": Noun("liter", "liter"), "ml": Noun("milliliter", "milliliter"), "u": Noun("uur", "uur"),
        "min": Noun("minuut", "minuten"), "s": Noun("seconde", "seconden"), "ms": Noun("milliseconde", "milliseconden"),
        "Hz": Noun("hertz", "hertz"), "kHz": Noun("kilohertz", "kilohertz"), "MHz": Noun("megahertz", "megahertz"),
        "GHz": Noun("gigahertz", "gigahertz"), "kB": Noun("kilobyte", "kilobyte"), "MB": Noun("megabyte", "megabyte"),
        "GB": Noun("gigabyte", "gigabyte"), "TB": Noun("terabyte", "terabyte"), "kW": Noun("kilowatt", "kilowatt"),
        "W": Noun("watt", "watt"), "V": Noun("volt", "volt"), "kWh": Noun("kilowattuur", "kilowattuur"),
        "dB": Noun("decibel", "decibel"),
    },
    symbols={
        "²": "kwadraat", "³": "tot de derde", "&": "en", "+": "plus", "=": "is gelijk aan", "%": "procent", "°": "graden",
        "§": "paragraaf", "×": "maal", "÷": "gedeeld door", "±": "plus min", "<": "kleiner dan", ">": "groter dan",
        "≤": "hoogstens", "≥": "minstens", "~": "ongeveer", "≈": "ongeveer", "@": "apenstaartje", "#": "nummer", "€": "euro",
        "$": "dollar", "£": "pond", "−": "min", "√": "wortel van", "∞": "oneindig",
    },
    web={
        ".": "punt", "/": "schuine streep", "-": "streepje", "_": "liggend streepje", "@": "apenstaartje", ":": "dubbele punt",
        "?": "vraagteken", "=": "is", "&": "en", "#": "hekje", "+": "plus", "~": "tilde", "%": "procent",
    },
    fractions={
        2: Noun("half", "halve"), 3: Noun("derde", "derde"), 4: Noun("kwart", "kwart"), 5: Noun("vijfde", "vijfde"),
        6: Noun("zesde", "zesde"), 8: Noun("achtste", "achtste"), 10: Noun("tiende", "tiende"),
        100: Noun("honderdste", "honderdste"),
    },
    fraction_joint="en",
    abbreviations={
        "dhr.": "de heer", "mevr.": "mevrouw", "mw.": "mevrouw", "dr.": "dokter", "drs.": "doctorandus", "ir.": "ingenieur",
        "ing.": "ingenieur", "mr.": "meester", "prof.": "professor", "enz.": "enzovoort", "etc.": "et cetera",
        "bijv.": "bijvoorbeeld", "bv.": "bijvoorbeeld", "d.w.z.": "dat wil zeggen", "o.a.": "onder andere",
        "m.a.w.": "met andere woorden", "t.o.v.": "ten opzichte van", "i.p.v.": "in plaats van", "m.b.t.": "met betrekking tot",
        "ca.": "circa", "incl.": "inclusief", "excl.": "exclusief", "a.u.b.": "alstublieft", "t/m": "tot en met",
        "v. Chr.": "voor Christus", "n. Chr.": "na Christus", "jl.": "jongstleden", "vgl.": "vergelijk", "evt.": "eventueel",
        "mln.": "miljoen", "mld.": "miljard", "N.V.": "N.V", "B.V.": "B.V",
    },
    before_number={
        "max.": "maximaal", "min.": "minimaal", "nr.": "nummer", "blz.": "bladzijde", "p.": "pagina", "hfst.": "hoofdstuk",
        "art.": "artikel", "tel.": "telefoon",
    },
    before_name={"St.": "Sint", "St.-": "Sint"},
    acronyms=ACRONYMS | frozenset("NAVO BENELUX RIVM HEMA IKEA".split()) - {"RIVM"},
    short_words=frozenset((
        "al de en er ik in is je ja nu of om op te we wat wie wij hij zij het een van met aan bij die dat dit dan nee nog ook "
        "uit was zou zo als kan mag men mij hem hun ons voor maar niet naar hoe hou"
    ).split()),
    apostrophe_words=frozenset("'t 's 'n 'k 'm 'r 'ns".split()),
    regnal_names=frozenset((
        "Willem Karel Filips Albert Leopold Boudewijn Lodewijk Frederik Hendrik Elizabeth Johannes Paulus Pius Benedictus "
        "Karel"
    ).split()),
    regnal_form="de {ordinal}",
)


def wording(language: Language) -> Wording:
    return replace(_DUTCH, numbers=language.numbers)
