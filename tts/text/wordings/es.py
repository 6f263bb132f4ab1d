"""Spanish wording."""

from __future__ import annotations

from dataclasses import replace

from tts.text.languages import Language
from tts.text.wording import ACRONYMS, Noun, Wording

_CENT = Noun("céntimo", "céntimos")
_MONEY = {
    "€": Noun("euro", "euros", part=_CENT), "$": Noun("dólar", "dólares", part=Noun("centavo", "centavos")),
    "£": Noun("libra", "libras", "f", part=Noun("penique", "peniques")), "¥": Noun("yen", "yenes"),
    "CHF": Noun("franco", "francos", part=_CENT),
}
_SPANISH = Wording(
    point="coma", decimals="number", minus="menos", to="a",
    months=(
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
        "diciembre",
    ),
    date="{day} de {month} de {year}", day="cardinal", time="{hour} {minute}", full_hour="{hour} horas", hour=Noun("", "", "f"),
    ordinal_marks=r"\.?(?:º|ª|er|era|ero|do|da|to|ta)",
    scales={"mil": "mil", "millones": "millones", "millón": "millón", "billones": "billones", "billón": "billón"},
    scale_link="de",
    money=_MONEY | {"EUR": _MONEY["€"], "USD": _MONEY["$"], "US$": _MONEY["$"], "GBP": _MONEY["£"]},
    money_joint="con",
    units={
        "%": Noun("por ciento", "por ciento"), "‰": Noun("por mil", "por mil"), "°C": Noun("grado Celsius", "grados Celsius"),
        "ºC": Noun("grado Celsius", "grados Celsius"), "°": Noun("grado", "grados"),
        "km/h": Noun("kilómetro por hora", "kilómetros por hora"), "m/s": Noun("metro por segundo", "metros por segundo"),
        "km²": Noun("kilómetro cuadrado", "kilómetros cuadrados"), "m²": Noun("metro cuadrado", "metros cuadrados"),
        "m³": Noun("metro cúbico", "metros cúbicos"), "km": Noun("kilómetro", "kilómetros"),
        "cm": Noun("centímetro", "centímetros"), "mm": Noun("milímetro", "milímetros"), "m": Noun("metro", "metros"),
        "kg": Noun("kilogramo", "kilogramos"), "mg": Noun("miligramo", "miligramos"), "g": Noun("gramo", "gramos"),
        "t": Noun("tonelada", "toneladas", "f"), "l": Noun("litro", "litros"), "ml": Noun("mililitro", "mililitros"),
        "h": Noun("hora", "horas", "f"), "min": Noun("minuto", "minutos"), "s": Noun("segundo", "segundos"),
        "ms": Noun("milisegundo", "milisegundos"), "Hz": Noun("hercio", "hercios"), "kHz": Noun("kilohercio", "kilohercios"),
        "MHz": Noun("megahercio", "megahercios"), "GHz": Noun("gigahercio", "gigahercios"), "kB": Noun("kilobyte", "kilobytes"),
        "MB": Noun("megabyte", "megabytes"), "GB": Noun("gigabyte", "gigabytes"), "TB": Noun("terabyte", "terabytes"),
        "kW": Noun("kilovatio", "kilovatios"), "W": Noun("vatio", "vatios"), "V": Noun("voltio", "voltios"),
        "kWh": Noun("kilovatio hora", "kilovatios hora"), "dB": Noun("decibelio", "decibelios"),
    },
    symbols={
        "²": "al cuadrado", "³": "al cubo", "&": "y", "+": "más", "=": "igual a", "%": "por ciento", "°": "grados",
        "§": "sección", "×": "por", "÷": "dividido por", "±": "más menos", "<": "menor que", ">": "mayor que",
        "≤": "como máximo", "≥": "como mínimo", "~": "unos", "≈": "unos", "@": "arroba", "#": "número", "€": "euros",
        "$": "dólares", "£": "libras", "−": "menos", "√": "raíz de", "∞": "infinito",
    },
    web={
        ".": "punto", "/": "barra", "-": "guion", "_": "guion bajo", "@": "arroba", ":": "dos puntos", "?": "interrogación",
        "=": "igual", "&": "y", "#": "almohadilla", "+": "más", "~": "tilde", "%": "por ciento",
    },
    fractions={
        2: Noun("medio", "medios"), 3: Noun("tercio", "tercios"), 4: Noun("cuarto", "cuartos"), 5: Noun("quinto", "quintos"),
        6: Noun("sexto", "sextos"), 8: Noun("octavo", "octavos"), 10: Noun("décimo", "décimos"),
        100: Noun("centésimo", "centésimos"),
    },
    fraction_joint="y",
    abbreviations={
        "Sr.": "señor", "Sra.": "señora", "Srta.": "señorita", "Sres.": "señores", "Dr.": "doctor", "Dra.": "doctora",
        "Prof.": "profesor", "Ud.": "usted", "Uds.": "ustedes", "Vd.": "usted", "Dña.": "doña", "etc.": "etcétera",
        "p. ej.": "por ejemplo", "p.ej.": "por ejemplo", "EE. UU.": "Estados Unidos", "EE.UU.": "Estados Unidos",
        "Avda.": "avenida", "Av.": "avenida", "Gral.": "general", "Lic.": "licenciado", "Ing.": "ingeniero", "tel.": "teléfono",
        "aprox.": "aproximadamente", "a. C.": "antes de Cristo", "d. C.": "después de Cristo", "a.C.": "antes de Cristo",
        "d.C.": "después de Cristo", "S. A.": "S.A", "S.A.": "S.A",
    },
    before_number={
        "núm.": "número", "n.º": "número", "nº": "número", "pág.": "página", "págs.": "páginas", "vol.": "volumen",
        "cap.": "capítulo", "art.": "artículo",
    },
    before_name={"Sto.": "santo", "Sta.": "santa", "D.": "don"},
    acronyms=ACRONYMS | frozenset("OTAN RENFE ONU OVNI SIDA UCI IVA ONCE".split()),
    short_words=frozenset((
        "a e o u y al de el en es fe ha he la le lo me mi ni no se si sí su te tu tú un va ya yo con del ese eso fue han hay "
        "las les los mal más más mis muy nos por que qué son soy sin sus tan una uno ver voy"
    ).split()),
    regnal_names=frozenset((
        "Felipe Isabel Carlos Fernando Alfonso Juan Pablo Pío Benedicto Enrique Luis Jaime Pedro Sancho Ramiro"
    ).split()),
    regnal_form="short ordinal",
)


def wording(language: Language) -> Wording:
    return replace(_SPANISH, numbers=language.numbers)
