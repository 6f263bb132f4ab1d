"""The mini corpus against its own truth: same bytes for any number of jobs, times that tile the file, splits apart,
prosody as drawn."""

import collections
import json
import warnings

import numpy as np
import pytest
import soundfile

from tts.corpus import generated
from tts.corpus.generated import MiniCorpusConfig, generate
from tts.corpus.generated_cast import SPLITS, CastMember, read_cast
from tts.corpus.generated_text import bare
from tts.corpus.generated_voices import make_speakers
from tts.corpus.manifest import read_manifest
from tts.errors import UserError
from tts.text.espeak import get_espeak, join_words, split_stress

NEUTRAL = dict(speakers=("en-us", "es"), utterances_per_speaker=30, style_weights={"neutral": 1.0})
EMPHATIC = MiniCorpusConfig(**NEUTRAL, emphasis_share=1.0)


@pytest.fixture(scope="module")
def emphatic(tmp_path_factory):
    folder = tmp_path_factory.mktemp("emphatic")
    generate(EMPHATIC, folder, jobs=2)
    return folder


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The same sentences by the same speakers without random emphasis."""
    folder = tmp_path_factory.mktemp("plain")
    generate(MiniCorpusConfig(**NEUTRAL, emphasis_share=0.0), folder)
    return folder


@pytest.fixture(scope="module")
def stylish(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stylish")
    config = MiniCorpusConfig(speakers=("de", "en-gb", "de"), utterances_per_speaker=40, emphasis_share=0.0,
                              style_weights=dict.fromkeys(generated.STYLES, 1.0))
    generate(config, folder, jobs=2)
    return folder


def rows(folder):
    """(utterance, truth) of every utterance."""
    with open(folder / "truth.jsonl", encoding="utf-8") as file:
        yield from zip(read_manifest(folder / "manifest.jsonl"), map(json.loads, file))


def log_f0(folder, utterance):
    """Log-F0 and its times, voiced frames only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyworld
    samples, rate = soundfile.read(folder / utterance.audio)
    f0, times = pyworld.dio(samples, rate, 60, 600, frame_period=5.0)
    f0 = pyworld.stonemask(samples, f0, times, rate)
    return np.log(f0[f0 > 0]), times[f0 > 0]


def mean_within(contour, start_s, end_s):
    values, times = contour
    inside = values[(times >= start_s) & (times < end_s)]
    return inside.mean() if len(inside) >= 5 else np.nan


def all_bytes(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_any_number_of_jobs_makes_the_same_bytes(emphatic, tmp_path):
    generate(EMPHATIC, tmp_path / "again", jobs=1)
    assert all_bytes(tmp_path / "again") == all_bytes(emphatic)


def test_words_pauses_and_phones_tile_the_file(emphatic):
    for utterance, truth in rows(emphatic):
        info = soundfile.info(emphatic / utterance.audio)
        assert (info.samplerate, info.channels) == (22050, 1)
        assert utterance.seconds == pytest.approx(info.frames / 22050, abs=1e-4)
        spans = sorted([(x["start_s"], x["end_s"]) for x in truth["words"] + truth["pauses"]])
        assert spans[0][0] == 0 and spans[-1][1] == pytest.approx(info.frames / 22050, abs=1e-5)
        assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
        first, last = truth["pauses"][0], truth["pauses"][-1]
        assert all(0.0999 <= pause["end_s"] - pause["start_s"] <= 0.2501 for pause in (first, last))
        for word in truth["words"]:
            edges = [word["start_s"], *(phone[3] for phone in word["phones"])]
            assert [phone[2] for phone in word["phones"]] == edges[:-1] and edges[-1] == word["end_s"]
            assert all(left < right for left, right in zip(edges, edges[1:]))
        samples = soundfile.read(emphatic / utterance.audio)[0]
        assert not samples[:int(first["end_s"] * 22050) - 1].any()


@pytest.mark.parametrize("corpus", ["emphatic", "stylish"])
def test_words_in_are_words_out_with_the_text_stages_phones(corpus, request):
    for utterance, truth in rows(request.getfixturevalue(corpus)):
        tokens = utterance.text.split()
        assert [word["text"] for word in truth["words"]] == [bare(token) for token in tokens]
        read = get_espeak().phones(join_words(tokens), utterance.language)
        spoken = [[tuple(phone[:2]) for phone in word["phones"]] for word in truth["words"]]
        assert spoken == [list(map(split_stress, word)) for word in read.words]


def test_splits_share_no_text(stylish):
    texts, said = collections.defaultdict(set), collections.Counter()
    for utterance in read_manifest(stylish / "manifest.jsonl"):
        texts[utterance.split, utterance.language].add(utterance.text)
        said[utterance.speaker, utterance.split] += 1
    assert set(said.values()) == set(MiniCorpusConfig(utterances_per_speaker=40).split_sizes(CastMember("de")).values()) - {0}
    every = [text for group in texts.values() for text in group]
    assert len(every) == len(set(every))
    assert len(texts["test", "de"]) == said["alice", "test"]  # the two Germans read the same test sentences ...
    assert len(texts["train", "de"]) == 2 * said["alice", "train"]  # ... and different ones for training


def test_emphasis_is_heard_as_drawn(emphatic, plain):
    pitch, time = [], []
    for (changed, truth), (same, reference) in zip(rows(emphatic), rows(plain)):
        assert changed.text == same.text and not any(word["emphasis"] for word in reference["words"])
        contours = log_f0(emphatic, changed), log_f0(plain, same)
        for word, neutral in zip(truth["words"], reference["words"]):
            if draw := word["emphasis"]:
                heard = [mean_within(contour, w["start_s"], w["end_s"]) for contour, w in zip(contours, (word, neutral))]
                pitch.append((heard[0] - heard[1], np.log(draw["f0_ratio"])))
                time.append(((word["end_s"] - word["start_s"]) / (neutral["end_s"] - neutral["start_s"]), draw["time_ratio"]))
    pitch = np.array(pitch)[np.isfinite(np.array(pitch)[:, 0])]
    assert len(pitch) > 40
    assert (np.sign(pitch[:, 0]) == np.sign(pitch[:, 1])).mean() > 0.9 and np.median(abs(pitch[:, 0] - pitch[:, 1])) < 0.03
    time = np.log(time)
    assert np.corrcoef(time.T)[0, 1] > 0.95 and np.median(abs(time[:, 0] - time[:, 1])) < 0.06


def test_questions_end_higher_than_statements(plain):
    ends = collections.defaultdict(list)
    for utterance, truth in rows(plain):
        contour, last = log_f0(plain, utterance), truth["words"][-1]
        rises = any(rule["rule"] == "rise" and rule["word"] == len(truth["words"]) - 1 for rule in truth["rules"])
        ends[rises].append(mean_within(contour, last["start_s"], last["end_s"]) - np.median(contour[0]))
        assert rises == (truth["kind"] == "question")
    assert len(ends[True]) >= 4 and np.nanmedian(ends[True]) > np.nanmedian(ends[False]) + np.log(1.12)


def test_styles_sound_as_they_are_set(stylish):
    pitch, sounds, seconds = collections.defaultdict(list), collections.Counter(), collections.Counter()
    for utterance, truth in rows(stylish):
        pitch[utterance.speaker, utterance.style].append(log_f0(stylish, utterance)[0])
        for word in truth["words"]:
            sounds[utterance.style] += len(word["phones"])
            seconds[utterance.style] += word["end_s"] - word["start_s"]
    speakers = {speaker for speaker, _ in pitch}
    mean, deviation = ({style: np.mean([how(np.concatenate(pitch[speaker, style])) for speaker in speakers])
                        for style in generated.STYLES} for how in (np.mean, np.std))
    rate = {style: sounds[style] / seconds[style] for style in sounds}
    assert mean["excited"] > mean["dj"] > mean["neutral"] > mean["disappointed"]
    assert deviation["dj"] > deviation["neutral"] > deviation["disappointed"]
    assert rate["dj"] > rate["newscaster"] > rate["neutral"] > rate["disappointed"]


def test_finished_interrupted_changed_and_foreign_folders(tmp_path, monkeypatch):
    config = MiniCorpusConfig(speakers=("en-us", "de"), utterances_per_speaker=6)
    folder = tmp_path / "mini"

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(generated, "_join_parts", interrupt)
        with pytest.raises(KeyboardInterrupt):
            generate(config, folder)
    (folder / ".parts" / "brian.jsonl").unlink()  # as if stopped at the second speaker
    spoken = (folder / "wav" / "alice" / "alice_00000.flac").stat().st_mtime_ns
    facts = generate(config, folder)
    assert (folder / "wav" / "alice" / "alice_00000.flac").stat().st_mtime_ns == spoken and facts.utterances == 12

    finished = all_bytes(folder)
    with monkeypatch.context() as patched:
        patched.setattr(generated, "plan", interrupt)
        assert generate(config, folder) == facts  # nothing to do
    (folder / "wav" / "brian" / "brian_00003.flac").unlink()
    assert generate(config, folder) == facts and all_bytes(folder) == finished

    generate(MiniCorpusConfig(speakers=("en-us",), utterances_per_speaker=6, seed=2), folder)
    assert not (folder / "wav" / "brian").exists() and all_bytes(folder)["manifest.jsonl"] != finished["manifest.jsonl"]
    with pytest.raises(UserError, match="did not make"):
        generate(config, tmp_path)


@pytest.mark.parametrize("wrong, said", [
    (dict(speakers=("xx",)), "no sentences for xx"),
    (dict(style_weights={"angry": 1.0}), "no style angry"),
    (dict(recogniser_share=0.95), "sum below 1"),
    (dict(utterances_per_speaker=2), "expected at least"),
])
def test_impossible_settings_are_said(wrong, said):
    with pytest.raises(UserError, match=said):
        MiniCorpusConfig(**wrong)


CAST = """
speakers:
  - {language: es, name: ada, gender: female, low_hz: 190, high_hz: 300, tempo: 1.2, styles: {dj: 2}, utterances: {train: 9, test: 2}}
  - {language: en-gb, gender: female}
  - {language: en-us, utterances: 12}
"""


def test_a_cast_gets_what_it_says_and_the_rest_is_drawn(tmp_path):
    (tmp_path / "cast.yaml").write_text(CAST)
    cast = read_cast(tmp_path / "cast.yaml")
    config = MiniCorpusConfig(cast=cast, utterances_per_speaker=20)
    ada, second, third = make_speakers(cast, config.seed)
    assert (ada.name, ada.gender, ada.low_hz, ada.high_hz, ada.tempo) == ("ada", "female", 190, 300, 1.2)
    assert [(other.name, other.gender, other.language) for other in (second, third)] == [("clara", "female", "en-gb"),
                                                                                       ("elena", "female", "en-us")]
    plans = generated.plan(config)
    counts = {name: {split: sum(item.split == split for item in items) for split in SPLITS} for name, items in plans.items()}
    assert counts == {"ada": {"train": 9, "test": 2, "dev": 0, "recogniser": 0, "unseen": 0}, "clara": config.split_sizes(cast[1]),
                      "elena": config.split_sizes(cast[2])}
    assert {item.style for item in plans["ada"]} == {"dj"} and sum(counts["elena"].values()) == 12
    said = {name: [item.sentence.text for item in items if item.split == "test"] for name, items in plans.items()}
    assert said["elena"] == said["clara"][:len(said["elena"])]  # both Englishes read the same test sentences
    generate(MiniCorpusConfig(cast=cast[:1]), tmp_path / "mini")
    f0 = np.concatenate([log_f0(tmp_path / "mini", utterance)[0] for utterance in read_manifest(tmp_path / "mini/manifest.jsonl")])
    assert 190 < np.exp(np.median(f0)) < 360


@pytest.mark.parametrize("row, says", [
    ("tempoo: 1.1", "speaker 2: unknown key tempoo; did you mean tempo"), ("tempo: fast", "speaker 2.*tempo"),
    ("styles: {angry: 1}", "speaker 2: styles: no style angry"), ("utterances: {valid: 3}", "speaker 2: utterances: no split valid"),
    ("low_hz: 200, high_hz: 100", "speaker 2: high_hz 100 is not above low_hz 200"), ("name: karl", r"speaker 2 \(karl\): the name is taken")])
def test_a_cast_that_cannot_be_made_is_said(row, says, tmp_path):
    (tmp_path / "cast.yaml").write_text(f"speakers: [{{language: de, name: karl}}, {{language: de, {row}}}]\n")
    with pytest.raises(UserError, match=says):
        MiniCorpusConfig(cast=read_cast(tmp_path / "cast.yaml"))
