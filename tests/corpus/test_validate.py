"""Every rule is broken once and must be found in the utterance that breaks it; the clean corpus breaks none."""

import numpy as np
import pytest
import soundfile

from tests.corpus.conftest import RATE, speech
from tts.corpus.fix import fix_manifest
from tts.corpus.manifest import read_manifest
from tts.corpus.rules import RULES, Limits
from tts.corpus.validate import Summary, validate
from tts.errors import UserError

BROKEN = 8  # the row that is broken: bob_08, 1.1 s


def quiet(seconds):
    return np.zeros(round(seconds * RATE), dtype="f4")


SAY = speech(1.1, BROKEN)
TEXTS = {  # rule → (column, value) that breaks it
    "unsafe-id": ("id", "../bob"), "missing-field": ("speaker", " "), "unknown-language": ("language", "klingonese"),
    "language-spelling": ("language", "en-US"), "empty-text": ("text", "  "), "no-letters": ("text", "?! …"),
    "control-characters": ("text", "Some text\twith\x07 bells."), "lost-characters": ("text", "Die grÃ¶ÃŸte Tanne."),
    "wrong-script": ("text", "Съешь ещё этих булок"), "foreign-letters": ("text", "The letter ω is odd"),
    "markup": ("text", "Some <b>bold</b> text"), "missing-audio": ("audio", "wav/bob/nowhere.flac"),
    "wrong-seconds": ("seconds", 1.4),
    "implausible-rate": ("text", "A")}
SOUNDS = {  # rule → (samples, rate) that break it
    "not-finite": (np.where(np.arange(len(SAY)) == 100, np.nan, SAY).astype("f4"), RATE),
    "silent": (1e-4 * np.sin(np.arange(RATE)), RATE), "too-short": (SAY[:3000], RATE), "too-long": (np.tile(SAY, 120), RATE),
    "long-audio": (np.tile(SAY, 30), RATE), "several-channels": (np.stack([SAY, SAY], axis=1), RATE),
    "mixed-rates": (speech(1.1, BROKEN, 22050), 22050), "edge-silence": (np.concatenate([quiet(1.3), SAY, quiet(0.2)]), RATE),
    "inner-silence": (np.concatenate([SAY, quiet(2.2), SAY]), RATE), "clipping": (np.clip(SAY * 6, -1, 1), RATE),
    "offset": (SAY + 0.05, RATE), "rumble": (SAY + 0.3 * np.sin(2 * np.pi * 20 * np.arange(len(SAY)) / RATE), RATE),
    "unusual-rate": (np.concatenate([SAY, SAY]), RATE)}


def found_rules(folder, **options):
    findings = list(validate(folder / "manifest.jsonl", **options))
    return {(found.rule, found.row) for found in findings}


def break_sound(folder, rows, samples, rate):
    table = rows(folder)
    table[BROKEN].pop("seconds")
    (folder / table[BROKEN]["audio"]).unlink()
    table[BROKEN]["audio"] = "wav/bob/broken.wav"
    soundfile.write(folder / table[BROKEN]["audio"], samples, rate, subtype="FLOAT")
    rows(folder, table)


def test_clean_corpus_breaks_no_rule(clean):
    summary = Summary()
    assert list(validate(clean / "manifest.jsonl", Limits(sample_rate=RATE), summary)) == []
    assert (summary.utterances, summary.errors, summary.warnings, summary.table()) == (30, 0, 0, "")
    assert summary.seconds == pytest.approx(sum(u.seconds for u in read_manifest(clean / "manifest.jsonl")), abs=1e-3)


@pytest.mark.parametrize("rule", TEXTS)
def test_text_rule(clean, rows, rule):
    table = rows(clean)
    column, value = TEXTS[rule]
    table[BROKEN][column] = value
    rows(clean, table)
    assert (rule, BROKEN) in found_rules(clean)


@pytest.mark.parametrize("rule", SOUNDS)
def test_sound_rule(clean, rows, rule):
    break_sound(clean, rows, *SOUNDS[rule])
    assert (rule, BROKEN) in found_rules(clean)


def break_unreadable(folder, table):
    (folder / table[BROKEN]["audio"]).write_bytes(b"no sound at all")


def break_outside(folder, table):
    table[BROKEN]["audio"] = "../../etc/passwd"


def break_duplicate_id(folder, table):
    table[BROKEN]["id"] = table[2]["id"]


def break_duplicate_audio(folder, table):
    """The same sound with other silence around it."""
    samples, _ = soundfile.read(folder / table[2]["audio"])
    soundfile.write(folder / table[BROKEN]["audio"], np.concatenate([quiet(0.2), samples, quiet(0.1)]), RATE)
    table[BROKEN] |= {"text": table[2]["text"], "seconds": table[2]["seconds"] + 0.3}


def break_conflicting(folder, table):
    table[BROKEN] |= {"audio": table[2]["audio"], "seconds": table[2]["seconds"]}


def break_rate(folder, table):
    soundfile.write(folder / table[BROKEN]["audio"], speech(1.1, BROKEN, 22050), 22050)


def break_long_text(folder, table):
    table[BROKEN]["text"] += " and so on" * 60


OTHERS = {"unreadable-audio": break_unreadable, "missing-audio": break_outside, "duplicate-id": break_duplicate_id,
          "long-text": break_long_text,
          "duplicate-audio": break_duplicate_audio, "conflicting-text": break_conflicting, "wrong-rate": break_rate}


@pytest.mark.parametrize("rule", OTHERS)
def test_other_rule(clean, rows, rule):
    table = rows(clean)
    OTHERS[rule](clean, table)
    rows(clean, table)
    assert (rule, BROKEN) in found_rules(clean, limits=Limits(sample_rate=RATE if rule == "wrong-rate" else None))


def test_every_rule_has_a_test():
    assert {*TEXTS, *SOUNDS, *OTHERS} == set(RULES)


def test_a_finding_says_what_was_found_expected_and_what_to_do(clean, rows):
    break_sound(clean, rows, SAY[:3000], RATE)
    (finding,) = [f for f in validate(clean / "manifest.jsonl") if f.rule == "too-short"]
    assert str(finding) == ("error too-short: bob_08: found 0.18 s of speech in 0.19 s; expected 0.3 s of speech or more; "
                            "correct the source, or let fix drop it")


def test_conflicting_text_names_both(clean, rows):
    table = rows(clean)
    break_conflicting(clean, table)
    rows(clean, table)
    assert {("conflicting-text", 2), ("conflicting-text", BROKEN)} <= found_rules(clean)


def test_text_only_looks_at_no_file(clean, rows):
    table = rows(clean)
    table[3]["audio"], table[4]["text"] = "wav/none.flac", ""
    rows(clean, table)
    assert found_rules(clean, sound=False) == {("empty-text", 4)}


def test_processes_find_the_same_in_the_same_order(clean, rows):
    break_sound(clean, rows, SAY[:3000], RATE)
    table = rows(clean)
    table[3]["text"] = ""
    rows(clean, table)
    assert list(validate(clean / "manifest.jsonl", jobs=2)) == list(validate(clean / "manifest.jsonl", jobs=1))


def test_unknown_audio_root_is_an_error(clean):
    with pytest.raises(UserError, match="--audio-root"):
        list(validate(clean / "manifest.jsonl", audio_root=clean / "nowhere"))


# --- fix: every error has a mend, and a mended corpus has no error left ---

@pytest.mark.parametrize("rule", [name for name, rule in RULES.items() if rule.severity == "error"] + ["edge-silence"])
def test_fix_leaves_no_error(clean, rows, rule, tmp_path):
    if rule in SOUNDS:
        break_sound(clean, rows, *SOUNDS[rule])
    else:
        table = rows(clean)
        if rule in TEXTS:
            table[BROKEN][TEXTS[rule][0]] = TEXTS[rule][1]
        else:
            OTHERS[rule](clean, table)
        rows(clean, table)
    limits = Limits(sample_rate=RATE)
    facts = fix_manifest(clean / "manifest.jsonl", tmp_path / "fixed", limits)
    assert any(rule in mend for mend in facts.mends)
    left = [found for found in validate(tmp_path / "fixed" / "manifest.jsonl", limits) if found.severity == "error"
            or found.rule == rule]
    assert left == []
    mended = [line.split("\t") for line in (tmp_path / "fixed" / "fixed.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    assert sum(facts.mends.values()) == len(mended)
    assert facts.read - facts.kept == sum(mend == "drop" for _, mend, _ in mended)
    again = fix_manifest(tmp_path / "fixed" / "manifest.jsonl", tmp_path / "again", limits)
    assert (again.kept, again.mends) == (facts.kept, {})
    assert (tmp_path / "again" / "manifest.jsonl").read_bytes() == (tmp_path / "fixed" / "manifest.jsonl").read_bytes()
