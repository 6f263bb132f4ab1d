"""Sentences for the mini corpus, drawn from the templates and vocabularies of `generated_grammars.py`, with text rules that a
model can learn.

A template is a sentence with slots, `{noun}`, filled from the language's vocabulary. A mark in a slot names the rule that the
word it ends with follows, so that prosody can be predicted from the text alone:

    {noun!rise}    the last word of a yes-no question           {noun!focus}   a word after "only", or set against another
    {noun!list}    an item of a list that goes on               {noun!close}   the last item of a list

What a rule does to the voice stands in `generated_voices.py`. Slots are also the words that random emphasis may fall on; the rest
are function words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from tts.corpus.generated_grammars import GRAMMARS, Grammar
from tts.errors import UserError

_SLOT = re.compile(r"\{(\w+)(?:!(\w+))?\}")
_BEFORE_VOWEL = {"a/an": ("an", "aeiou", "a"), "y/e": ("e", "ií", "y")}  # what it is before these letters, and else
_PUNCTUATION = ",.?!:;¿¡"


@dataclass(frozen=True)
class Sentence:
    """Blank-separated `tokens` with their punctuation; `rules` is (rule, index of the word); `open_words` are indices of content
    words."""

    tokens: tuple[str, ...]
    kind: str
    rules: tuple[tuple[str, int], ...]
    open_words: tuple[int, ...]

    @property
    def text(self) -> str:
        return " ".join(self.tokens)


# how often each kind of sentence is drawn
KINDS = {"statement": 0.46, "question": 0.18, "wh-question": 0.07, "list": 0.13, "focus": 0.12, "exclamation": 0.04}


def bare(token: str) -> str:
    """The word without the punctuation around it."""
    return token.strip(_PUNCTUATION)


def draw_sentence(grammar: Grammar, rng: np.random.Generator) -> Sentence:
    """One random sentence."""
    kinds = [kind for kind in KINDS if kind in grammar.templates]
    weights = np.array([KINDS[kind] for kind in kinds])
    kind = kinds[rng.choice(len(kinds), p=weights / weights.sum())]
    template = grammar.templates[kind][rng.integers(len(grammar.templates[kind]))]
    tokens, rules, open_words, used = [], [], [], set()
    for piece in template.split():
        slot = _SLOT.search(piece)
        if not slot:
            tokens.append(piece)
            continue
        choices = [phrase for phrase in grammar.slots[slot[1]] if phrase not in used]  # no word twice
        phrase = choices[rng.integers(len(choices))]
        used.add(phrase)
        words = _SLOT.sub(phrase, piece).split()
        if tokens and tokens[-1] in _BEFORE_VOWEL:
            article, vowels, otherwise = _BEFORE_VOWEL[tokens[-1]]
            tokens[-1] = article if words[0][0].lower() in vowels else otherwise
        tokens += words
        open_words.append(len(tokens) - 1)
        if slot[2]:
            rules.append((slot[2], len(tokens) - 1))
    tokens[0] = _capital(tokens[0])
    return Sentence(tuple(tokens), kind, tuple(rules), tuple(open_words))


def draw_sentences(language: str, count: int, rng: np.random.Generator, taken: set[str]) -> list[Sentence]:
    """`count` sentences whose texts are not in `taken`, which grows by them."""
    grammar, sentences, tries = GRAMMARS[language], [], 0
    while len(sentences) < count:
        sentence = draw_sentence(grammar, rng)
        tries += 1
        if sentence.text not in taken:
            taken.add(sentence.text)
            sentences.append(sentence)
        elif tries > 50 * count + 1000:
            raise UserError(f"mini corpus: no more than {len(taken)} different {language} sentences were found; "
                            f"expected {count} more; ask for fewer utterances or speakers")
    return sentences


def _capital(token: str) -> str:
    at = next(index for index, letter in enumerate(token) if letter.isalpha())
    return token[:at] + token[at].upper() + token[at + 1:]
