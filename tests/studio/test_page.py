"""The page in a real browser: words are dragged, by mouse, finger and keys, and what was asked is found in the sound."""

import base64
import io
import json
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.browser import CONTROL, SHIFT, Browser, find_browser
from tests.studio.voice import RECORDED, TEXT, Served
from tts.corpus.utterance import Phone, Unit
from tts.prosody.measure import Measured, measure_sound
from tts.prosody.prosody import Prosody

pytestmark = pytest.mark.skipif(find_browser() is None, reason="no Chromium on the path: the page is not tried in a browser")
GOOD = 5  # the place of "good" among words and pauses


@pytest.fixture(scope="module")
def served(synthesizer, manifest):
    with Served(synthesizer, manifest) as served:
        yield served


@pytest.fixture(scope="module")
def window():
    with Browser(patience=60) as browser:
        yield browser


@pytest.fixture
def browser(window):
    window.events.clear()
    return window


def begin(browser, served, text: str = TEXT) -> None:
    browser.open(served.address)
    browser.run("localStorage.clear()")
    browser.reload()
    browser.write(text)  # the focus is there already
    browser.key("Enter")
    browser.wait("desk.take && !asking && view.units.length")


def words(browser) -> list[dict]:
    return browser.run("doc().words")


def good(browser) -> dict:
    return words(browser)[GOOD]


def hear(browser, side: str) -> tuple[np.ndarray, int]:
    """Press play and take what is played from the page."""
    browser.click(f"[data-side={side}]")
    browser.click("#play")
    browser.wait("player.playing")
    wav = browser.run("btoa(Array.from(player.entry.wav, byte => String.fromCharCode(byte)).join(''))")
    browser.click("#play")
    assert not browser.run("player.playing")
    return soundfile.read(io.BytesIO(base64.b64decode(wav)), dtype="float32")


def measure(sound: tuple[np.ndarray, int], heard: list[dict], features, median_hz: float) -> list[Measured]:
    """Words and pauses of a sound, by the project's own measure; `heard` says where they are."""
    samples, rate = sound
    assert rate == features.sample_rate
    frames = [round((unit["end"] - unit["start"]) / features.frame_seconds) for unit in heard]
    units = [Unit("w", (0, 0), [Phone("a", 0, count)]) for count in frames]
    return measure_sound(samples, units, features, median_hz=median_hz).units


def nothing_went_wrong(browser, served) -> bool:
    own = all(address.startswith((served.address, "blob:", "data:")) for address in browser.requests())
    return own and not [event for event in browser.events if event.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded")]


def saved(browser) -> Path:
    deadline = time.monotonic() + 10
    while not (files := list(browser.downloads.glob("*.json"))):
        assert time.monotonic() < deadline, "nothing was saved"
        time.sleep(0.05)
    return files[0]


def test_a_word_is_dragged_and_the_edit_is_in_the_sound(browser, served, synthesizer, tmp_path):
    features = synthesizer.loaded.features
    browser.resize(1280, 800)
    begin(browser, served)
    before = words(browser)
    assert browser.run("view.units.map(unit => unit.getAttribute('aria-label').split(',')[0]).join(', ')") == (
        "pause 1, Hello, there, pause 2, my, good, boys, pause 3"
    )
    widths, heights = browser.run("[view.places.map(place => place.width), view.units.map(unit => unit.offsetTop)]")

    # Up is higher, the right edge longer, the knob louder.
    semitone, scale = browser.run("[perSemitone(), view.scale]")
    browser.drag(f"[data-index='{GOOD}'] .body", 3, -4 * semitone)
    assert good(browser)["f0_st"] - before[GOOD]["f0_st"] == pytest.approx(4, abs=0.2)
    browser.drag(f"[data-index='{GOOD}'] .grip", before[GOOD]["duration_ms"] / 2000 * scale, 2)
    assert good(browser)["duration_ms"] == pytest.approx(1.5 * before[GOOD]["duration_ms"], rel=0.03)
    browser.drag(f"[data-index='{GOOD}'] .knob", 0, -36)
    assert good(browser)["energy_db"] - before[GOOD]["energy_db"] == pytest.approx(6, abs=0.2)
    assert [at for at, (a, b) in enumerate(zip(before, words(browser))) if a != b] == [GOOD]
    place = browser.run(f"[view.places[{GOOD}].width, view.units[{GOOD}].offsetTop]")
    assert place[0] == pytest.approx(1.5 * widths[GOOD], rel=0.03) and place[1] < heights[GOOD] - 20

    # The edit is in the sound, and in that word alone.
    shaped = hear(browser, "now")
    asked_and_made = browser.run("heardOf(doc()).words")
    plain = hear(browser, "before")
    median_hz = browser.run("doc().reference.median_hz")
    after = measure(shaped, asked_and_made, features, median_hz)
    first = measure(plain, browser.run("heardOf(desk.take.original).words"), features, median_hz)
    asked = good(browser)
    assert after[GOOD].duration_ms == pytest.approx(asked["duration_ms"], abs=13) and after[GOOD].duration_ms > 1.4 * first[GOOD].duration_ms
    assert after[GOOD].f0_st - first[GOOD].f0_st == pytest.approx(asked["f0_st"] - before[GOOD]["f0_st"], abs=0.4)
    levels = [[unit.energy_db for unit in units] for units in (after, first)]
    assert np.subtract(*[level[GOOD] - np.mean(level[1:3]) for level in levels]) == pytest.approx(6, abs=1)
    for at in (1, 2, 4, 6):
        assert after[at].duration_ms == first[at].duration_ms and after[at].f0_st == pytest.approx(first[at].f0_st, abs=0.4)
    row = browser.run("[...document.querySelectorAll('#table tbody tr')[3].cells].map(cell => cell.textContent)")
    assert row[:3] == ["good", str(round(asked["duration_ms"])), str(round(after[GOOD].duration_ms))]

    # Undone three times it is as it was, and done again as shaped.
    shaped_words = words(browser)
    for _ in range(3):
        browser.click("#undo")
    assert words(browser) == before and browser.run("$('undo').disabled && view.places.map(place => place.width)") == widths
    for _ in range(3):
        browser.key("y", CONTROL)
    assert words(browser) == shaped_words and browser.run("$('redo').disabled")

    # A pause goes by its length, several words at once by as much each.
    browser.drag("[data-index='3']", 0.1 * scale, -9)
    assert words(browser)[3]["duration_ms"] == pytest.approx(before[3]["duration_ms"] + 100, abs=5)
    browser.run("view.units[1].focus()")
    browser.key("a")
    browser.drag("[data-index='2'] .body", 0, -2 * semitone)
    moved = [b["f0_st"] - a["f0_st"] for a, b in zip(shaped_words, words(browser)) if "word" in a]
    assert moved == pytest.approx([2] * 5, abs=0.25)

    # What is saved is a prosody file of the project, and opened it stands there as it stood.
    browser.click("#save")
    kept, shown = words(browser), browser.run("lane.innerText")
    file = saved(browser)
    loaded = Prosody.load(file)
    assert loaded.text == TEXT and [word.duration_ms for word in loaded.words] == [word["duration_ms"] for word in kept]
    assert synthesizer.say(TEXT, "ada", prosody=loaded).words_spoken == 5
    copy = tmp_path / "mine.json"
    copy.write_bytes(file.read_bytes())
    browser.reload()  # which loses nothing
    browser.wait("desk.take && desk.take.name === 'From the text'")
    assert words(browser) == kept and browser.run("desk.take.original.words") == before
    browser.choose_file("#open", copy)
    browser.wait("desk.take && desk.take.name === 'mine' && !asking")
    assert words(browser) == kept and browser.run("lane.innerText") == shown and browser.run("$('text').value") == TEXT
    assert browser.run("desk.take.original.words") == before
    assert nothing_went_wrong(browser, served)


def test_a_whole_session_by_keys(browser, served):
    browser.resize(900, 700)
    begin(browser, served)
    before = words(browser)
    for _ in range(20):
        browser.key("Tab")
        if browser.run("document.activeElement.matches('.unit')"):
            break
    assert browser.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    while "word 4" not in browser.run("document.activeElement.getAttribute('aria-label')"):
        browser.key("ArrowRight")
    for key, held in (("ArrowUp", 0), ("ArrowUp", 0), ("ArrowUp", SHIFT), ("+", 0), ("+", 0), ("PageUp", 0)):
        browser.key(key, held)
    word = good(browser)
    assert word["f0_st"] - before[GOOD]["f0_st"] == pytest.approx(1.1, abs=0.06)
    assert word["duration_ms"] == pytest.approx(before[GOOD]["duration_ms"] * 1.05**2, rel=0.01)
    assert word["energy_db"] - before[GOOD]["energy_db"] == pytest.approx(1)
    assert "loudness +1.0 dB" in browser.run("$('spoken').textContent")
    browser.key("ArrowLeft", SHIFT)
    assert browser.run("[...chosen].sort().join()") == f"{GOOD - 1},{GOOD}"
    browser.key("r")
    assert words(browser) == before
    browser.key("z", CONTROL)
    assert good(browser) == word
    browser.key("t")
    assert good(browser)["acoustic"] is None and "left to the text" in browser.run(f"view.units[{GOOD}].getAttribute('aria-label')")
    browser.key(" ")
    browser.wait("player.playing && !asking")
    browser.key("2")
    browser.wait("desk.side === 'before' && player.playing && player.entry === heardOf(desk.take.original)")
    browser.key("Escape")
    assert not browser.run("player.playing")
    # Everything that can be worked has a name and a role.
    tree = browser.call("Accessibility.getFullAXTree")["nodes"]
    worked = ("button", "slider", "option", "textbox", "combobox", "listbox", "checkbox")
    named = [(node["role"]["value"], node.get("name", {}).get("value")) for node in tree if not node.get("ignored") and node["role"]["value"] in worked]
    assert all(name for _, name in named), named
    assert [name for role, name in named if role == "slider"] == ["Pitch", "Length", "Loudness", "Rise", "Range"]
    assert [name.split(",")[0] for role, name in named if role == "option" and "milliseconds" in name][:3] == ["pause 1", "Hello", "there"]
    assert nothing_went_wrong(browser, served)


@pytest.mark.parametrize("width", [360, 390])
def test_a_finger_on_a_phone(browser, served, width):
    browser.resize(width, 740, touch=True)
    begin(browser, served, "Hello there, my good boys, hello there, my very good boys.")
    before = words(browser)
    browser.drag(f"[data-index='{GOOD}'] .body", 0, -30, finger=True)
    browser.drag(f"[data-index='{GOOD}'] .body", 40, 0, finger=True)
    assert good(browser)["f0_st"] > before[GOOD]["f0_st"] + 0.5 and good(browser)["duration_ms"] > before[GOOD]["duration_ms"] + 50
    browser.click("#play")
    browser.wait("heardOf(doc()) && !asking")
    browser.run("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert browser.run("document.documentElement.scrollWidth") <= width
    assert browser.run("stage.scrollWidth > stage.clientWidth")  # a long sentence scrolls in its own place
    assert nothing_went_wrong(browser, served)


def test_beside_a_recording(browser, served, tmp_path):
    browser.resize(1000, 800)
    begin(browser, served)
    assert browser.run("document.querySelector('[data-side=recording]').hidden")
    browser.click("#from-recording summary")
    browser.click("#use")
    browser.wait("desk.take.name === 'r1' && !asking")
    assert browser.run("$('text').value") == RECORDED
    recording = hear(browser, "recording")
    assert len(recording[0]) / recording[1] == pytest.approx(sum(word["duration_ms"] for word in words(browser)) / 1000, abs=0.01)
    browser.run("$('menu-voice').value = 'ben', $('menu-voice').dispatchEvent(new Event('change'))")
    hear(browser, "now")
    assert "ben" in browser.run("$('status').textContent")

    # Words of one take for another: those that both texts have.
    browser.run("view.units[1].focus()")
    browser.key("a")
    browser.run("$('copy').selectedIndex = 1, $('copy').dispatchEvent(new Event('change'))")
    browser.wait("desk.take.at === 1 && !asking")
    other = browser.run("desk.takes[0].original.words")
    assert words(browser)[2] == other[GOOD] and words(browser)[0] != other[0]

    # What cannot be done is a sentence on the page, and the desk stays as it is.
    noise = tmp_path / "noise.wav"
    soundfile.write(noise, 0.1 * np.random.default_rng(0).standard_normal(48000), 24000)
    browser.choose_file("#sound", noise)
    browser.click("#read")
    browser.wait("!$('message').hidden && !asking")
    assert browser.run("$('message').textContent").startswith("noise.wav: a steady sound")
    assert browser.run("desk.takes.length") == 2
    (tmp_path / "bad.json").write_text(json.dumps({"format": 1, "text": "<img src=x onerror=alert(1)>"}))
    browser.choose_file("#open", tmp_path / "bad.json")
    browser.wait("$('message').textContent.startsWith('bad.json: the file:') && !asking")
    assert not [e for e in browser.events if e.get("method") == "Runtime.exceptionThrown"]


def test_a_question_taken_back_and_a_server_that_is_gone(browser, synthesizer, monkeypatch):
    browser.resize(1000, 800)
    with Served(synthesizer) as served:
        begin(browser, served)
        say = served.studio.say
        monkeypatch.setattr(served.studio, "say", lambda *given: time.sleep(1.0) or say(*given))
        browser.click("#play")
        assert "Speaking" in browser.wait("asking && $('status').textContent")
        browser.key("Escape")
        browser.wait("!asking")
        assert browser.run("$('message').hidden && !player.playing")
        monkeypatch.setattr(served.studio, "say", say)
        browser.click("#play")
        browser.wait("player.playing")
        browser.click("#play")
    browser.run("shape('mask')")
    browser.click("#play")
    assert "does not answer" in browser.wait("!$('message').hidden && $('message').textContent")
