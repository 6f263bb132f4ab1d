"""TextGrids as Praat and forced aligners write them, whole and broken."""

import json

import numpy as np
import pytest

from tests.alignment.make import RATE, tone_utterance
from tts.alignment.config import AlignerConfig
from tts.alignment.textgrid import Interval, align_from_textgrids, read_textgrid, write_textgrid, write_textgrids
from tts.corpus.manifest import read_manifest, write_manifest
from tts.errors import UserError
from tts.features.config import FeatureConfig

CONFIG = FeatureConfig(sample_rate=RATE, hop_samples=200, window_samples=800, mel_high_hz=8000.0)

SHORT = '''File type = "ooTextFile"
Object class = "TextGrid"

0
0.7
<exists>
2
"IntervalTier"
"words"
0
0.7
3
0
0.1
""
0.1
0.6
"say ""hi"" 42"
0.6
0.7
"sil"
"TextTier"
"notes"
0
0.7
1
0.3
"a [1] note"
'''


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_short_format_in_all_encodings(tmp_path, encoding):
    (tmp_path / "a.TextGrid").write_bytes(SHORT.encode(encoding))
    tiers = read_textgrid(tmp_path / "a.TextGrid")
    assert tiers == {"words": [Interval(0, 0.1, ""), Interval(0.1, 0.6, 'say "hi" 42'), Interval(0.6, 0.7, "sil")]}
    assert [i.is_silence for i in tiers["words"]] == [True, False, True]


def test_what_is_written_is_read(tmp_path):
    tiers = {"words": [Interval(0, 0.25, 'ə "x"'), Interval(0.25, 1.5, "")], "phones": [Interval(0, 1.5, "1")]}
    write_textgrid(tmp_path / "a.TextGrid", tiers, 1.5)
    assert read_textgrid(tmp_path / "a.TextGrid") == tiers


@pytest.mark.parametrize("content, message", [
    (b"", "empty file"),
    (b"   \n", "empty file"),
    (SHORT[: SHORT.index('"sil"')].encode(), "says 3 entries, it ends at number 3"),
    (b"\x80\x81abc", "neither UTF-8 nor UTF-16"),
    (b"hello", "no TextGrid"),
])
def test_broken_files_say_what_is_wrong(tmp_path, content, message):
    (tmp_path / "a.TextGrid").write_bytes(content)
    with pytest.raises(UserError, match=message):
        read_textgrid(tmp_path / "a.TextGrid")


@pytest.fixture
def corpus(tmp_path):
    rng = np.random.default_rng(0)
    texts = ["aei ou, si.", "oa se.", "ue, ai."]
    made = [tone_utterance(tmp_path, f"u{n}", text, rng, gap_seconds=0.1) for n, text in enumerate(texts)]
    write_manifest(tmp_path / "manifest.jsonl", [utterance for utterance, _ in made])
    grids = tmp_path / "grids"
    for utterance, starts in made:
        words, phones, at = [], [], iter(starts)
        ends = iter([*starts[1:], utterance.seconds - 0.1])
        for word in utterance.words:
            inside = [Interval(next(at), next(ends), phone.symbol) for phone in word.phones]
            inside[-1] = Interval(inside[-1].start, inside[-1].end - 0.1 * (word is not utterance.words[-1]), inside[-1].text)
            words.append(Interval(inside[0].start, inside[-1].end, word.text))
            phones += inside
        tiers = {"beeper - words": words, "beeper - phones": phones}
        write_textgrid(grids / f"{utterance.id}.TextGrid", tiers, utterance.seconds)
    return tmp_path, grids, made


def test_times_come_in_and_go_out_again(corpus):
    folder, grids, made = corpus
    facts = align_from_textgrids(folder / "manifest.jsonl", folder / "out" / "manifest.jsonl", folder, grids, CONFIG,
                                 AlignerConfig())
    assert (facts.utterances, facts.inserted, facts.spread_words, facts.dropped) == (3, 2, 0, {})
    for utterance, (_, starts) in zip(read_manifest(folder / "out" / "manifest.jsonl"), made):
        edges = np.cumsum([0, *utterance.durations])[:-1] * CONFIG.frame_seconds
        found = [edge for edge, phone in zip(edges, utterance.phones) if phone.symbol not in "_,."]
        np.testing.assert_allclose(found, starts, atol=CONFIG.frame_seconds / 2 + 1e-6)
    assert write_textgrids(folder / "out" / "manifest.jsonl", folder / "written", CONFIG) == 3
    words = read_textgrid(folder / "written" / "beeper" / "u0.TextGrid")["words"]
    assert [word.text for word in words] == ["", "aei", "", "ou", "", "si", ""]


def test_missing_empty_and_cut_off_ones_are_named_and_too_many_stop(corpus):
    folder, grids, _ = corpus
    (grids / "u0.TextGrid").write_bytes(b"")
    whole = (grids / "u1.TextGrid").read_text()
    (grids / "u1.TextGrid").write_text(whole[: len(whole) // 2])
    out = folder / "out" / "manifest.jsonl"
    with pytest.raises(UserError, match="1 of 3 utterances, expected at least 95 %"):
        align_from_textgrids(folder / "manifest.jsonl", out, folder, grids, CONFIG, AlignerConfig())
    assert not out.exists()
    facts = align_from_textgrids(folder / "manifest.jsonl", out, folder, grids, CONFIG, AlignerConfig(textgrid_coverage=0.3))
    assert facts.utterances == 1
    assert "empty file" in facts.dropped["u0"] and "cut off" in facts.dropped["u1"]
    assert set(json.loads((out.parent / "alignment.json").read_text())["dropped"]) == {"u0", "u1"}
    (grids / "u2.TextGrid").unlink()
    with pytest.raises(UserError, match="u2: no TextGrid; expected u2.TextGrid"):
        align_from_textgrids(folder / "manifest.jsonl", out, folder, grids, CONFIG, AlignerConfig())


def test_other_phones_there_are_spread_over_the_word_and_counted(corpus):
    folder, grids, _ = corpus
    tiers = read_textgrid(grids / "u1.TextGrid")
    first = tiers["beeper - phones"].pop(0)
    tiers["beeper - phones"][0] = Interval(first.start, tiers["beeper - phones"][0].end, "OA1")
    write_textgrid(grids / "u1.TextGrid", tiers, tiers["beeper - words"][-1].end + 0.1)
    facts = align_from_textgrids(folder / "manifest.jsonl", folder / "out" / "manifest.jsonl", folder, grids, CONFIG,
                                 AlignerConfig())
    assert facts.spread_words == 1
    word = list(read_manifest(folder / "out" / "manifest.jsonl"))[1].words[0]
    assert abs(word.phones[0].frames - word.phones[1].frames) <= 1
