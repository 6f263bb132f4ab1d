import base64
import hashlib
import io
import json
import re
from collections import Counter

import numpy as np
import pytest
import soundfile

from tests.mushra.sounds import QUICK, buzz, quick_test, write_systems
from tts.cli import main
from tts.errors import UserError
from tts.features.audio import save_audio
from tts.mushra.sound import loudness_lufs, speech_part


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prepared")
    write_systems(folder, seconds=1.5)
    return quick_test(folder, anchors=("anchor35", "anchor70"))


def read(test, file):
    samples, rate = soundfile.read(test.folder / file, dtype="float64")
    assert (rate, soundfile.info(test.folder / file).subtype, samples.ndim) == (48000, "PCM_16", 1)
    return samples


def sounds_of(test, item) -> dict[str, np.ndarray]:
    """Sounds by condition."""
    facts = test.key["items"][item]
    return {condition: read(test, facts["stimuli"][letter]["file"]) for letter, condition in facts["letters"].items()}


def test_every_page_has_equal_lengths_loudness_and_onsets(made):
    for page in made.test.public["pages"]:
        sounds = [read(made.test, stimulus["file"]) for stimulus in page["stimuli"]]
        assert len({len(sound) for sound in sounds}) == 1
        for sound in sounds:
            assert np.abs(sound).max() < 10 ** (-1 / 20)
            if not page["attention"]:  # espeak's silences are its own
                assert loudness_lufs(speech_part(sound, QUICK)) == pytest.approx(-23, abs=0.3)
                onset = np.flatnonzero(np.abs(sound) > 1e-3)[0] / 48
                assert 60 <= onset <= 71 and np.all(sound[: 40 * 48] == 0)


def test_one_loudness_to_a_tenth(made):
    """Measured again on the files' speech alone, cut as it was."""
    measured = []
    for facts in made.test.key["items"].values():
        for stimulus in facts["stimuli"].values():
            assert stimulus["loudness_before_lufs"] + stimulus["gain_db"] == pytest.approx(-23, abs=0.01)
    for item in ("p01", "p02", "p03"):
        for sound in sounds_of(made.test, item).values():
            end = np.flatnonzero(np.abs(sound) > 1e-4)[-1] + 1
            measured.append(loudness_lufs(sound[60 * 48 : end]))
    assert np.ptp(measured) < 0.2 and np.mean(measured) == pytest.approx(-23, abs=0.1)


def test_hidden_reference_and_anchors(made):
    for item in ("p01", "p02", "p03"):
        sounds = sounds_of(made.test, item)
        assert sounds.keys() == {"reference", "ours", "theirs", "anchor35", "anchor70"}
        assert np.array_equal(sounds["reference"], read(made.test, f"stimuli/{item}/reference.wav"))
        spectrum = {name: np.abs(np.fft.rfft(sound)) ** 2 for name, sound in sounds.items()}
        hertz = np.fft.rfftfreq(len(sounds["reference"]), 1 / 48000)

        def level_db(name, low, high):
            inside = (hertz >= low) & (hertz < high)
            return 10 * np.log10((spectrum[name][inside].sum() + 1e-12) / spectrum["reference"][inside].sum())

        for name, edge in (("anchor35", 3500), ("anchor70", 7000)):
            gain = level_db(name, 200, 0.8 * edge)
            assert level_db(name, 0.8 * edge, edge) == pytest.approx(gain, abs=0.3)
            assert level_db(name, 9 / 7 * edge, 10700) - gain < -50


def test_nothing_public_tells_a_system(made):
    public = (made.test.folder / "test.json").read_text() + (made.test.folder / "index.html").read_text().split(
        '<script type="text/plain"'
    )[0]
    assert not re.search("ours|theirs|anchor", public)
    assert all(re.fullmatch(r"stimuli/[ptc]\d\d/([A-E]|reference)\.wav", file) for file in made.test.sounds())
    hidden = [
        next(letter for letter, name in facts["letters"].items() if name == "reference")
        for item, facts in made.test.key["items"].items()
        if item[0] != "c"
    ]
    assert len(set(hidden)) > 1


def test_the_key_tells_everything(made):
    key = made.test.key
    assert (
        key["items"].keys() == {page["item"] for page in made.test.public["pages"]}
        and key["conditions"]["anchor35"]["source"] == "reference, low-passed"
    )
    for facts in key["items"].values():
        for stimulus in facts["stimuli"].values():
            assert hashlib.sha256((made.test.folder / stimulus["file"]).read_bytes()).hexdigest() == stimulus["sha256"]
    assert key["items"]["p01"]["utterance"].startswith("utt_") and key["items"]["p01"]["speaker"] in ("s0", "s1")
    assert key["test_hash"] == hashlib.sha256((made.test.folder / "test.json").read_bytes()).hexdigest()
    assert (
        key["items"]["c01"]["attention"]["tolerance"] == 5
        and len(set(key["items"]["c01"]["attention"]["expected"].values())) == 3
    )
    assert "will see a difference of" in key["power"] and "80 %" in key["power"]


def test_the_page_holds_the_sounds_as_they_are(made):
    page = (made.test.folder / "index.html").read_text()
    inside = dict(re.findall(r'<script type="text/plain" data-sound="([^"]+)">([^<]+)</script>', page))
    assert inside.keys() == set(made.test.sounds())
    for file, packed in inside.items():
        samples, _ = soundfile.read(io.BytesIO(base64.b64decode(packed)), dtype="float64")
        assert np.array_equal(samples, read(made.test, file))
    assert "http:" not in page and "https:" not in page and "url(" not in page
    assert "Sentence <0>" not in page  # a text ends no script


def test_the_same_seed_gives_the_same_test(made, tmp_path):
    for name in ("reference", "ours", "theirs"):
        (tmp_path / name).symlink_to(made.test.folder.parent / name)
    quick_test(tmp_path, anchors=("anchor35", "anchor70"))
    known, again = (json.loads((folder / "test.json").read_text()) for folder in (made.test.folder, tmp_path / "test"))
    assert known == again
    checks = [file for file in made.test.sounds() if "/c" not in file]  # espeak keeps a state from call to call
    assert [(made.test.folder / file).read_bytes() for file in checks] == [
        (tmp_path / "test" / file).read_bytes() for file in checks
    ]
    other = quick_test(tmp_path / "other", anchors=("anchor35", "anchor70"), seed=1)
    assert other.test.public["listeners"] != known["listeners"]


def test_mos_preference_and_abx(tmp_path):
    write_systems(tmp_path)
    systems = ("ours", "theirs")
    made = quick_test(tmp_path, "mos", systems)
    key = made.test.key["items"]
    assert Counter(name for item, facts in key.items() if item[0] == "p" for name in facts["letters"].values()) == {
        "ours": 3,
        "theirs": 3,
        "reference": 3,
    }
    assert len({facts["utterance"] for item, facts in key.items() if item[0] == "p"}) == 3 and made.conditions == [
        "reference",
        "ours",
        "theirs",
    ]
    (tmp_path / "test").rename(tmp_path / "mos")

    made = quick_test(tmp_path, "preference", ("ours", "theirs", "reference"), reference=False)
    with pytest.raises(UserError, match="at least 2 systems"):
        quick_test(tmp_path / "x", "preference", ("ours",))
    assert all(
        len(facts["letters"]) == 2 and facts["letters"]["A"] != facts["letters"]["B"]
        for item, facts in made.test.key["items"].items()
        if item[0] == "p"
    )
    check = next(page for page in made.test.public["pages"] if page["attention"])
    assert re.search(r"says \d", check["attention"]["instruction"])
    (tmp_path / "test").rename(tmp_path / "preference")

    made = quick_test(tmp_path, "abx", systems, reference=False, items=4)
    for item, facts in made.test.key["items"].items():
        same = {
            letter: np.array_equal(read(made.test, f"stimuli/{item}/{letter}.wav"), read(made.test, f"stimuli/{item}/X.wav"))
            for letter in "AB"
        }
        assert same == {letter: letter == facts["answer"] for letter in "AB"}
    assert Counter(facts["answer"] for item, facts in made.test.key["items"].items() if item[0] == "p") == {"A": 2, "B": 2}
    assert all("answer" not in page and "expected" not in json.dumps(page) for page in made.test.public["pages"])


def test_a_peak_turns_the_whole_test_down(tmp_path):
    write_systems(tmp_path)
    sound = buzz(100, 0.6, gain=0.05)
    sound[len(sound) // 2] = 0.9
    save_audio(tmp_path / "ours" / "utt_3.wav", sound, 24000)
    made = quick_test(tmp_path, items=5)
    peaks = [np.abs(read(made.test, file)).max() for file in made.test.sounds()]
    assert 0 < made.level.turned_down_db < 12 and made.level.because_of.endswith("ours/utt_3.wav")
    assert 20 * np.log10(max(peaks)) == pytest.approx(-1, abs=0.05) and max(peaks) < 10 ** (-1 / 20)
    facts = made.test.key["items"]["p01"]["stimuli"]
    assert all(
        s["loudness_before_lufs"] + s["gain_db"] == pytest.approx(-23 - made.level.turned_down_db, abs=0.01)
        for s in facts.values()
    )


def test_by_command(tmp_path, capsys):
    write_systems(tmp_path)
    (tmp_path / "theirs" / "utt_0.wav").unlink()
    save_audio(tmp_path / "ours" / "utt_1.wav", np.zeros(24000), 24000)
    (tmp_path / "ours" / "utt_2.wav").write_bytes((tmp_path / "theirs" / "utt_2.wav").read_bytes())
    command = ["mushra", "prepare", str(tmp_path / "test"), "--reference", str(tmp_path / "reference")]
    command += [word for name in ("ours", "theirs") for word in ("--system", f"{name}={tmp_path / name}")]
    command += "--items 3 --listeners 8 --shortest 0.5 --no-inline --attention 0".split()
    assert main(command) == 0
    shown = capsys.readouterr()
    assert "ours and theirs are the same sounds on 1 pages" in shown.err
    assert "left out: utt_0: missing in theirs" in shown.err and "ours/utt_1.wav: holds nothing but silence" in shown.err
    assert "mushra test of 3 utterances and 4 conditions on 4 pages" in shown.out and "left out 2" in shown.out
    assert "with 8 listeners and 3 items you will see a difference of" in shown.out
    assert 'data-sound="stimuli' not in (tmp_path / "test" / "index.html").read_text()
    assert main(command) == 1 and "is there already" in capsys.readouterr().err
    command[2] = str(tmp_path / "large")
    command[command.index("3")] = "5"
    assert main(command) == 1
    shown = capsys.readouterr().err
    assert (
        "5 items are wanted, but only 4 utterances can be used" in shown
        and "missing in theirs" in shown
        and not list(tmp_path.glob(".large*"))
    )


def test_too_many_sounds_on_a_page(tmp_path):
    for number in range(11):
        save_audio(tmp_path / f"s{number}" / "utt_0.wav", buzz(100, 0.6), 24000)
    save_audio(tmp_path / "reference" / "utt_0.wav", buzz(100, 0.6), 24000)
    with pytest.raises(UserError, match="13 sounds"):
        quick_test(tmp_path, systems=tuple(f"s{n}" for n in range(11)), items=1)
