"""French wording. Belgian and Swiss French count with septante by num2words."""

from __future__ import annotations

from dataclasses import replace

from tts.text.languages import Language
from tts.text.wording import ACRONYMS, Noun, Wording

_CENT = Noun("centime", "centimes")
_MONEY = {
    "€": Noun("euro", "euros", part=_CENT), "$": Noun("dollar", "dollars", part=Noun("cent", "cents")),
    "£": Noun("livre", "livres", "f", part=Noun("penny", "pence")), "¥": Noun("yen", "yens"),
    "CHF": Noun("franc", "francs", part=_CENT),
}
_FRENCH = Wording(
    thousands=". ", point="virgule", decimals="number", minus="moins", to="à",
    months=(
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    month_abbreviations={"janv.": 1, "févr.": 2, "avr.": 4, "juil.": 7, "sept.": 9, "oct.": 10, "nov.": 11, "déc.": 12},
    date="{day} {month} {year}", day="first", time="{hour} heures {minute}", full_hour="{hour} heures", hour=Noun("", "", "f"),
    ordinal_marks="ère|ière|ième|ème|eme|er|re|nde|nd|e",
    scales={
        "mille": "mille", "millions": "millions", "million": "million", "milliards": "milliards", "milliard": "milliard",
        "M": "millions", "Md": "milliards",
    },
    scale_link="de",
    money=_MONEY | {"EUR": _MONEY["€"], "USD": _MONEY["$"], "US$": _MONEY["$"], "GBP": _MONEY["£"]},
    units={
        "%": Noun("pour cent", "pour cent"), "‰": Noun("pour mille", "pour mille"),
        "°C": Noun("degré Celsius", "degrés Celsius"), "°": Noun("degré", "degrés"),
        "km/h": Noun("kilomètre à l'heure", "kilomètres à l'heure"), "m/s": Noun("mètre par seconde", "mètres par seconde"),
        "km²": Noun("kilomètre carré", "kilomètres carrés"), "m²": Noun("mètre carré", "mètres carrés"),
        "m³": Noun("mètre cube", "mètres cubes"), "km": Noun("kilomètre", "kilomètres"),
        "cm": Noun("centimètre", "centimètres"), "mm": Noun("millimètre", "millimètres"), "m": Noun("mètre", "mètres"),
        "kg": Noun("kilogramme", "kilogrammes"), "mg": Noun("milligramme", "milligrammes"), "g": Noun("gramme", "grammes"),
        "t": Noun("tonne", "tonnes", "f"), "l": Noun("litre", "litres"), "ml": Noun("millilitre", "millilitres"),
        "h": Noun("heure", "heures", "f"), "min": Noun("minute", "minutes", "f"), "s": Noun("seconde", "secondes", "f"),
        "ms": Noun("milliseconde", "millisecondes", "f"), "Hz": Noun("hertz", "hertz"), "kHz": Noun("kilohertz", "kilohertz"),
        "MHz": Noun("mégahertz", "mégahertz"), "GHz": Noun("gigahertz", "gigahertz"), "ko": Noun("kilooctet", "kilooctets"),
        "Mo": Noun("mégaoctet", "mégaoctets"), "Go": Noun("gigaoctet", "gigaoctets"), "kW": Noun("kilowatt", "kilowatts"),
        "W": Noun("watt", "watts"), "V": Noun("volt", "volts"), "kWh": Noun("kilowattheure", "kilowattheures"),
        "dB": Noun("décibel", "décibels"),
    },
    symbols={
        "²": "au carré", "³": "au cube", "&": "et", "+": "plus", "=": "égale", "%": "pour cent", "°": "degrés",
        "§": "paragraphe", "×": "fois", "÷": "divisé par", "±": "plus ou moins", "<": "inférieur à", ">": "supérieur à",
        "≤": "au plus", "≥": "au moins", "~": "environ", "≈": "environ", "@": "arobase", "#": "numéro", "€": "euros",
        "$": "dollars", "£": "livres", "−": "moins", "√": "racine de", "∞": "infini",
    },
    web={
        ".": "point", "/": "barre oblique", "-": "tiret", "_": "tiret bas", "@": "arobase", ":": "deux points",
        "?": "point d'interrogation", "=": "égale", "&": "et", "#": "dièse", "+": "plus", "~": "tilde", "%": "pour cent",
    },
    fractions={
        2: Noun("demi", "demis"), 3: Noun("tiers", "tiers"), 4: Noun("quart", "quarts"), 5: Noun("cinquième", "cinquièmes"),
        6: Noun("sixième", "sixièmes"), 8: Noun("huitième", "huitièmes"), 10: Noun("dixième", "dixièmes"),
        100: Noun("centième", "centièmes"),
    },
    fraction_joint="et",
    abbreviations={
        "M.": "monsieur", "MM.": "messieurs", "Mme": "madame", "Mme.": "madame", "Mmes": "mesdames", "Mlle": "mademoiselle",
        "Mlle.": "mademoiselle", "Mlles": "mesdemoiselles", "Dr": "docteur", "Dr.": "docteur", "Pr": "professeur",
        "Prof.": "professeur", "St": "saint", "Ste": "sainte", "St-": "saint", "Ste-": "sainte", "etc.": "et cetera",
        "p. ex.": "par exemple", "p.ex.": "par exemple", "c.-à-d.": "c'est-à-dire", "av. J.-C.": "avant Jésus-Christ",
        "apr. J.-C.": "après Jésus-Christ", "env.": "environ", "bd": "boulevard", "Bd": "boulevard", "tél.": "téléphone",
        "svp": "s'il vous plaît", "cf.": "confer",
    },
    before_number={
        "max.": "maximum", "min.": "minimum", "n°": "numéro", "nº": "numéro", "No.": "numéro", "p.": "page", "pp.": "pages",
        "vol.": "volume", "chap.": "chapitre", "art.": "article", "fig.": "figure",
    },
    acronyms=ACRONYMS | frozenset("OTAN ONU OVNI SIDA SMIC CAF ENA INSEE".split()),
    short_words=frozenset((
        "à au ce ça de du en et eu il je la le là les ma me ne ni nu on or ou où sa se si su ta te tu un us va vu aux bon car "
        "ces dès des dit est eux fin fut ils lui mes moi mon non nos oui par pas peu que qui sa ses son sur tes toi ton une "
        "vos"
    ).split()),
    regnal_names=frozenset((
        "Louis Charles Henri François Philippe Napoléon Jean Paul Benoît Pie Léon Élisabeth Elisabeth Catherine Guillaume "
        "Georges Nicolas"
    ).split()),
    regnal_form="cardinal",
)


def wording(language: Language) -> Wording:
    return replace(_FRENCH, numbers=language.numbers)
