"""German wording."""

from __future__ import annotations

from dataclasses import replace

from tts.text.languages import Language
from tts.text.wording import ACRONYMS, Noun, Wording

_CENT = Noun("Cent", "Cent")
_MONEY = {
    "€": Noun("Euro", "Euro", part=_CENT), "$": Noun("Dollar", "Dollar", part=_CENT),
    "£": Noun("Pfund", "Pfund", part=Noun("Penny", "Pence")), "¥": Noun("Yen", "Yen"),
    "CHF": Noun("Franken", "Franken", part=Noun("Rappen", "Rappen")),
}
_GERMAN = Wording(
    point="Komma", minus="minus", to="bis", years=(1100, 1999),
    months=(
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
    ),
    month_abbreviations={"Jan.": 1, "Feb.": 2, "Apr.": 4, "Aug.": 8, "Sept.": 9, "Sep.": 9, "Okt.": 10, "Nov.": 11, "Dez.": 12},
    date="{day} {month} {year}", day="ordinal", time="{hour} Uhr {minute}", full_hour="{hour} Uhr", hour=Noun("", ""),
    ordinal_marks=r"\.",
    scales={
        "Tausend": "tausend", "tausend": "tausend", "Millionen": "Millionen", "Million": "Million", "Mio.": "Millionen",
        "Mio": "Millionen", "Milliarden": "Milliarden", "Milliarde": "Milliarde", "Mrd.": "Milliarden", "Mrd": "Milliarden",
    },
    money=_MONEY | {"EUR": _MONEY["€"], "USD": _MONEY["$"], "US$": _MONEY["$"], "GBP": _MONEY["£"]},
    units={
        "%": Noun("Prozent", "Prozent"), "‰": Noun("Promille", "Promille"), "°C": Noun("Grad Celsius", "Grad Celsius"),
        "°F": Noun("Grad Fahrenheit", "Grad Fahrenheit"), "°": Noun("Grad", "Grad"),
        "km/h": Noun("Kilometer pro Stunde", "Kilometer pro Stunde"), "m/s": Noun("Meter pro Sekunde", "Meter pro Sekunde"),
        "km²": Noun("Quadratkilometer", "Quadratkilometer"), "m²": Noun("Quadratmeter", "Quadratmeter"),
        "m³": Noun("Kubikmeter", "Kubikmeter"), "km": Noun("Kilometer", "Kilometer"), "cm": Noun("Zentimeter", "Zentimeter"),
        "mm": Noun("Millimeter", "Millimeter"), "m": Noun("Meter", "Meter"), "kg": Noun("Kilogramm", "Kilogramm"),
        "mg": Noun("Milligramm", "Milligramm"), "g": Noun("Gramm", "Gramm"), "t": Noun("Tonne", "Tonnen", "f"),
        "l": Noun("Liter", "Liter"), "ml": Noun("Milliliter", "Milliliter"), "h": Noun("Stunde", "Stunden", "f"),
        "Std.": Noun("Stunde", "Stunden", "f"), "min": Noun("Minute", "Minuten", "f"), "Min.": Noun("Minute", "Minuten", "f"),
        "s": Noun("Sekunde", "Sekunden", "f"), "ms": Noun("Millisekunde", "Millisekunden", "f"), "Hz": Noun("Hertz", "Hertz"),
        "kHz": Noun("Kilohertz", "Kilohertz"), "MHz": Noun("Megahertz", "Megahertz"), "GHz": Noun("Gigahertz", "Gigahertz"),
        "kB": Noun("Kilobyte", "Kilobyte"), "MB": Noun("Megabyte", "Megabyte"), "GB": Noun("Gigabyte", "Gigabyte"),
        "TB": Noun("Terabyte", "Terabyte"), "kW": Noun("Kilowatt", "Kilowatt"), "W": Noun("Watt", "Watt"),
        "V": Noun("Volt", "Volt"), "kWh": Noun("Kilowattstunde", "Kilowattstunden", "f"),
        "PS": Noun("Pferdestärke", "Pferdestärken", "f"), "dB": Noun("Dezibel", "Dezibel"),
    },
    symbols={
        "²": "hoch zwei", "³": "hoch drei", "&": "und", "+": "plus", "=": "gleich", "%": "Prozent", "°": "Grad",
        "§": "Paragraf", "×": "mal", "÷": "geteilt durch", "±": "plus minus", "<": "kleiner als", ">": "größer als",
        "≤": "höchstens", "≥": "mindestens", "~": "etwa", "≈": "etwa", "@": "at", "#": "Nummer", "€": "Euro", "$": "Dollar",
        "£": "Pfund", "−": "minus", "√": "Wurzel aus", "∞": "unendlich",
    },
    web={
        ".": "Punkt", "/": "Schrägstrich", "-": "Bindestrich", "_": "Unterstrich", "@": "at", ":": "Doppelpunkt",
        "?": "Fragezeichen", "=": "gleich", "&": "und", "#": "Raute", "+": "plus", "~": "Tilde", "%": "Prozent",
    },
    fractions={
        2: Noun("Halb", "Halbe"), 3: Noun("Drittel", "Drittel"), 4: Noun("Viertel", "Viertel"), 5: Noun("Fünftel", "Fünftel"),
        6: Noun("Sechstel", "Sechstel"), 8: Noun("Achtel", "Achtel"), 10: Noun("Zehntel", "Zehntel"),
        100: Noun("Hundertstel", "Hundertstel"),
    },
    fraction_joint="und",
    abbreviations={
        "z. B.": "zum Beispiel", "z.B.": "zum Beispiel", "d. h.": "das heißt", "d.h.": "das heißt", "u. a.": "unter anderem",
        "u.a.": "unter anderem", "o. ä.": "oder ähnlich", "i. d. R.": "in der Regel", "u. U.": "unter Umständen",
        "v. a.": "vor allem", "s. o.": "siehe oben", "s. u.": "siehe unten", "v. Chr.": "vor Christus",
        "n. Chr.": "nach Christus", "bzw.": "beziehungsweise", "usw.": "und so weiter", "etc.": "et cetera", "ca.": "circa",
        "evtl.": "eventuell", "ggf.": "gegebenenfalls", "inkl.": "inklusive", "exkl.": "exklusive", "vgl.": "vergleiche",
        "sog.": "sogenannte", "zzgl.": "zuzüglich", "Dr.": "Doktor", "Prof.": "Professor", "Hr.": "Herr",
        "Dipl.-Ing.": "Diplomingenieur", "Str.": "Straße", "St.": "Sankt", "Tel.": "Telefon", "geb.": "geboren",
        "gest.": "gestorben", "Jh.": "Jahrhundert", "bspw.": "beispielsweise", "Co.": "Co", "Mio.": "Millionen",
        "Mrd.": "Milliarden",
    },
    before_number={
        "max.": "maximal", "min.": "minimal", "Nr.": "Nummer", "S.": "Seite", "Bd.": "Band", "Kap.": "Kapitel",
        "Abb.": "Abbildung", "Abs.": "Absatz", "Art.": "Artikel",
    },
    before_name={"Fr.": "Frau"}, acronyms=ACRONYMS | frozenset("TÜV BAFÖG DAX HIV UFO EDEKA HARIBO GEMA".split()) - {"HIV"},
    short_words=frozenset((
        "ab am an da du er es ob im in ja so um wo zu wir sie ich ihr der die das den dem des ein und ist hat war wie was wer "
        "nur nun auf aus bei bis mit nie oft von vor zum zur gut neu alt alle nein doch hab bin"
    ).split()),
    ordinal_cues=frozenset((
        "Jh Jahrhundert Jahrhunderts Geburtstag Stock Etage Auflage Platz Mal Klasse Weltkrieg Liga der die das den dem des "
        "am im vom zum zur beim jeder jede jedes jeden jedem dieser diese dieses diesen ihr ihre ihrem ihren sein seine "
        "seinem seinen mein meine meinem meinen unser unsere unserem und bis"
    ).split()),
    regnal_names=frozenset((
        "Heinrich Karl Friedrich Wilhelm Ludwig Otto Leopold Franz Josef Joseph Maximilian Philipp Johannes Paul Benedikt "
        "Pius Elisabeth Katharina Georg Konrad Rudolf Albrecht"
    ).split()),
    regnal_form="der {ordinal}",
)


def wording(language: Language) -> Wording:
    return replace(_GERMAN, numbers=language.numbers)
