"""Odd text, made from a seed: sentences full of what breaks a front-end, and strings of random Unicode. The same seed gives the
same text."""

from __future__ import annotations

import random
import unicodedata

WORDS = {
    "en-us": "the of in on at to a and for out is was it you that he she with as his they be this have from or one had by word "
    "but not what all were we when your "
             "can said there use an each which do how their if will up other about many then them these so some her would make "
             "like him into time has look two more "
             "don't it's we're they'll rock'n'roll well-known e-mail mother-in-law little water church hour fire Wednesday "
             "February colonel naïve façade",
    "es": "el la los las de del que y a en un una es por con no su para como más pero sus le ya o este sí porque esta entre "
    "cuando muy sin sobre también me hasta hay "
          "donde quien desde todo nos durante niño pingüino llama perro guerra exámenes corazón ciudad zapato chico agua ése "
          "físico-químico ¿qué ¡vaya",
    "de": "der die das und in zu den mit von für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird "
    "bei einer um am sind noch wie einem über "
          "Straße Müller Mädchen Haustür Fußball Zeitungsente Straßenbahn-Haltestelle Haus- gibt's geht's Quark Xylophon Team "
          "Computer größer übrigens ich",
    "nl": "de het een en van ik te dat die in is je niet op aan met als voor zijn er maar om hem dan zou of wat mijn men dit zo "
    "door over ze zich bij ook tot uit mij der "
          "ijsbeer geïnd zee-eend coördinatie 's avonds 't auto's foto's zo'n huis ui school schrijven meisje kauwgom "
          "ruggengraat reünie",
    "fr": "le la les de des un une et à en que qui il elle ne pas ce se dans pour sur au avec son sa ses par plus nous vous ils "
    "on mais où est sont été l'homme d'accord "
          "aujourd'hui qu'il est-ce y a-t-il enfants amis œuvre cœur façon garçon Noël grand-mère peut-être quelqu'un s'il "
          "c'est week-end petit ami",
}
WORDS["en-gb"] = WORDS["en-us"]
ODDITIES = (
    "42", "1,234", "1.234,56", "3.14", "-7", "1998", "2024", "50%", "20 °C", "€5.50", "$3 million", "12:30", "3/4/2024",
    "2024-02-29", "1/2", "½", "10-20", "007", "1st", "2.", "3e", "4º",
    "http://example.com/a?b=c", "www.test.org", "me@mail.de", "@someone", "#HashTag", "R2D2", "MP3", "C++", "A&B", "24/7", "x²",
    "H2O", "+1 555-123-4567", "1.2.3", "§ 5", "No. 5",
    "NASA", "BBC", "HTML", "USA", "U.S.A.", "XIV", "LOUD", "iPhone", "McDonald", "O'Brien", "Dr.", "etc.", "z. B.", "Sr.", "Mme",
    "dhr.", "e.g.",
    "😀", "👍🏽", "👨‍👩‍👧", "🇩🇪", "❤️", "→", "★", "©", "™", "•", "Привет", "Ελλάδα", "日本語", "안녕", "مرحبا", "שלום", "हिन्दी", "ไทย",
    "ｆｕｌｌ", "ﬁne", "𝓫𝓸𝓵𝓭", "①", "Ⅳ", "٣٤",
    "cafe\u0301", "Z͑ͫ̓ͪ̂ͫ̽͏a̴l̶g̷o̸", "soft\u00adhyphen", "zero\u200bwidth", "no\u00a0break", "<b>bold</b>", "**stars**",
    "_under_", "`code`", "&amp;", "[link](url)", "{x}", "a/b", "\\", "|", "~", "^",
    "=", "+", "ß", "Ñandú", "Ærø", "Łódź", "ş", "ħ", "ə", "\ufeff", "\u2060", "\x07", "word(s)", "...", "…", "--", "—", "–", "!?",
    "?!?", ";;", ":-)", "''", '""', "a", "I", "x", "Z")
_QUOTES = (("“", "”"), ("„", "“"), ("«", "»"), ("« ", " »"), ('"', '"'), ("'", "'"), ("‘", "’"), ("(", ")"), ("[", "]"))
_MARKS = (",", ",", ";", ":", " –", " -", "…", "—")
_ENDS = (".", ".", ".", "?", "!", "", "…", "?!", "...", ".\u201d")


def odd_sentences(language: str, count: int, seed: int = 0) -> list[str]:
    """Sentences of 3 to 16 words of a language, each with at least one oddity."""
    dice = random.Random(f"{seed} {language}")
    return [_sentence(dice, WORDS[language].split()) for _ in range(count)]


def _sentence(dice: random.Random, vocabulary: list[str]) -> str:
    words = [dice.choice(vocabulary) for _ in range(dice.randint(2, 14))]
    words[0] = words[0].capitalize()
    for _ in range(dice.randint(1, 3)):
        words.insert(dice.randint(0, len(words)), dice.choice(ODDITIES))
    for index in range(len(words) - 1):
        if dice.random() < 0.1:
            words[index] += dice.choice(_MARKS)
    if dice.random() < 0.25:
        opening, closing = dice.choice(_QUOTES)
        start = dice.randrange(len(words))
        end = dice.randrange(start, len(words))
        words[start], words[end] = opening + words[start], words[end] + closing
    sentence = " ".join(words) + dice.choice(_ENDS)
    return sentence.upper() if dice.random() < 0.05 else sentence


def random_strings(count: int, seed: int = 0) -> list[str]:
    """Strings of 1 to 40 characters: a third from all of Unicode, from few blocks, ordinary text with foreign bits."""
    dice = random.Random(seed)
    return [_random_string(dice, index % 3) for index in range(count)]


def _random_string(dice: random.Random, kind: int) -> str:
    length = dice.randint(1, 40)
    if kind == 0:
        return "".join(chr(dice.randrange(0x110000)) for _ in range(length))
    if kind == 1:
        blocks = [dice.choice((0x0, 0x80, 0x100, 0x250, 0x300, 0x370, 0x400, 0x590, 0x600, 0x900, 0xE00, 0x1100, 0x1E00, 0x2000,
                               0x2100, 0x2190, 0x2460, 0x2600, 0x3000, 0x3040,
                               0x4E00, 0xAC00, 0xF900, 0xFB00, 0xFF00, 0x1D400, 0x1F300, 0x1F600)) for _ in range(3)]
        return "".join(chr(dice.choice(blocks) + dice.randrange(128)) for _ in range(length))
    text = [chr(dice.randrange(0x20, 0x7F)) for _ in range(length)]
    for _ in range(dice.randint(0, 3)):
        code = dice.randrange(0xA0, 0x3000)
        if unicodedata.category(chr(code)) != "Cn":
            text[dice.randrange(length)] = chr(code)
    return "".join(text)
