"""The aligner learns from the order of phones alone when they sound: six tones in random order, whose times are known."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.alignment.make import INVENTORY, RATE, random_text, tone_utterance, units_of
from tts.alignment.align import align_manifest, outliers, run_alignment, train_aligner
from tts.alignment.aligner import Aligner, align, load_aligner
from tts.alignment.config import AlignerConfig, NetworkConfig
from tts.alignment.match import LEAST_MARGIN, match, other_orders
from tts.alignment.source import row_of
from tts.corpus.manifest import read_manifest, write_manifest
from tts.corpus.utterance import Phone, Unit
from tts.errors import UserError
from tts.features.audio import load_audio
from tts.features.config import FeatureConfig
from tts.features.frames import samples_to_frames

FEATURES = FeatureConfig(sample_rate=RATE, hop_samples=200, window_samples=800, mel_high_hz=8000.0)
CONFIG = AlignerConfig(NetworkConfig(dim=96, dilations=(1, 2)), steps=260, passes=1, batch_frames=800, learning_rate=5e-3,
                       alone_steps=10)


@pytest.fixture(scope="module")
def aligned(tmp_path_factory):
    """A corpus of tones, aligned: (folder, facts, true starts by id)."""
    folder, rng = tmp_path_factory.mktemp("tones"), np.random.default_rng(0)
    made = [tone_utterance(folder, f"u{n:02d}", random_text(rng), rng, gap_seconds=[0.0, 0.12][n % 2]) for n in range(32)]
    utterances = [utterance for utterance, _ in made]
    far_too_much = " ".join(["sususus", "oioioio", "aeaeaea", "sisisis"] * 6) + "."
    utterances[5] = replace(utterances[5], units=units_of(far_too_much))
    utterances[9] = replace(utterances[9], units=utterances[10].units)  # the text of another
    write_manifest(folder / "manifest.jsonl", utterances)
    INVENTORY.save(folder / "phones.json")
    facts = align_manifest(folder / "manifest.jsonl", folder / "out" / "manifest.jsonl", folder, folder / "phones.json",
                           folder / "aligner", FEATURES, CONFIG)
    return folder, facts, {utterance.id: starts for utterance, starts in made}


def test_boundaries_are_found_and_frames_add_up(aligned):
    folder, facts, truth = aligned
    errors = []
    for utterance in read_manifest(folder / "out" / "manifest.jsonl"):
        assert sum(utterance.durations) == samples_to_frames(round(utterance.seconds * RATE), FEATURES)
        assert all(phone.frames >= 1 for phone in utterance.phones if phone.symbol not in "_,.")
        if utterance.id != "u09":
            edges = np.cumsum([0, *utterance.durations])[:-1] * FEATURES.frame_seconds
            found = [edge for edge, phone in zip(edges, utterance.phones) if phone.symbol not in "_,."]
            errors.extend(np.array(found) - truth[utterance.id])
    assert np.median(np.abs(errors)) < 0.010
    assert np.mean(np.abs(errors) < 0.050) > 0.97


def test_pauses_are_put_in_where_they_were_made(aligned):
    folder, facts, _ = aligned
    inserted = {u.id: sum(unit.text == "_" for unit in u.units[1:])
                          for u in read_manifest(folder / "out" / "manifest.jsonl") if u.id != "u09"}
    made = {name: 2 * (int(name[1:]) % 2) for name in inserted}
    assert sum(inserted[name] == made[name] for name in made) >= len(made) - 2


def test_what_does_not_fit_is_dropped_or_doubted_by_name(aligned):
    folder, facts, _ = aligned
    assert list(facts.dropped) == ["u05"] and "too short" in facts.dropped["u05"]
    assert next(iter(facts.outliers)) == "u09"
    assert "u09" in str(facts) and "dropped 1 (u05)" in str(facts)
    report = json.loads((folder / "out" / "alignment.json").read_text())
    assert report["utterances"] == 31 and "u09" in report["doubtful"]


def test_a_second_run_and_two_processes_give_the_same_without_training(aligned):
    folder, _, _ = aligned
    before = (folder / "out" / "manifest.jsonl").read_bytes()
    again = align_manifest(folder / "manifest.jsonl", folder / "again" / "manifest.jsonl", folder, folder / "phones.json",
                           folder / "aligner", FEATURES, CONFIG, jobs=2)
    assert (folder / "again" / "manifest.jsonl").read_bytes() == before
    assert again.training_seconds < 1


def test_an_aligner_of_other_phones_is_refused(aligned):
    folder, _, _ = aligned
    other = replace(INVENTORY, symbols=(*INVENTORY.symbols, "ʒ"))
    with pytest.raises(UserError, match="trained with other phones.*ʒ"):
        load_aligner(folder / "aligner", other)
    other.save(folder / "other.json")
    with pytest.raises(UserError, match="trained with other phones"):
        train_aligner(folder / "manifest.jsonl", folder, folder / "other.json", folder / "aligner", CONFIG)


def test_a_trained_aligner_is_taken_over_phone_by_phone(aligned):
    """Phones in another order and one more: what both know scores as before, but for the share of the new one."""
    folder, _, _ = aligned
    trained, symbols = load_aligner(folder / "aligner"), [*INVENTORY.symbols[:4], "ʒ", *reversed(INVENTORY.symbols[4:])]
    aligner = Aligner(replace(INVENTORY, symbols=tuple(symbols)), CONFIG)
    assert aligner.go_on_from(trained) == ["ʒ"]
    mel = torch.from_numpy(np.random.default_rng(0).standard_normal((50, 40)).astype(np.float32))
    with torch.inference_mode():
        before, after = (one.eval()._both(one.network(mel[None], torch.tensor([50])), mel[None]) for one in (trained, aligner))
    known = [symbol for symbol in trained.numbers if symbol in aligner.numbers]
    ratio = after[..., [aligner.numbers[s] for s in known]] - before[..., [trained.numbers[s] for s in known]]
    assert len(known) >= 7 and (ratio - ratio[..., :1]).abs().max() < 1e-4 and ratio.max() <= 1e-4
    with pytest.raises(UserError, match="aligner.start: its .* has shape .* expected one of the same aligner.network"):
        Aligner(INVENTORY, replace(CONFIG, network=NetworkConfig(dim=32))).go_on_from(trained)


def test_few_recordings_are_aligned_from_a_trained_aligner(aligned, tmp_path, capsys):
    folder, rng = tmp_path, np.random.default_rng(9)
    made = [tone_utterance(folder, f"few{n}", random_text(rng), rng) for n in range(3)]
    write_manifest(folder / "manifest.jsonl", [utterance for utterance, _ in made])
    INVENTORY.save(folder / "phones.json")
    errors = {}
    for name, start in (("alone", ""), ("started", str(aligned[0] / "aligner"))):
        align_manifest(folder / "manifest.jsonl", folder / name / "manifest.jsonl", folder, folder / "phones.json", folder / f"{name}.aligner",
                       FEATURES, replace(CONFIG, steps=12, learning_rate=1e-3, start=start))
        found = [np.cumsum([0, *u.durations])[:-1][[phone.symbol not in "_,." for phone in u.phones]] for u in read_manifest(folder / name / "manifest.jsonl")]
        errors[name] = np.median(np.abs(np.concatenate(found) * FEATURES.frame_seconds - np.concatenate([starts for _, starts in made])))
    assert errors["started"] < 0.010 and errors["alone"] > 3 * errors["started"]
    assert f"goes on from {aligned[0] / 'aligner'}" in capsys.readouterr().out


def test_too_short_a_sound_names_utterance_and_lengths(aligned):
    folder, _, _ = aligned
    with pytest.raises(UserError, match="utterance x: 0.05 s are too short for its 6 phones"):
        align(load_aligner(folder / "aligner"), np.zeros(800, np.float32), units_of("aei oua."), "x")


def test_rows_have_optional_silences_between_words_and_one_for_two_pauses():
    units = units_of("ae, io.")
    units.insert(3, Unit("…", (3, 3), [Phone("…")]))
    row = row_of(units, {"_": 0, ",": 0, "…": 0, ".": 0, "a": 1, "e": 2, "i": 3, "o": 4}, "x")
    assert list(row.label) == [0, 1, 2, 0, 3, 4, 0]
    assert list(row.unit) == [0, 1, 1, 2, 4, 4, 5]
    row = row_of(units_of("ae io."), {"_": 0, ".": 0, "a": 1, "e": 2, "i": 3, "o": 4}, "x")
    assert list(row.unit) == [0, 1, 1, -1, 2, 2, 3]
    assert list(row.written) == [0, 1, 2, 3, 4, 0]
    with pytest.raises(UserError, match="utterance x: phone 'o' of 'io'"):
        row_of(units_of("ae io."), {"_": 0, ".": 0, "a": 1, "e": 2, "i": 3}, "x")


def test_an_interrupted_run_goes_on_where_it_was(tmp_path):
    rng = np.random.default_rng(0)
    write_manifest(tmp_path / "manifest.jsonl", [tone_utterance(tmp_path, f"u{n}", "ae.", rng)[0] for n in range(5)])
    done = []

    def work(utterance, fail_at=None):
        if utterance.id == fail_at:
            raise KeyboardInterrupt
        done.append(utterance.id)
        return {"utterance": utterance.to_dict(), "starts": [0.0], "inserted": 0, "seconds": 1.0}

    out = tmp_path / "out" / "manifest.jsonl"
    with pytest.raises(KeyboardInterrupt):
        run_alignment(tmp_path / "manifest.jsonl", out, lambda u: work(u, "u3"), "same", 1, 5.0)
    journal = next(out.parent.glob(".*.done"))
    with open(journal, "a") as file:
        file.write('{"utterance": {"id": "u3", "te')  # a line that the kill cut off
    assert not out.exists()
    assert run_alignment(tmp_path / "manifest.jsonl", out, work, "same", 1, 5.0).utterances == 5
    assert done == ["u0", "u1", "u2", "u3", "u4"]
    assert [u.id for u in read_manifest(out)] == done
    assert not journal.exists()


def test_outliers_are_judged_within_their_speaker():
    rng = np.random.default_rng(0)
    scores = [(f"a{n}", "a", -0.3 + 0.02 * rng.normal()) for n in range(30)] + \
               [(f"b{n}", "b", -1.5 + 0.1 * rng.normal()) for n in range(30)]
    found = outliers([*scores, ("bad", "a", -1.4), ("few", "c", -9.0)], 5.0)
    assert list(found) == ["few", "bad"] or list(found) == ["bad", "few"]
    assert found["bad"] < -20


def test_what_was_said_fits_better_than_its_sounds_in_another_order(aligned):
    folder, _, _ = aligned
    aligner, utterances = load_aligner(folder / "aligner"), list(read_manifest(folder / "manifest.jsonl"))[12:24]
    margins = []
    for utterance, other in zip(utterances, utterances[1:]):
        samples = load_audio(folder / utterance.audio, RATE)
        margins.append([match(aligner, samples, u.units, utterance.id).margin for u in (utterance, other)])
    said, not_said = np.array(margins).T
    assert np.mean(said > not_said) > 0.85 and np.median(said) > LEAST_MARGIN and np.mean(not_said < LEAST_MARGIN) > 0.8
    samples = load_audio(folder / utterances[0].audio, RATE)
    assert match(aligner, samples, utterances[1].units, "other").doubtful
    short = match(aligner, samples, units_of("aei."), "short")
    assert short.margin is None and not short.doubtful


def test_other_orders_keep_words_and_pauses_and_use_every_sound_once():
    units = units_of("aei, ous.")
    for order in other_orders(units):
        assert [u.text for u in order] == [u.text for u in units]
        assert sorted(p.symbol for u in order for p in u.phones) == sorted(p.symbol for u in units for p in u.phones)
    assert ["".join(p.symbol for u in o for p in u.phones if not u.is_pause) for o in other_orders(units)] == ["suoiea", "ousaei", "ieasuo"]
