"""Tiny copies of each corpus's form: what is read, and what is reported because it cannot be."""

import pytest

from tts.corpus.readers import READERS, read_corpus
from tts.corpus.recording import Skipped
from tts.errors import UserError


def lay(folder, files):
    """Write a tree of {path: text or bytes}."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return folder


def read(reader, folder, **options):
    """(id, speaker, language, style, text, path below folder) of every recording, and what was skipped."""
    skipped = Skipped()
    rows = [(r.utterance.id, r.utterance.speaker, r.utterance.language, r.utterance.style, r.utterance.text,
             r.path.relative_to(folder).as_posix())
            for r in read_corpus(reader, folder, skipped, **options)]
    return rows, skipped.names


def test_tsv(tmp_path):
    lay(tmp_path, {"manifest.tsv": "utt_id\tspeaker\tlanguage\tstyle\taudio\ttranscript\tseconds\r\n"
                                   "a1\tada\ten-US\tsad\taudio/a1.wav\tOne \"two\".\t1.0\r\n"
                                   "a2\tada\ten-US\tsad\taudio/a2.wav\t\t1.0\n"
                                   "a3\tada\ten-US\tsad\taudio/a3.wav\n\n"
                                   "a4\tada\ten-US\t\t../a4.wav\tFour.\t1.0\n"
                                   "a5\tada\ten-US\t\taudio/a5.wav\tFive.\t1.0\n"})
    rows, skipped = read("tsv", tmp_path)
    assert rows == [("a1", "ada", "en-US", "sad", 'One "two".', "audio/a1.wav"),
                    ("a5", "ada", "en-US", "neutral", "Five.", "audio/a5.wav")]
    assert skipped == [("a2", "empty transcript"), ("manifest.tsv:4", "5 cells, expected 7 as in the header"),
                       ("a4", "audio path leads outside the audio root")]


def test_tsv_with_aliases_and_options(tmp_path):
    lay(tmp_path / "tables", {"mine.tsv": "\ufeffid\ttext\taudio\nx\tHallo.\tx.flac\n"})
    rows, skipped = read("tsv", tmp_path / "tables", speaker="me", language="de", style="calm")
    assert (rows, skipped) == ([("x", "me", "de", "calm", "Hallo.", "x.flac")], [])
    skipped = Skipped()
    (recording,) = read_corpus("tsv", tmp_path / "tables" / "mine.tsv", skipped, speaker="me", language="de",
                               audio_root=str(tmp_path / "sound"))
    assert recording.path == tmp_path / "sound" / "x.flac"


@pytest.mark.parametrize("header, says", [("id\ttext\n", "no column audio, speaker, language .found: utt_id, transcript"),
                                          ("", "no column audio"),
                                          ("id\tutt_id\taudio\ttext\tspeaker\tlanguage\n", "utt_id occurs twice")])
def test_tsv_header_is_checked(tmp_path, header, says):
    lay(tmp_path, {"manifest.tsv": header})
    with pytest.raises(UserError, match=says):
        read("tsv", tmp_path)


def test_tsv_table_must_be_unique(tmp_path):
    lay(tmp_path, {"a.tsv": "", "b.tsv": ""})
    with pytest.raises(UserError, match="2 .tsv files"):
        read("tsv", tmp_path)


def test_ljspeech(tmp_path):
    lay(tmp_path, {"metadata.csv": 'LJ001-0001|Dr. "X" has 2|Doctor "X" has two\nLJ001-0002|Plain\nLJ001-0003\n',
                   "wavs/LJ001-0001.wav": "", "wavs/LJ001-0003.wav": "", "wavs/LJ999-0001.wav": ""})
    rows, skipped = read("ljspeech", tmp_path)
    assert rows == [("LJ001-0001", "ljspeech", "en-us", "read", 'Doctor "X" has two', "wavs/LJ001-0001.wav"),
                    ("LJ001-0002", "ljspeech", "en-us", "read", "Plain", "wavs/LJ001-0002.wav")]
    assert skipped == [("LJ001-0003", "metadata.csv: expected id|text|normalized text"),
                       ("LJ999-0001", "audio without a transcript")]


def test_vctk_with_two_microphones(tmp_path):
    wav = "wav48_silence_trimmed"
    lay(tmp_path, {f"{wav}/p225/p225_001_mic1.flac": "", f"{wav}/p225/p225_001_mic2.flac": "",
                   f"{wav}/p280/p280_001_mic1.flac": "",
                   f"{wav}/p315/p315_001_mic1.flac": "", f"{wav}/p294/p294_001_mic1.flac": "",
                   f"{wav}/p294/p294_001_mic2.flac": "",
                   "txt/p225/p225_001.txt": "Please call Stella.\n", "txt/p280/p280_001.txt": "Please.",
                   "txt/p294/p294_001.txt": "Call Stella.",
                   "speaker-info.txt": "ID  AGE  GENDER  ACCENTS  REGION COMMENTS\np225  23  F    English    Southern  England\n"
                                       "p294  33  F  American  San Francisco\n"})
    rows, skipped = read("vctk", tmp_path, mic=2)
    assert rows == [("p225_001", "p225", "en-gb", "read", "Please call Stella.", f"{wav}/p225/p225_001_mic2.flac"),
                    ("p294_001", "p294", "en-us", "read", "Call Stella.", f"{wav}/p294/p294_001_mic2.flac")]
    assert skipped == [("p280_001", "no mic2.flac"), ("p315_001", "audio without a transcript")]
    rows, skipped = read("vctk", tmp_path)
    assert [row[0] for row in rows] == ["p225_001", "p280_001", "p294_001"] and rows[0][-1].endswith("_mic1.flac")


def test_vctk_older_form(tmp_path):
    lay(tmp_path, {"wav48/p225/p225_001.wav": "", "txt/p225/p225_001.txt": "Please call Stella."})
    assert read("vctk", tmp_path) == ([("p225_001", "p225", "en-gb", "read", "Please call Stella.", "wav48/p225/p225_001.wav")],
                                      [])
    with pytest.raises(UserError, match="one microphone"):
        read("vctk", tmp_path, mic=1)


def test_libritts_r(tmp_path):
    lay(tmp_path, {"dev-clean/84/121123/84_121123_000007_000001.wav": "",
                   "dev-clean/84/121123/84_121123_000007_000001.normalized.txt": "Go?\n",
                   "dev-clean/84/121123/84_121123_000008_000000.wav": "", "train-clean-100/19/198/19_198_000000_000000.wav": "",
                   "train-clean-100/19/198/19_198_000000_000000.normalized.txt": "Stay.", "speakers.tsv": "x"})
    first = ("84_121123_000007_000001", "84", "en-us", "read", "Go?", "dev-clean/84/121123/84_121123_000007_000001.wav")
    rows, skipped = read("libritts_r", tmp_path)
    assert rows[0] == first and len(rows) == 2
    assert skipped == [("84_121123_000008_000000", "audio without a transcript")]
    assert read("libritts_r", tmp_path, subsets=["dev-clean"])[0] == [first]
    assert [row[0] for row in read("libritts_r", tmp_path / "dev-clean")[0]] == [first[0]]
    with pytest.raises(UserError, match="no subset test-clean; there are dev-clean, train-clean-100"):
        read("libritts_r", tmp_path, subsets=["test-clean"])


def test_esd_in_both_layouts_and_encodings(tmp_path):
    lay(tmp_path, {"0001/0001.txt": "0001_000001\t打远一看\t中立\n0001_000002\t它们的\t生气\n".encode("gb18030"),
                   "0001/Neutral/0001_000001.wav": "",
                   "0001/Angry/train/0001_000002.wav": "",
                   "0011/0011.txt": "0011_000001\tThe nine were.\tNeutral\nrubbish\n0011_000002 It is hers.  "
                                    "Happy\n".encode("utf-16"),
                   "0011/Happy/test/0011_000002.wav": "", "0011/Sad/0011_000003.wav": "", "0011/Bored/0011_000001.wav": ""})
    rows, skipped = read("esd", tmp_path)
    assert rows == [("0001_000001", "0001", "zh", "neutral", "打远一看", "0001/Neutral/0001_000001.wav"),
                    ("0001_000002", "0001", "zh", "anger", "它们的", "0001/Angry/train/0001_000002.wav"),
                    ("0011_000002", "0011", "en-us", "happiness", "It is hers.", "0011/Happy/test/0011_000002.wav")]
    assert skipped == [("0011.txt:2", "expected id, text, emotion"), ("0011_000001", "not in a folder Angry, Happy, Neutral, "
                                                                                     "Sad, Surprise"),
                       ("0011_000003", "audio without a transcript")]
    assert [row[1] for row in read("esd", tmp_path, language="en")[0]] == ["0011"]


def test_css10(tmp_path):
    lay(tmp_path, {"german/transcript.txt": "floh/floh_0001.wav|Im J. 1805|Im Jahre "
                                            "achtzehnhundertfünf|5.1\nfloh/floh_0002.wav|Ja.||1.0\nbroken\n",
                   "german/floh/floh_0001.wav": "", "german/floh/floh_0009.wav": "",
                   "ja/transcript.txt": "meian/meian_0000.wav|医者は。|isha wa.|5.10\n"})
    rows, skipped = read("css10", tmp_path)
    assert rows == [("floh_0001", "css10-de", "de", "read", "Im Jahre achtzehnhundertfünf", "german/floh/floh_0001.wav"),
                    ("floh_0002", "css10-de", "de", "read", "Ja.", "german/floh/floh_0002.wav"),
                    ("meian_0000", "css10-ja", "ja", "read", "医者は。", "ja/meian/meian_0000.wav")]
    assert skipped == [("german/transcript.txt:3", "expected path|text|normalized text|seconds"),
                       ("floh_0009", "audio without a transcript")]
    with pytest.raises(UserError, match="cannot tell the language"):
        read("css10", lay(tmp_path / "audiobook", {"transcript.txt": ""}))


@pytest.mark.parametrize("reader", READERS)
def test_an_empty_folder_is_an_error_that_says_what_was_expected(tmp_path, reader):
    with pytest.raises(UserError, match="expected|give the table"):
        read(reader, tmp_path)


def test_unknown_names_are_refused(tmp_path):
    with pytest.raises(UserError, match="did you mean ljspeech"):
        read("ljspech", tmp_path)
    with pytest.raises(UserError, match="takes no --mic; it takes no options"):
        read("ljspeech", tmp_path, mic=1)
    with pytest.raises(UserError, match="no such folder"):
        read("vctk", tmp_path / "nowhere")
