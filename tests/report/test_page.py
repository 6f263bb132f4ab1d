"""The page holds everything that it shows and asks for nothing."""

import base64
import io
from html.parser import HTMLParser

import numpy as np
import pytest
import soundfile

from tests.vocoder.test_griffin_lim import glide
from tts.report.card import spectrogram, time_ticks
from tts.features.audio import load_audio


class Elements(HTMLParser):
    """All start tags with their attributes, and the text outside scripts and styles."""

    VOID = {"meta", "link", "img", "input", "br", "hr"}

    def __init__(self, text: str):
        super().__init__()
        self.tags, self.open, self.text = [], [], []
        self.feed(text)
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("script", "style"):
            self.text.append(data)

    def all(self, name):
        return [attributes for tag, attributes in self.tags if tag == name]


@pytest.fixture(scope="module")
def page(evaluated):
    return (evaluated.model / "page.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def elements(page):
    return Elements(page)


def test_three_players_a_card_and_they_play_the_files(evaluated, elements):
    audio = elements.all("audio")
    assert len(elements.all("article")) == 2 and len(audio) == 6
    assert all("controls" in a for a in audio)  # the script takes them away: without it the page still plays
    sound, rate = soundfile.read(io.BytesIO(base64.b64decode(audio[2]["src"].split(",")[1])), dtype="float32")
    assert rate == 24000 and np.array_equal(sound, load_audio(evaluated.model / "wav" / "test" / "u_1.wav", 24000))


def test_nothing_comes_from_elsewhere(page, elements):
    assert "http:" not in page and "https:" not in page
    for tag, attributes in elements.tags:
        for name in ("src", "href", "srcset", "poster", "action"):
            assert attributes.get(name, "#").startswith(("data:", "#")), (tag, name)
    assert "url(" not in page and "@import" not in page and "fetch(" not in page


def test_everything_has_a_name_for_those_who_do_not_see_it(elements):
    assert all(image["alt"] and image["src"].startswith("data:image/png") for image in elements.all("img"))
    assert all(button["aria-label"].startswith("Play ") for button in elements.all("button"))
    assert all(cell.get("scope") in ("col", "row") for cell in elements.all("th"))
    assert elements.all("html")[0]["lang"] == "en" and any(m.get("name") == "viewport" for m in elements.all("meta"))
    drawings = [a for tag, a in elements.tags if a.get("role") == "img"]
    assert len(drawings) == 2 and "median" in drawings[0]["aria-label"]
    assert [a["lang"] for tag, a in elements.tags if tag == "h3"] == ["en-us", "de"]


def test_texts_are_text(page, elements):
    assert 'Tom & <b>Jerry</b> say "hi" there' in "".join(elements.text)
    assert "<b>Jerry" not in page


def test_numbers_of_the_table_are_on_the_page(elements):
    text = " ".join("".join(elements.text).split())
    for word in ("Mel-cepstral distortion", "0.00 [0.00, 0.00]", "1 not scored", "was not spoken", "Guten Tag", "bootstrap"):
        assert word in text


def test_a_spectrogram_is_dark_where_loud_and_low_below():
    from PIL import Image

    from tts.evaluation.measure import mel_of
    from tts.features.config import FeatureConfig

    mel = mel_of(glide(300, 300, 0.2).numpy(), FeatureConfig()).numpy()
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(spectrogram(mel, mel.max()).split(",")[1]))))
    assert picture.shape == (80, 16)
    assert picture[:, 8].argmin() == 79 - mel[8].argmax() and picture.min() == 0


def test_ticks_are_few_and_even():
    for seconds in (0.3, 1.0, 2.7, 14.0, 200.0):
        ticks = time_ticks(seconds)
        assert 2 <= len(ticks) <= 9 and ticks[0] == ("0 s", 0)
