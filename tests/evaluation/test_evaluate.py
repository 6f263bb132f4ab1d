"""Whole evaluations: known differences in, those numbers out; and what cannot be scored is named, counted, and never perfect."""

import json
import math

import numpy as np
import pytest
import soundfile

from tests.vocoder.test_griffin_lim import glide, voice
from tts.cli import main
from tts.errors import UserError
from tts.corpus.manifest import write_manifest
from tts.corpus.utterance import Phone, Unit, Utterance
from tts.evaluation.ask import Question, answer
from tts.evaluation.results import Results
from tts.features.audio import load_audio, save_audio
from tts.features.config import FeatureConfig

CONFIG = FeatureConfig(f0_method="dio")
DIO = ["--set", "features.f0_method=dio"]
UP = 2 ** (100 / 1200)
PERFECT = ("f0_rmse_cents", "f0_rmse_hz", "log_f0_rmse", "gross_pitch_error", "voicing_decision_error", "f0_frame_error")


def ask(verb, reference, *systems, **options):
    return answer(Question(verb, reference, [str(s) for s in systems], **options), CONFIG)[0]


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    """reference; the same; 100 cents higher; slower."""
    root = tmp_path_factory.mktemp("sounds")
    for i, (low, high) in enumerate(((100, 150), (120, 110), (180, 230))):
        for name, sound in (
            ("reference", glide(low, high, 0.8)),
            ("same", glide(low, high, 0.8)),
            ("higher", glide(low * UP, high * UP, 0.8)),
            ("slower", glide(low, high, 1.1)),
        ):
            save_audio(root / name / f"u{i}.wav", sound.numpy(), CONFIG.sample_rate)
    return root


@pytest.mark.parametrize("alignment", ["none", "dtw"])
def test_the_same_is_perfect(sounds, alignment):
    results = ask("f0", sounds / "reference", f"same={sounds / 'same'}", alignment=alignment)
    assert all(results.estimate("same", metric).mean == 0 for metric in PERFECT)
    assert results.estimate("same", "f0_correlation").mean == pytest.approx(1)
    assert ask("mcd", sounds / "reference", f"same={sounds / 'same'}", alignment=alignment).estimate("same", "mcd").mean == 0


def test_100_cents_are_100_cents(sounds):
    found = ask("f0", sounds / "reference", f"higher={sounds / 'higher'}", alignment="none").estimate("higher", "f0_rmse_cents")
    assert found.mean == pytest.approx(100, abs=3) and found.count == 3


def test_steady_tones_are_off_by_what_they_are_off(tmp_path):
    """Steady tones, so that edges of a glide play no part; what is left is the tracker's own error."""
    for i, hz in enumerate((110.0, 147.0, 220.0)):
        for name, factor in (("a", 1.0), ("b", UP)):
            save_audio(tmp_path / name / f"t{i}.wav", voice(np.full(24000, hz * factor)).numpy(), 24000)
    results = answer(Question("f0", tmp_path / "a", [f"b={tmp_path / 'b'}"], alignment="none"), FeatureConfig())[0]
    assert results.estimate("b", "f0_rmse_cents").mean == pytest.approx(100, abs=2)
    assert results.estimate("b", "voicing_decision_error").mean == pytest.approx(0, abs=0.02)


def test_known_flips_of_voicing(tmp_path):
    """A fifth of a second is silenced in the copy: that share of frames, give or take the tracker's edges."""
    sound = glide(120, 160, 1.0).numpy()
    silenced = sound.copy()
    silenced[9600:14400] = 0
    save_audio(tmp_path / "a" / "x.wav", sound, 24000)
    save_audio(tmp_path / "b" / "x.wav", silenced, 24000)
    results = ask("f0", tmp_path / "a", f"b={tmp_path / 'b'}", alignment="none")
    assert results.estimate("b", "voicing_decision_error").mean == pytest.approx(0.2, abs=0.04)
    assert results.estimate("b", "f0_frame_error").mean == results.estimate("b", "voicing_decision_error").mean
    assert results.estimate("b", "gross_pitch_error").mean == 0 and results.estimate("b", "f0_rmse_cents").mean < 15


def test_a_slower_copy_is_refused_one_to_one_and_near_0_along_dtw(sounds):
    one_to_one = ask("f0", sounds / "reference", f"slower={sounds / 'slower'}", alignment="none")
    assert not one_to_one.rows and "cannot be compared one to one" in one_to_one.not_scored["slower: u0"]
    warped = ask("f0", sounds / "reference", f"slower={sounds / 'slower'}")
    assert (
        warped.estimate("slower", "f0_rmse_cents").mean < 12 and warped.estimate("slower", "voicing_decision_error").mean < 0.03
    )
    mcd = ask("mcd", sounds / "reference", f"slower={sounds / 'slower'}")
    assert mcd.estimate("slower", "length_ratio").mean == pytest.approx(1.1 / 0.8, abs=0.01)
    assert mcd.estimate("slower", "mcd").mean < 3


def aligned(folder, name, pieces, sounds, speaker="ada", style="neutral"):
    """A manifest in `folder` of utterances "a b", whose pieces (pause, a, b, pause) have these frames."""
    rows = []
    for id_, frames in pieces.items():
        save_audio(folder / "wav" / f"{id_}.wav", sounds[id_], 24000)
        units = [
            Unit(t, (0, 0), [Phone(s, 0, f)]) for (t, s), f in zip((("_", "_"), ("a", "a"), ("b", "b"), (".", ".")), frames)
        ]
        rows.append(Utterance(id_, "a b.", speaker, "en-us", style, f"wav/{id_}.wav", units=units))
    write_manifest(folder / name, rows)
    return folder / name


@pytest.fixture(scope="module")
def two_manifests(tmp_path_factory):
    """Reference: word a at 100 Hz, word b at 200 Hz. System: the same, but b lasts half as long and is 200 cents higher."""
    root, hop = tmp_path_factory.mktemp("aligned"), 300
    silence = np.zeros(10 * hop)

    def sound(long, cents):
        parts = [voice(np.full(n * hop, hz)).numpy() for n, hz in ((24, 100.0), (long, 200.0 * 2 ** (cents / 1200)))]
        return np.concatenate([silence, *parts, silence])

    aligned(
        root / "r", "manifest.jsonl", {"u1": (10, 24, 40, 10), "u2": (10, 24, 40, 10)}, {n: sound(40, 0) for n in ("u1", "u2")}
    )
    aligned(
        root / "h",
        "manifest.jsonl",
        {"u1": (10, 24, 20, 10), "u2": (10, 24, 20, 10)},
        {n: sound(20, 200) for n in ("u1", "u2")},
    )
    return root


def test_words_by_durations(two_manifests):
    reference, system = two_manifests / "r" / "manifest.jsonl", two_manifests / "h" / "manifest.jsonl"
    results = ask("f0", reference, f"h={system}", alignment="durations", per_word=True)
    a, b = [word for word in results.words if word.id == "u1"]
    assert (a.word, a.index, b.word, b.index) == ("a", 0, "b", 1)
    assert a.scores["f0_rmse_cents"] < 25 and b.scores["f0_rmse_cents"] == pytest.approx(200, abs=15)
    assert b.scores["word_f0_difference_cents"] == pytest.approx(200, abs=15)
    assert results.words_summary()["h"]["word_f0_difference_cents"].mean == pytest.approx(100, abs=15)
    assert results.whole["h"]["word_f0_correlation"].estimate.mean == pytest.approx(1, abs=0.01)
    assert results.rows[0].weights["frames"] == 84


def test_durations_of_phones(two_manifests):
    reference, system = two_manifests / "r" / "manifest.jsonl", two_manifests / "h" / "manifest.jsonl"
    results = ask("durations", reference, f"h={system}")
    assert results.estimate("h", "duration_rmse_ms").mean == pytest.approx(12.5 * 20 / math.sqrt(2))
    assert results.estimate("reference", "phones_per_second").mean == pytest.approx(2 / (64 * 0.0125))
    spread = results.whole["h"]["duration_std_ratio"].estimate.mean
    assert spread == pytest.approx(abs(math.log(20 / 24)) / math.log(40 / 24))


def test_without_alignments_durations_and_words_are_refused_or_said(sounds):
    results = ask("f0", sounds / "reference", f"same={sounds / 'same'}", alignment="durations")
    assert not results.rows and "needs manifests" in results.not_scored["same: u0"]
    results = ask("durations", sounds / "reference", f"same={sounds / 'same'}")
    assert results.estimate("same", "pause_share").mean == 0 and any("Phones: not measured" in note for note in results.notes)
    assert not results.partly_scored


@pytest.fixture
def broken(tmp_path):
    """A good pair, and one of each kind of fault."""
    good = glide(100, 150, 0.8).numpy()
    for name in ("good", "empty", "short", "unvoiced", "both_unvoiced", "garbage", "missing", "low_rate"):
        save_audio(tmp_path / "r" / f"{name}.wav", good if name != "both_unvoiced" else np.zeros(24000), 24000)
    save_audio(tmp_path / "h" / "good.wav", good, 24000)
    save_audio(tmp_path / "h" / "empty.wav", np.zeros(0), 24000)
    save_audio(tmp_path / "h" / "short.wav", good[:800], 24000)
    save_audio(tmp_path / "h" / "unvoiced.wav", np.zeros(len(good)), 24000)
    save_audio(tmp_path / "h" / "both_unvoiced.wav", np.zeros(24000), 24000)
    save_audio(tmp_path / "h" / "low_rate.wav", load_audio(tmp_path / "r" / "good.wav", 8000), 8000)
    (tmp_path / "h" / "garbage.wav").write_bytes(b"RIFF this is no sound")
    save_audio(tmp_path / "h" / "surplus.wav", good, 24000)
    return tmp_path


def test_nothing_wrong_is_ever_perfect_and_all_of_it_is_named(broken, capsys):
    command = ["evaluate", "f0", str(broken / "r"), f"h={broken / 'h'}", "--json", *DIO]
    assert main(command) == 3
    found = json.loads(capsys.readouterr().out)
    reasons = {
        "h: empty": "holds no samples",
        "h: short": "too short",
        "h: both_unvoiced": "no frame of the reference is voiced",
        "h: garbage": "not readable as sound",
        "h: missing": "no hypothesis with this id",
        "h: surplus": "no reference with this id",
        "h: low_rate": "8000 Hz is below the 24000 Hz",
    }
    assert found["not_scored"].keys() == reasons.keys()
    assert all(reason in found["not_scored"][name] for name, reason in reasons.items())
    assert found["partly_scored"] == {"h: unvoiced": "no frame is voiced in both: voicing is scored, pitch is not"}
    rows = {row["id"]: row["scores"] for row in found["utterances"]}
    assert rows.keys() == {"good", "unvoiced"}
    assert rows["unvoiced"]["f0_rmse_cents"] is None and rows["unvoiced"]["voicing_decision_error"] > 0.9
    pitch = found["summary"]["h"]["f0_rmse_cents"]
    assert (pitch["mean"], pitch["count"], pitch["missing"]) == (0, 1, 1)
    assert main([*command, "--allow-missing"]) == 0


@pytest.mark.parametrize("verb", ["mcd", "distribution", "durations", "loudness", "speaker"])
def test_no_measure_scores_what_is_not_there(broken, verb):
    results = ask(verb, broken / "r", f"h={broken / 'h'}")
    for name in ("empty", "garbage", "missing", "surplus"):
        assert f"h: {name}" in results.not_scored and name not in {row.id for row in results.of("h")}
    if verb in ("mcd", "distribution", "durations", "loudness"):
        assert "both_unvoiced" not in {row.id for row in results.of("h")}


def test_other_rates_are_resampled_and_said(sounds, tmp_path):
    for i in range(3):
        save_audio(tmp_path / "h" / f"u{i}.wav", load_audio(sounds / "reference" / f"u{i}.wav", 16000), 16000)
    results = ask("f0", sounds / "reference", f"h={tmp_path / 'h'}")
    assert results.facts["sample_rate_hz"] == 16000 and not results.not_scored
    assert any("3 sounds of 24000 Hz were resampled to 16000 Hz" in note for note in results.notes)
    assert results.estimate("h", "f0_rmse_cents").mean < 5
    assert ask("mcd", sounds / "reference", f"h={tmp_path / 'h'}").estimate("h", "mcd").mean < 0.5


def test_two_files_belong_together_whatever_they_are_called(sounds):
    results = ask("f0", sounds / "reference" / "u0.wav", f"x={sounds / 'same' / 'u0.wav'}")
    assert results.estimate("x", "f0_rmse_cents").mean == 0
    results = ask("f0", sounds / "reference" / "u0.wav", f"x={sounds / 'same' / 'u2.wav'}")
    assert results.estimate("x", "f0_rmse_cents").mean > 500


def test_speakers_styles_and_their_intervals(sounds, tmp_path):
    """Six speakers: intervals over speakers; the manifest tells who speaks, and in which style."""
    rows = []
    for speaker in "abcdef":
        for take in (1, 2):
            name = f"{speaker}{take}"
            save_audio(tmp_path / "r" / f"{name}.wav", glide(100, 140, 0.3).numpy(), 24000)
            off = 2 ** ((20 + 10 * "abcdef".index(speaker)) / 1200)
            save_audio(tmp_path / "h" / f"{name}.wav", glide(100 * off, 140 * off, 0.3).numpy(), 24000)
            rows.append(Utterance(name, "Text.", speaker, "en-us", "loud" if take == 1 else "calm", f"{name}.wav"))
    write_manifest(tmp_path / "about.jsonl", rows)
    results = ask(
        "f0",
        tmp_path / "r",
        f"h={tmp_path / 'h'}",
        manifest=tmp_path / "about.jsonl",
        alignment="none",
        against=f"r2={tmp_path / 'r'}",
    )
    found = results.summary()["h"]["f0_rmse_cents"]
    assert found["speakers"] == 6 and found["low_by_speaker"] < found["mean"] < found["high_by_speaker"]
    assert results.groups("speaker")["a"]["h"]["f0_rmse_cents"].mean < results.groups("speaker")["f"]["h"]["f0_rmse_cents"].mean
    assert set(results.groups("style")) == {"loud", "calm"}
    comparison = next(c for c in results.comparisons if c.metric == "f0_rmse_cents")
    assert comparison.difference.mean == pytest.approx(found["mean"]) and comparison.difference.count == 12
    assert comparison.t_p < comparison.t_p_holm < 0.05 and comparison.by_speaker.low > 0
    assert "log_f0_rmse" not in {c.metric for c in results.comparisons}  # the same test twice


def test_a_system_against_itself_never_differs(sounds):
    results = ask("distribution", sounds / "reference", f"h={sounds / 'higher'}", against=f"again={sounds / 'higher'}")
    assert len(results.comparisons) == 6
    assert all((c.difference.mean, c.difference.low, c.difference.high) == (0, 0, 0) for c in results.comparisons)
    assert results.estimate("h", "f0_wasserstein_st").mean == pytest.approx(1, abs=0.05)
    assert results.estimate("noise floor", "f0_wasserstein_st").mean > 0


def test_likeness_finds_the_right_speaker(tmp_path):
    rows = []
    for speaker, hz, formant in (("low", 100, 500.0), ("high", 210, 1500.0)):
        for take in range(3):
            for side in ("r", "h"):
                f0_hz = np.geomspace(hz, hz * (1.2 + 0.1 * take), 24000)
                save_audio(tmp_path / side / f"{speaker}{take}.wav", voice(f0_hz, formant).numpy(), 24000)
            rows.append(Utterance(f"{speaker}{take}", "Text.", speaker, "en-us", audio=f"{speaker}{take}.wav"))
    write_manifest(tmp_path / "r" / "manifest.jsonl", rows)
    results = ask("speaker", tmp_path / "r", f"h={tmp_path / 'h'}")
    assert results.estimate("h", "speaker_found").mean == 1 and results.estimate("h", "speaker_pair_similarity").mean > 0.99
    same, real = (results.estimate(system, "speaker_likeness").mean for system in ("h", "reference"))
    assert same == pytest.approx(real, abs=0.02) and real > 0.5
    text = results.markdown()
    assert "encoder statistics" in text and "was trained with this encoder is not known" in text
    (tmp_path / "h" / "synthesis.json").write_text(json.dumps({"fingerprint": {"speaker_encoder": "statistics"}}))
    assert "circular" in ask("speaker", tmp_path / "r", f"h={tmp_path / 'h'}").markdown()


def test_loudness_beside_the_reference(sounds, tmp_path):
    for i in range(3):
        save_audio(tmp_path / f"u{i}.wav", load_audio(sounds / "reference" / f"u{i}.wav", 24000) / 2, 24000)
    results = ask("loudness", sounds / "reference", f"quiet={tmp_path}")
    assert results.estimate("quiet", "loudness_difference_lu").mean == pytest.approx(-6.02, abs=0.05)
    assert results.estimate("reference", "loudness_lufs").count == 3


def test_copies_are_compared_sample_for_sample(sounds, tmp_path):
    for i in range(3):
        samples = load_audio(sounds / "reference" / f"u{i}.wav", 24000)
        save_audio(tmp_path / "half" / f"u{i}.wav", samples / 2, 24000)
        save_audio(tmp_path / "short" / f"u{i}.wav", samples[:-301], 24000)
    systems = [f"{name}={tmp_path / name}" for name in ("half", "short")]
    results = ask("copy", sounds / "reference", *systems, alignment="none")
    assert 4 < results.estimate("half", "log_spectral_distance").mean < 6.1 and results.estimate("half", "mel_distance").count == 3
    assert all("is no copy" in reason for reason in results.not_scored.values()) and len(results.not_scored) == 3
    with pytest.raises(UserError, match="--alignment none"):
        ask("copy", sounds / "reference", systems[0])


def test_all_measures_what_it_can_and_says_what_it_cannot(sounds, tmp_path):
    results = ask("all", sounds / "reference", f"same={sounds / 'same'}", output=[tmp_path / "all.json"])
    assert not results.not_scored and results.systems == ["reference", "same", "noise floor"]
    for metric in ("f0_rmse_cents", "mcd", "f0_wasserstein_st", "pause_share", "speaker_pair_similarity", "loudness_lufs"):
        assert results.estimate("same", metric) is not None
    assert sum(note.startswith("Not measured: ") for note in results.notes) == 3  # texts are not known, nobody predicts, no copies
    assert Results.load(tmp_path / "all.json").summary() == results.summary()


def test_a_predictor_is_a_function_that_python_can_import(sounds, capsys):
    command = ["evaluate", "mos", str(sounds / "reference"), str(sounds / "same")]
    assert main(command) == 1 and "no predictor is named" in capsys.readouterr().err
    assert main([*command, "--predictor", "no_such_package:score"]) == 1
    assert "cannot be imported" in capsys.readouterr().err
    results = ask("mos", sounds / "reference", f"same={sounds / 'same'}", predictor=f"{__name__}:predict")
    assert results.estimate("same", "predicted_mos").mean == results.estimate("reference", "predicted_mos").mean == 3
    results = ask("mos", sounds / "reference", f"same={sounds / 'same'}", predictor=f"{__name__}:fails")
    assert not results.rows and results.not_scored["same: u0"].endswith("RuntimeError: out of order")


def predict(samples, rate):
    assert rate == 24000 and samples.dtype == np.float32
    return 3.0


def fails(samples, rate):
    raise RuntimeError("out of order")


def test_every_format_is_written_and_any_number_of_processes_agrees(sounds, tmp_path, capsys):
    base = ["evaluate", "f0", str(sounds / "reference"), f"same={sounds / 'same'}", f"higher={sounds / 'higher'}", *DIO]
    outputs = [tmp_path / f"r.{suffix}" for suffix in ("json", "csv", "md", "tex")]
    assert main([*base, *(word for path in outputs for word in ("-o", str(path)))]) == 0
    assert "not scored 0" in capsys.readouterr().out
    content = json.loads(outputs[0].read_text())
    assert content["summary"]["same"]["f0_rmse_cents"]["mean"] == 0 and len(content["utterances"]) == 6
    for fact in ("f0_method", "f0_low_hz", "frame_shift_ms", "alignment", "sample_rate_hz", "command", "commit"):
        assert fact in content["facts"], fact
    assert content["facts"]["used"]["same"]["utterances"] == 3 and content["facts"]["used"]["same"]["voiced_frames"] > 100
    assert outputs[1].read_text().startswith("id,system,speaker,language,style,log_f0_rmse,f0_rmse_cents,f0_rmse_hz")
    assert len(outputs[1].read_text().splitlines()) == 7
    assert "| F0 RMSE, cents (lower is better) | 0 [0, 0] |" in outputs[2].read_text()
    assert (
        r"F0 RMSE [cents] $\downarrow$ & 0 [0, 0] &" in outputs[3].read_text() and "pairs of frames" in outputs[3].read_text()
    )
    assert main([*base, "--jobs", "2", "-o", str(tmp_path / "two.json")]) == 0
    two = json.loads((tmp_path / "two.json").read_text())
    assert all(two[key] == content[key] for key in content if key != "facts")


def test_the_reference_against_itself_is_no_result(sounds):
    text = ask("f0", sounds / "reference", f"ours={sounds / 'reference'}").markdown()
    assert "ours is the reference itself: that it agrees says nothing." in text


def test_a_name_that_says_no_format_is_refused_before_anything_is_done(sounds, tmp_path, capsys):
    assert main(["evaluate", "f0", str(sounds / "reference"), str(sounds / "same"), "-o", str(tmp_path / "x.txt")]) == 1
    assert "x.txt" in capsys.readouterr().err


def test_plots_are_pictures(two_manifests, tmp_path):
    reference, system = two_manifests / "r" / "manifest.jsonl", two_manifests / "h" / "manifest.jsonl"
    results, files = answer(Question("f0", reference, [f"h={system}"], plots=tmp_path / "p", alignment="durations"), CONFIG)
    names = sorted(str(file.relative_to(tmp_path / "p")) for file in files)
    assert names == ["contours/u1.png", "contours/u2.png", "delta_f0.png", "f0.png"]
    from PIL import Image

    for file in files:
        with Image.open(file) as picture:
            assert picture.width > 600 and np.ptp(np.asarray(picture)[..., :3]) > 100
    assert results.systems == ["h"] and not results.not_scored  # drawing scores nothing


def test_sound_is_read_once_per_file_whatever_the_number_of_systems(sounds, monkeypatch):
    import tts.evaluation.sound as module

    reads = []
    monkeypatch.setattr(module, "load_audio", lambda path, rate: reads.append(path) or load_audio(path, rate))
    ask("f0", sounds / "reference", f"a={sounds / 'same'}", f"b={sounds / 'higher'}")
    assert len(reads) == 9 and soundfile.info(reads[0]).samplerate == 24000
