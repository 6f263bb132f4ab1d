"""The page in a real browser: a whole test taken with keys and mouse, static and served, and what was kept of it."""

import json
import shutil
import time
from pathlib import Path

import pytest

from tests.browser import Browser, find_browser
from tests.helpers.serving import Server
from tests.mushra.sounds import quick_test, write_systems
from tts.cli import main
from tts.mushra.ratings import read_ratings, read_results

pytestmark = pytest.mark.skipif(find_browser() is None, reason="no Chromium on the path: the page is not tried in a browser")
SMALL = {"items": 2, "listeners": 4}


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sounds")
    write_systems(folder)
    return folder


@pytest.fixture
def make(sounds, tmp_path):
    """A test of a kind, made from the same sounds."""

    def make_test(kind="mushra", **plan):
        for name in ("reference", "ours", "theirs"):
            (tmp_path / name).symlink_to(sounds / name)
        return quick_test(tmp_path, kind, **(SMALL | plan)).test

    return make_test


def begin(browser, listener: str | None = None) -> None:
    if listener:
        browser.run("document.querySelector('[name=listener]').focus()")
        for digit in listener:
            browser.key(digit)
    browser.click("[name=playback][value=headphones]")
    go_on(browser)


def go_on(browser) -> None:
    """Leave the first page; from here on a tenth of each sound will do, to save time."""
    browser.click("#begin")
    browser.wait("!document.getElementById('test').hidden")
    browser.run("test.must_hear = 0.1")


def hear(browser, letters: str) -> None:
    """Play each sound by its key until the page has heard enough of it."""
    for number, letter in enumerate(letters, start=1):
        browser.key(str(number))
        browser.wait(f"player.enough('{letter}') || !player.playing && (player.start(), false)")


def next_page(browser) -> None:
    place = browser.run("session.place")
    browser.key("Enter") if browser.run("!document.activeElement.matches('button')") else browser.click("#next")
    browser.wait(f"session.place === {place + 1} && (session.finished !== null || !document.getElementById('test').hidden)")


def score_of(item: str, letter: str) -> int:
    return 10 + 7 * "ABCDE".index(letter) + int(item[1:])


def rate_page(browser, test) -> None:
    """Hear and rate a page of a mushra test; checks get what they ask for, the others a score by item and letter."""
    item, letters = browser.run("[view.page.item, view.letters.join('')]")
    check = test.key["items"][item]["attention"]
    hear(browser, letters)
    for number, letter in enumerate(letters, start=1):
        wanted = check["expected"][letter] if check else score_of(item, letter)
        slider = f"document.querySelector('[data-rates={letter}]')"
        browser.run(f"(s => {{ s.value = {wanted - 1}; s.dispatchEvent(new Event('input')); }})({slider})")
        browser.key(str(number))
        browser.key("ArrowRight")  # the last point by a real key on the chosen slider


def check_ratings(test, files) -> None:
    ratings = {(r.item, r.condition): r for r in read_ratings(test.folder, files) if not r.attention}
    assert len(ratings) == 2 * 4
    for item, facts in test.key["items"].items():
        if item[0] == "p":
            for letter, condition in facts["letters"].items():
                assert ratings[item, condition].score == score_of(item, letter) and ratings[item, condition].seconds > 0
    assert all(r.score == 0 for r in read_ratings(test.folder, files) if r.attention)


def test_a_whole_session_from_a_file(make, tmp_path):
    test = make()
    with Browser() as browser:
        browser.open((test.folder / "index.html").as_uri())
        browser.click("#begin")  # a question is not answered
        assert "What do you listen with?" in browser.run("document.getElementById('start-message').textContent")
        begin(browser, "3")
        browser.run("test.must_hear = 0.5")
        assert browser.run("session.order") == 2 and browser.run("document.documentElement.scrollWidth") <= 360
        browser.click("#next")
        assert "Listen to all sounds first: 1, 2, 3, 4" in browser.run("document.getElementById('message').textContent")
        assert browser.run("session.place") == 0 and browser.run("Object.keys(session.ratings).length") == 0
        letters = browser.run("view.letters.join('')")
        hear(browser, letters)
        browser.click("#next")
        assert "Rate all sounds first: 1, 2, 3, 4" in browser.run("document.getElementById('message').textContent")

        # Switching keeps the moment and starts no sound anew; the reference has a key of its own.
        browser.run("(player.repeat(true), player.start(0), window.running = player.sources.slice(), 0)")
        time.sleep(0.1)
        moved = browser.run(
            "(() => { const before = player.position; player.choose(view.letters[1]); return player.position - before; })()"
        )
        assert abs(moved) < 0.02 and browser.run(
            "running.length === 5 && running.every((source, n) => source === player.sources[n])"
        )
        browser.wait(f"player.gains['{letters[1]}'].gain.value === 1 && player.gains['{letters[0]}'].gain.value === 0")
        browser.key("0")
        assert browser.run("player.current") == "reference"
        browser.key(" ")
        assert browser.run("player.playing") is False
        browser.run("player.repeat(false)")

        # A click on the slider, as on a phone, is an answer; then the page is loaded anew in the middle.
        browser.click(f"[data-rates={letters[0]}]")
        assert browser.run(f"session.ratings[view.page.item].{letters[0]}.score") == pytest.approx(50, abs=1)
        rate_page(browser, test)
        browser.run("document.getElementById('comment').value = 'a remark'")
        next_page(browser)
        rate_page(browser, test)
        browser.reload()
        assert "Welcome back" in browser.wait(
            "!document.getElementById('start').hidden && document.getElementById('resume').textContent"
        )
        go_on(browser)
        assert browser.run("session.place") == 1 and browser.run("missing()") == ""
        next_page(browser)
        while browser.run("session.finished === null"):
            rate_page(browser, test)
            next_page(browser)
        saved = saved_file(browser)
        assert json.loads(browser.run("document.getElementById('answers').value"))["ratings"] == saved["ratings"]
        assert {address.split(":")[0] for address in browser.requests()} <= {"file", "blob", "data"}
        assert not [event for event in browser.events if event.get("method") == "Runtime.exceptionThrown"]
    assert (saved["listener"], saved["complete"], saved["questionnaire"], saved["test_hash"]) == (
        3,
        True,
        {"playback": "headphones"},
        test.hash,
    )
    assert [r["comment"] for r in saved["ratings"] if r["item"] == "t01"] == ["a remark"] * 4 and all(
        r["plays"] > 0 for r in saved["ratings"]
    )
    (test.folder / "results").mkdir()
    (test.folder / "results" / "three.json").write_text(json.dumps(saved))
    check_ratings(test, [test.folder / "results" / "three.json"])
    assert read_results(test.folder).sessions[0].listener == "3"
    for number in range(4, 9):  # five more who answer almost alike
        other = saved | {
            "session": f"s{number}",
            "listener": number,
            "ratings": [
                r | {"score": r["score"] + (number * len(r["letter"] + r["item"]) + ord(r["letter"])) % 5 * (r["item"][0] == "p")}
                for r in saved["ratings"]
            ],
        }
        (test.folder / "results" / f"{number}.json").write_text(json.dumps(other))
    assert main(["mushra", "analyse", str(test.folder), "--no-reference-rule", "--no-low-anchor-rule"]) == 0
    assert main(["mushra", "export", str(test.folder), "-o", str(tmp_path / "table.csv")]) == 0


def saved_file(browser) -> dict:
    """What the page has saved by itself."""
    deadline = time.monotonic() + 10
    while not (files := list(Path(browser.downloads).glob("test-*.json"))):
        assert time.monotonic() < deadline, "nothing was saved"
        time.sleep(0.05)
    return json.loads(files[0].read_text())


def test_a_served_session_goes_on_after_the_server_was_gone(make):
    test = make()
    with Browser(width=1000, dark=True) as browser:
        with Server("mushra", "serve", test.folder) as server:
            browser.open(server.address)
            begin(browser)
            rate_page(browser, test)
            browser.wait("session.unsent.length === 0 && sending === null")
            assert len(read_ratings(test.folder, [test.database])) == 0  # practice does not count
            next_page(browser)
            port = server.port
        rate_page(browser, test)  # its sounds were loaded before the server went
        browser.wait("!document.getElementById('unsent').hidden")
        assert "have not arrived yet" in browser.run("document.getElementById('unsent').textContent")
        name = browser.run("session.session")
        with Server("mushra", "serve", test.folder, port=port) as server:
            browser.wait("session.unsent.length === 0 && document.getElementById('unsent').hidden")
            browser.reload()
            browser.wait("session && !document.getElementById('start').hidden")
            go_on(browser)
            assert (browser.run("session.session"), browser.run("session.place")) == (name, 1)
            while browser.run("session.finished === null"):
                rate_page(browser, test)
                next_page(browser)
            browser.wait("document.getElementById('outcome').textContent.startsWith('All your answers have arrived')")
            browser.run("window.confirm = () => true")
            browser.click("#new")  # another listener on the same device
            browser.wait("typeof session !== 'undefined' && session === null && !document.getElementById('start').hidden")
            begin(browser)
            assert browser.run("session.listener") == 2 and browser.run("session.session") != name
            assert {address.split("/")[2] for address in browser.requests() if address.startswith("http")} == {
                f"127.0.0.1:{port}"
            }
    check_ratings(test, [test.database])


def test_mos_by_keys(make):
    test = make("mos", attention=0, training=0)
    with Browser() as browser:
        browser.open((test.folder / "index.html").as_uri())
        begin(browser)
        for place in range(6):
            browser.key("4")
            assert "Listen" in browser.run("missing()")
            browser.key(" ")
            browser.wait("player.enough(view.letters[0])")
            browser.key(str(1 + place % 5))
            next_page(browser)
        saved = saved_file(browser)
    assert sorted(r["score"] for r in saved["ratings"]) == [1, 1, 2, 3, 4, 5] and saved["listener"] is None


@pytest.mark.parametrize("kind", ["preference", "abx"])
def test_choices_by_keys(make, kind):
    test = make(kind, none_allowed=kind == "preference", attention=1, training=0)
    with Browser() as browser:
        browser.open((test.folder / "index.html").as_uri())
        begin(browser)
        while browser.run("session.finished === null"):
            item, letters = browser.run("[view.page.item, view.letters.join('')]")
            facts = test.key["items"][item]
            hear(browser, letters)
            assert browser.run("missing()") == "Answer first"
            right = facts["answer"] or next(
                (letter for letter, score in (facts["attention"] or {"expected": {}})["expected"].items() if score), "A"
            )
            browser.key("ArrowLeft" if letters.index(right) == 0 else "ArrowRight")
            next_page(browser)
        saved = saved_file(browser)
    ratings = read_ratings_of(test, saved)
    assert all(r.score == 0 for r in ratings if r.attention) and sum(r.attention for r in ratings) >= 1
    if kind == "abx":
        assert [r.score for r in ratings if not r.attention] == [1, 1]
    else:
        assert sorted(r.score for r in ratings if not r.attention) == [0, 0, 1, 1]


def read_ratings_of(test, saved: dict):
    (test.folder / "results").mkdir(exist_ok=True)
    (test.folder / "results" / "one.json").write_text(json.dumps(saved))
    return read_ratings(test.folder, [test.folder / "results" / "one.json"])


def test_sounds_that_do_not_come_can_be_asked_for_again(make):
    test = make(inline=False, training=0)
    shutil.move(test.folder / "stimuli", test.folder / "away")
    (test.folder / "stimuli").symlink_to(test.folder / "away")
    with Server("mushra", "serve", test.folder) as server, Browser() as browser:
        browser.open(server.address)
        (test.folder / "stimuli").unlink()
        browser.click("[name=playback][value=headphones]")
        browser.click("#begin")
        browser.wait("!document.getElementById('failed').hidden")
        (test.folder / "stimuli").symlink_to(test.folder / "away")
        browser.click("#again")
        browser.wait("!document.getElementById('test').hidden")
