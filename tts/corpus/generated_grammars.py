"""What can be said in the mini corpus: templates and vocabularies of our own for English, Spanish and German.
`generated_text.py` says how a template is read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Grammar:
    """A language's sentences: kind -> templates, and slot -> phrases."""

    templates: dict[str, list[str]]
    slots: dict[str, list[str]]


def _split(words: str) -> list[str]:
    """Phrases out of a line: blanks part them, "_" is a blank inside a phrase."""
    return [word.replace("_", " ") for word in words.split()]


_ENGLISH = Grammar(
    templates={
        "statement": [
            "the {adjective} {noun} {past} near the {place}.",
            "{name} {past} the {noun} in the {place}.",
            "we saw {number} {plural} beside the {place}.",
            "my {person} always {present} in the {place}, even in {month}.",
            "{time}, the {noun} was {adjective} and {adjective}.",
            "there is a/an {adjective} {noun} under the {furniture}.",
            "if you {verb} the {noun}, {name} will {verb} the {plural}.",
            "{name} and {name} {moved} to the {place} {time}.",
            "nobody could {verb} the {adjective} {noun} of the {person}.",
            "she thinks that the {noun} is too {adjective} for a {person}.",
            "{number} {plural} were lost {time}.",
            "it was {adjective}, so the {person} {moved} home.",
            "the {person} {past} a/an {noun}, then {moved} to the {place}.",
            "they measured the {noun} with a/an {adjective} {noun}.",
            "I would rather {verb} the {plural} than the {noun}.",
            "on {day} the {place} closes at {number}.",
        ],
        "question": [
            "did the {person} {verb} the {noun!rise}?",
            "is the {noun} really {adjective!rise}?",
            "have you seen my {adjective} {noun!rise}?",
            "can {name} {verb} {number} {plural!rise}?",
            "are there any {plural} in the {place!rise}?",
            "would you like to {verb} this {noun!rise}?",
            "{name} {moved} to the {place!rise}?",
        ],
        "wh-question": [
            "where did {name} {verb} the {noun}?",
            "why is the {noun} so {adjective}?",
            "who will {verb} the {plural} {time}?",
            "how many {plural} are in the {place}?",
        ],
        "list": [
            "we need {plural!list}, {plural!list} and {plural!close}.",
            "she bought a/an {noun!list}, a/an {noun!list} and a/an {noun!close}.",
            "it was {adjective!list}, {adjective!list} and {adjective!close}.",
            "{name!list}, {name!list} and {name!close} {moved} to the {place}.",
            "on {day!list}, {day!list} and {day!close} we {verb} the {plural}.",
            "count {number!list}, {number!list}, {number!list}, {number!close}.",
        ],
        "focus": [
            "only the {noun!focus} was {adjective}.",
            "it was not the {noun!focus}, it was the {noun!focus} that {past} us.",
            "{name} wanted only {plural!focus} for the {place}.",
            "the {person} {past} even the {noun!focus} {time}.",
            "even {name!focus} could {verb} the {noun}.",
            "only {name!focus} {moved} to the {place}.",
        ],
        "exclamation": ["what a/an {adjective} {noun}!", "look at the {adjective} {plural}!", "{name}, {verb} the {noun}!"],
    },
    slots={
        "noun": _split("""
            kettle garden_chair thunder treasure violin orange_juice cathedral feather machine weather button mirror engine
            jewel pigeon basket tower picture bicycle candle sword yacht choir oyster elephant leather_jacket question voice
            letter bottle mountain shadow ocean river giraffe tower_clock pebble toy_horse lighthouse vase harbour_map
            puzzle"""),
        "plural": _split("""
            cherries oysters feathers bridges horses apples bells zebras lilies mushrooms puzzles cowboys teachers
            newspapers shoes watches gloves wolves clouds engines potatoes umbrellas stories stars toys birds wires islands
            earrings"""),
        "adjective": _split("""
            quiet yellow enormous careful shiny rough wooden thirsty joyful pure narrow ancient purple casual foggy loud
            sour bitter curious clever gentle huge broken royal square fair weary cheerful smooth invisible dreary"""),
        "person": _split("""
            doctor neighbour judge nurse teacher sailor uncle daughter farmer pilot mayor lawyer brother singer student
            author engineer shepherd boy cousin"""),
        "place": _split("""
            valley harbour kitchen theatre market village forest tower beach library garage church station orchard museum
            castle park square court zoo airport"""),
        "furniture": _split("table cupboard staircase bench sofa pillow carpet wardrobe desk piano"),
        "past": _split("""
            followed surprised watched carried found measured ignored enjoyed painted pushed forgot touched heard borrowed
            brought joined caught"""),
        "moved": _split("walked hurried returned moved travelled rushed drove climbed went cycled flew"),
        "present": _split("sings laughs works reads waits whispers dreams cooks shouts argues"),
        "verb": _split("""
            carry choose follow measure paint join watch repair use borrow describe remember throw find enjoy push feed hide
            wash teach judge"""),
        "name": _split("""
            George Sheila Thomas Joy Victor Julia Arthur Zoe Charlotte Hugh Beth Oliver Martha Owen Grace Roy Claire Philip
            Judith Ian"""),
        "number": _split("""
            three four five seven eight nine eleven twelve thirteen eighteen twenty thirty forty sixty a_hundred two_hundred
            five_thousand forty_two sixty_three ninety_nine"""),
        "time": _split("""
            yesterday this_morning last_year before_lunch at_midnight after_the_storm on_Thursday in_July years_ago
            in_winter"""),
        "month": _split("January March May June August September November"),
        "day": _split("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    },
)

_SPANISH = Grammar(
    templates={
        "statement": [
            "el {m} {mo} {past} cerca de {place}.",
            "{name} {past} la {f} en {place}.",
            "vimos {number} {plural} junto a {place}.",
            "mi {person} siempre {present} en {place}, incluso en {month}.",
            "{time}, la {f} era {fa} y/e {fa}.",
            "hay una {f} {fa} debajo de la {furniture}.",
            "si quieres {verb} el {m}, {name} va a {verb} las {fplural}.",
            "{name} y/e {name} viajaron a {place} {time}.",
            "nadie pudo {verb} la {f} {fa} del {person}.",
            "ella cree que el {m} es demasiado {mo}.",
            "se perdieron {number} {plural} {time}.",
            "hacía frío, así que mi {person} {moved} a casa.",
            "el {person} {past} una {f}, luego {moved} a {place}.",
            "prefiero {verb} los {plural} antes que la {f}.",
            "el {day} cerramos {place} a las {hour}.",
        ],
        "question": [
            "¿quieres {verb} la {f!rise}?",
            "¿es de verdad {fa} la {f!rise}?",
            "¿has visto mi {m} {mo!rise}?",
            "¿puede {name} {verb} {number} {plural!rise}?",
            "¿hay {plural} en {place!rise}?",
            "¿{name} {moved} a {place!rise}?",
        ],
        "wh-question": [
            "¿dónde está el {m} {mo}?",
            "¿por qué es tan {fa} la {f}?",
            "¿quién va a {verb} las {fplural} {time}?",
            "¿cuántos {plural} hay en {place}?",
        ],
        "list": [
            "necesitamos {plural!list}, {fplural!list} y/e {plural!close}.",
            "compró una {f!list}, un {m!list} y una {f!close}.",
            "el {m} era {mo!list}, {mo!list} y/e {mo!close}.",
            "{name!list}, {name!list} y/e {name!close} viajaron a {place}.",
            "el {day!list}, el {day!list} y el {day!close} trabajamos en {place}.",
            "cuenta {number!list}, {number!list}, {number!list}, {number!close}.",
        ],
        "focus": [
            "solo la {f!focus} era {fa}.",
            "no fue el {m!focus}, fue la {f!focus} lo que nos gustó.",
            "{name} buscaba solo {plural!focus} para la fiesta.",
            "el {person} {past} incluso la {f!focus} {time}.",
            "incluso {name!focus} sabe {verb} la {f}.",
            "solo {name!focus} {moved} a {place}.",
        ],
        "exclamation": ["¡qué {f} tan {fa}!", "¡mira el {m} {mo}!", "¡{name}, ven a {verb} la {f}!"],
    },
    slots={
        "m": _split("""
            perro caballo reloj jardín sombrero puente barco espejo queso violín guante pájaro árbol cuchillo libro coche
            ratón zapato viento fuego sueño jamón paraguas trueno autobús"""),
        "f": _split("""
            montaña guitarra ventana lluvia llave iglesia naranja cuchara mesa bicicleta abuela canción jirafa piedra carta
            flor reina tortuga cebolla vergüenza caja ciudad luna máquina yegua noche"""),
        "plural": _split("""
            caballos relojes cuchillos peces árboles libros zapatos guantes barcos quesos pájaros dibujos huevos lápices
            gigantes ratones tomates anillos"""),
        "fplural": _split("""
            manzanas guitarras llaves naranjas piedras cartas flores cerezas nubes campanas cebollas estrellas hojas ruedas"""),
        "mo": _split("""
            viejo pequeño amarillo enorme tranquilo antiguo rojo extraño ligero roto feliz joven húmedo ruidoso estrecho
            frágil"""),
        "fa": _split("""
            vieja pequeña amarilla enorme tranquila antigua roja extraña ligera rota feliz joven húmeda ruidosa estrecha
            frágil"""),
        "person": _split("médico vecino juez profesor hermano tío padre alcalde pintor cantante abogado jefe primo marinero"),
        "place": _split("""
            la_playa la_cocina la_iglesia la_plaza la_estación la_montaña la_biblioteca la_huerta Sevilla Valencia Toledo
            Zaragoza Bilbao Jaén"""),
        "furniture": _split("mesa silla escalera cama almohada alfombra lámpara puerta"),
        "past": _split("encontró perdió pintó escuchó rompió llevó compró miró olvidó arregló guardó eligió vendió"),
        "moved": _split("volvió corrió viajó caminó regresó subió bajó huyó"),
        "present": _split("canta trabaja lee cocina espera sueña ríe duerme juega llora"),
        "verb": _split("""
            llevar pintar elegir escuchar arreglar comprar guardar lavar medir encontrar vender describir dibujar cuidar"""),
        "name": _split("""
            Jorge Elena Ignacio Lucía Guillermo Beatriz Javier Rosa Óscar Begoña Félix Yolanda Íñigo Cecilia Raúl Ángela"""),
        "number": _split("""
            tres cuatro cinco seis siete ocho nueve once doce quince veinte treinta cuarenta cien dos_mil cuarenta_y_dos"""),
        "hour": _split("dos tres cuatro cinco seis siete ocho nueve diez once doce"),
        "time": _split("""
            ayer esta_mañana el_año_pasado a_medianoche después_de_la_tormenta el_jueves en_julio hace_años en_invierno"""),
        "month": _split("enero febrero marzo mayo junio agosto octubre noviembre"),
        "day": _split("lunes martes miércoles jueves viernes sábado domingo"),
    },
)

_GERMAN = Grammar(
    templates={
        "statement": [
            "der {adjective}e {m} stand neben {dative}.",
            "{name} {past} die {f} in {dative}.",
            "wir sahen {number} {plural} vor {dative}.",
            "mein {person} {present} immer in {dative}, sogar im {month}.",
            "{time} war das {n} {adjective} und {adjective}.",
            "unter {dative} liegt ein {adjective}es {n}.",
            "wenn du die {f} {holst}, wird {name} die {plural} {verb}.",
            "{name} und {name} fuhren {time} nach {city}.",
            "niemand konnte das {adjective}e {n} {verb}.",
            "sie glaubt, dass der {m} zu {adjective} ist.",
            "{time} gingen {number} {plural} verloren.",
            "es war {adjective}, also ging der {person} nach Hause.",
            "der {person} {past} die {f} und reiste dann nach {city}.",
            "ich möchte lieber die {plural} {verb} als das {n}.",
            "am {day} schließen wir um {hour} Uhr.",
            "zwischen {city} und {city} gibt es {number} {plural}.",
        ],
        "question": [
            "kannst du die {plural} {verb!rise}?",
            "ist die {f} wirklich {adjective!rise}?",
            "hast du mein {adjective}es {n} gesehen, {name!rise}?",
            "war {name} {time} in {city!rise}?",
            "gibt es {plural} in {city!rise}?",
            "soll ich das {n} {verb!rise}?",
        ],
        "wh-question": [
            "wo ist das {adjective}e {n}?",
            "warum ist die {f} so {adjective}?",
            "wer will {time} die {plural} {verb}?",
            "wie viele {plural} sind in {city}?",
        ],
        "list": [
            "wir brauchen {plural!list}, {plural!list} und {plural!close}.",
            "sie kaufte eine {f!list}, ein {n!list} und eine {f!close}.",
            "es war {adjective!list}, {adjective!list} und {adjective!close}.",
            "{name!list}, {name!list} und {name!close} fuhren nach {city}.",
            "am {day!list}, am {day!list} und am {day!close} hat {name} Zeit.",
            "zähle {number!list}, {number!list}, {number!list}, {number!close}.",
        ],
        "focus": [
            "nur die {f!focus} war {adjective}.",
            "es war nicht das {n!focus}, es war die {f!focus}, die uns gefiel.",
            "{name} wollte nur {plural!focus} für das Fest.",
            "der {person} {past} sogar die {f!focus} {time}.",
            "sogar {name!focus} kann die {plural} {verb}.",
            "nur {name!focus} reiste nach {city}.",
        ],
        "exclamation": [
            "was für ein {adjective}es {n}!",
            "schau, die {adjective}en {plural}!",
            "{name}, du musst die {f} {verb}!",
        ],
    },
    slots={
        "m": _split("""
            Garten Schlüssel Vogel Apfel Löffel Mond Koffer Fluss Kuchen Schatten Brief Schuh Turm Knopf Teppich Zug Pfeffer
            Ofen Käfig Wolf Dschungel Balkon"""),
        "f": _split("""
            Brücke Katze Zeitung Tür Blume Küche Glocke Kirche Wolke Geige Ampel Straße Nacht Möwe Quelle Jacke Schüssel
            Freundschaft Eule Pfütze Garage"""),
        "n": _split("""
            Fenster Buch Pferd Haus Mädchen Kleid Feuer Gemüse Geräusch Tuch Schiff Bild Glück Licht Zebra Königreich
            Frühstück Öl Eichhörnchen Wunder Zeug"""),
        "plural": _split("""
            Äpfel Bücher Vögel Kirschen Schuhe Glocken Pferde Häuser Knöpfe Sterne Bäume Nüsse Pilze Briefe Jungen Zwiebeln
            Fische Eulen Gänse Tücher"""),
        "adjective": _split("""
            alt neu groß klein grün schön ruhig gelb fröhlich kühl weich seltsam riesig feucht leicht rund still schwer
            hübsch jung wichtig steil deutsch blau"""),
        "person": _split("""
            Arzt Nachbar Richter Lehrer Bruder Onkel Vater Bäcker Maler Sänger Fischer König Gärtner Schüler Chef"""),
        "dative": _split("""
            der_Kirche der_Brücke dem_Haus dem_Turm der_Küche der_Schule dem_Garten dem_Bahnhof dem_Schloss der_Mühle
            dem_Theater der_Scheune"""),
        "city": _split("""
            Köln München Leipzig Hamburg Zürich Österreich Jena Göttingen Freiburg Salzburg Aachen Spanien Tschechien"""),
        "past": _split("fand suchte malte hörte verlor trug kaufte vergaß sah mochte reparierte öffnete holte schenkte"),
        "present": _split("singt arbeitet liest wartet träumt lacht kocht schläft pfeift spielt"),
        "holst": _split("holst suchst malst findest kaufst öffnest wäschst bringst"),
        "verb": _split("""
            tragen malen suchen kaufen öffnen waschen reparieren finden zählen verkaufen bewundern zeichnen schützen"""),
        "name": _split("""
            Jürgen Anna Günther Sophie Thomas Käthe Joachim Greta Ulrich Heike Björn Charlotte Moritz Yvonne Felix Angelika"""),
        "number": _split("""
            drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn zwanzig dreißig hundert tausend fünfzig
            zweihundert achtzehn"""),
        "hour": _split("zwei drei vier fünf sechs sieben acht neun zehn elf zwölf"),
        "time": _split("""
            gestern heute_Morgen letztes_Jahr um_Mitternacht nach_dem_Gewitter am_Donnerstag im_Juli vor_Jahren im_Winter"""),
        "month": _split("Januar März Mai Juni August September November"),
        "day": _split("Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"),
    },
)

ACCENTS = ("en-gb-scotland", "en-029")  # further Englishes whose phones differ: Scotland's, the Caribbean's
GRAMMARS = {"en-us": _ENGLISH, "en-gb": _ENGLISH, "es": _SPANISH, "de": _GERMAN, **dict.fromkeys(ACCENTS, _ENGLISH)}
