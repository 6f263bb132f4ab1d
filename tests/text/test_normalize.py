"""Known readings per language, the spans behind every word, and the rule that nothing vanishes without a trace."""

import unicodedata

import pytest

from tests.helpers.odd_text import odd_sentences
from tts.text.normalize import Normalizer
from tts.text.tokens import Word

READINGS = {
    "en-us": [
        ("I have 42 apples.", "I have forty two apples"),
        ("1,234,567 people", "one million two hundred and thirty four thousand five hundred and sixty seven people"),
        ("3.14 and -5", "three point one four and minus five"),
        ("in 1998 and 2005", "in nineteen ninety eight and two thousand and five"),
        ("the 1990s", "the nineteen nineties"),
        ("the 1st, 22nd", "the first twenty second"),
        ("on 3/4/2024", "on March fourth twenty twenty four"),
        ("2024-02-29", "February twenty ninth twenty twenty four"),
        ("March 3rd, 2024", "March third twenty twenty four"),
        ("at 9:05 a.m., 15:00", "at nine oh five AM fifteen hundred"),
        ("$5.50 or $3 million", "five dollars and fifty cents or three million dollars"),
        ("50%, 5 km, 20°C", "fifty percent five kilometers twenty degrees Celsius"),
        ("10-20 km", "ten to twenty kilometers"),
        ("1/2, 2½, 3/4", "one half two and a half three quarters"),
        ("call 555-123-4567", "call five five five one two three four five six seven"),
        ("Dr. Smith vs. Mr Jones etc.", "Doctor Smith versus Mister Jones et cetera"),
        ("No. 5, St. John", "number five Saint John"),
        ("Louis XIV, World War II, I said", "Louis the fourteenth World War two I said"),
        ("NASA and the BBC's HTML", "NASA and the BBC's HTML"),
        ("THIS IS LOUD", "this is loud"),
        ("www.test.org or me@mail.de", "WWW dot test dot org or me at mail dot de"),
        ("@user_1 #HelloWorld", "at user one Hello World"),
        ("A&B = C + 2", "A and B equals C plus two"),
        ("R2D2, MP3", "R two D two MP three"),
        ("<b>bold</b> **x** &amp; y", "bold x and y"),
        ("word(s) and well-known", "words and well-known"),
        ("‘don’t’ “it's”", "don’t it's"),
        ("cafe\u0301 ｆｕｌｌ a\u200bb so\u00adft ٣", "café full ab soft three"),
        ("I 😀 it", "I it"),
    ],
    "en-gb": [
        ("3/4/2024", "the third of April twenty twenty four"),
        ("the 3rd of March", "the third of March"),
        ("3 March 2024", "the third of March twenty twenty four"),
        ("£3.50", "three pounds and fifty pence"),
        ("£1.01", "one pound and one penny"),
        ("5 km and 2 l", "five kilometres and two litres"),
        ("£2bn", "two billion pounds"),
        ("9pm", "nine PM"),
        ("10:00", "ten o'clock"),
        ("1900", "nineteen hundred"),
        ("007", "zero zero seven"),
        ("1.2.3", "one dot two dot three"),
        ("Mrs. Brown, Jr.", "Missus Brown Junior"),
        ("p. 7 and fig. 2", "page seven and figure two"),
    ],
    "es": [
        ("El 3 de marzo de 2024", "El tres de marzo de dos mil veinticuatro"),
        ("12/03/2021", "doce de marzo de dos mil veintiuno"),
        ("a las 15:30", "a las quince treinta"),
        ("5,50 €", "cinco euros con cincuenta"),
        ("5 millones €", "cinco millones de euros"),
        ("1.000.000 de personas", "un millón de personas"),
        ("3,14 y -2", "tres coma catorce y menos dos"),
        ("21 km", "veintiún kilómetros"),
        ("1 h", "una hora"),
        ("1ª vez, 2.º piso", "primera vez segundo piso"),
        ("siglo XX, Felipe II, Alfonso XIII", "siglo veinte Felipe segundo Alfonso trece"),
        ("EE. UU.", "Estados Unidos"),
        ("Sr. García y Sra. López", "señor García y señora López"),
        ("20 %", "veinte por ciento"),
        ("¿Qué? ¡No!", "Qué No"),
        ("p. ej. 3/4", "por ejemplo tres cuartos"),
    ],
    "de": [
        ("am 3. März 2024", "am dritten März zweitausendvierundzwanzig"),
        ("der 2. Versuch", "der zweite Versuch"),
        ("Ich bin 30. Du auch.", "Ich bin dreißig Du auch"),
        ("am 3.10. und 3.10.2020", "am dritten Oktober und dritter Oktober zweitausendzwanzig"),
        ("um 14:30 Uhr", "um vierzehn Uhr dreißig"),
        ("um 8.05 Uhr", "um acht Uhr fünf"),
        ("5,50 € und 1 €", "fünf Euro fünfzig und ein Euro"),
        ("3,5 Mio. Euro", "drei Komma fünf Millionen Euro"),
        ("1.234,56 km", "eintausendzweihundertvierunddreißig Komma fünf sechs Kilometer"),
        ("1998 und 2005", "neunzehnhundertachtundneunzig und zweitausendfünf"),
        ("1 h, 2 h", "eine Stunde zwei Stunden"),
        ("z. B. bzw. usw.", "zum Beispiel beziehungsweise und so weiter"),
        ("z.B. d.h.", "zum Beispiel das heißt"),
        ("Heinrich VIII. war", "Heinrich der achte war"),
        ("Nr. 5, S. 7, § 3", "Nummer fünf Seite sieben Paragraf drei"),
        ("20 %, -5 °C", "zwanzig Prozent minus fünf Grad Celsius"),
        ("2½, 1/3", "zweieinhalb ein Drittel"),
        ("Haus- und LKW-Tür", "Haus und LKW Tür"),
    ],
    "nl": [
        ("Op 3 maart 2024", "Op drie maart tweeduizendvierentwintig"),
        ("3-4-2024", "drie april tweeduizendvierentwintig"),
        ("om 14.30 uur", "om veertien uur dertig"),
        ("€ 5,50", "vijf euro vijftig"),
        ("1998", "negentien honderd achtennegentig"),
        ("2e keer, 1ste", "tweede keer eerste"),
        ("Willem II", "Willem de tweede"),
        ("3,5 km", "drie komma vijf kilometer"),
        ("1.000.000", "een miljoen"),
        ("20%", "twintig procent"),
        ("10-20 graden", "tien tot twintig graden"),
        ("dhr. Jansen, d.w.z. bijv.", "de heer Jansen dat wil zeggen bijvoorbeeld"),
        ("'s avonds 't huis", "'s avonds 't huis"),
        ("t/m blz. 12", "tot en met bladzijde twaalf"),
        ("3.14", "drie komma één vier"),
    ],
    "fr": [
        ("Le 1er janvier 2024", "Le premier janvier deux mille vingt-quatre"),
        ("12/03/2021", "douze mars deux mille vingt et un"),
        ("à 14h30, 1 h", "à quatorze heures trente une heure"),
        ("5,50 €", "cinq euros cinquante"),
        ("2 millions €", "deux millions d'euros"),
        ("1 234 567 habitants", "un million deux cent trente-quatre mille cinq cent soixante-sept habitants"),
        ("3,14", "trois virgule quatorze"),
        ("80 %", "quatre-vingts pour cent"),
        ("21 h", "vingt et une heures"),
        ("2e étage, 1re fois", "deuxième étage première fois"),
        ("XXe siècle, Louis XIV", "vingtième siècle Louis quatorze"),
        ("M. Dupont et Mme X", "monsieur Dupont et madame X"),
        ("n° 5, p. 12", "numéro cinq page douze"),
        ("3/4", "trois quarts"),
        ("l’homme aujourd’hui « oui »", "l’homme aujourd’hui oui"),
    ],
    "pl": [("Mam 42 koty", "Mam czterdzieści dwa koty")],
    "ja": [("42 テスト", "42 テスト")],
}


@pytest.mark.parametrize("language, text, spoken", [(language, *case) for language, cases in READINGS.items() for case in cases])
def test_known_readings(language, text, spoken):
    assert " ".join(token.text for token in Normalizer(language).normalize(text).tokens if isinstance(token, Word)) == spoken


def bare(text):
    """Letters and digits without their marks, styles and cases."""
    return [c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum()]


@pytest.mark.parametrize("language", ["en-us", "es", "de", "nl", "fr"])
def test_every_word_lies_over_what_made_it_and_nothing_vanishes_unseen(language):
    normalizer = Normalizer(language)
    for text in odd_sentences(language, 300, seed=1):
        normalized = normalizer.normalize(text)
        spans = [token.span for token in normalized.tokens]
        assert spans == sorted(spans), text
        rewritten = [rewrite.span for rewrite in normalized.trace]
        for rewrite in normalized.trace:
            assert text[slice(*rewrite.span)] == rewrite.found and rewrite.found, text
        covered = set()
        for start, end in spans + rewritten:
            covered.update(range(start, end))
        for token in normalized.tokens:
            raw = text[slice(*token.span)]
            assert raw.strip(), text
            made_by_rule = any(a <= token.span[0] and token.span[1] <= b for a, b in rewritten)
            assert not isinstance(token, Word) or made_by_rule or bare(raw) == bare(token.text), (text, token)
        lost = [character for at, character in enumerate(text) if at not in covered and character.isalnum()]
        assert not lost, (text, lost)


def test_trace_names_rule_and_place():
    trace = Normalizer("en-us").normalize("It's \x07 5 km 😀").trace
    assert [(rewrite.found, rewrite.replaced, rewrite.rule) for rewrite in trace] == [
        ("\x07", "", "control character"), ("5 km", "five kilometers", "measure"), ("😀", "", "emoji")]
    assert trace[1].span == (7, 11)


def test_known_words_stay_as_they_are():
    words = Normalizer("en-us", known={"c3po"}).normalize("C3PO and R2D2").tokens
    assert [word.text for word in words] == ["C3PO", "and", "R", "two", "D", "two"]
