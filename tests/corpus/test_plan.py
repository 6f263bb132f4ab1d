"""What a corpus of many hours takes: rates measured on a sample, and what follows from them."""

import json

import pytest

from tts.cli import main
from tts.corpus.plan import Plan, Rates

RATES = Rates(sample_hours=0.01, utterances=1000.0, audio_bytes=160e6, feature_bytes=60e6, text_seconds=1.0, feature_seconds=36.0)


def test_bytes_hours_and_workers_follow_from_the_rates():
    plan = Plan(hours=10_000, days=1, rates=RATES)
    assert plan.utterances == 10_000_000 and plan.shards == 78_125
    assert plan.feature_core_hours == pytest.approx(100) and plan.workers == 5  # 100 core hours in 24
    assert Plan(10_000, 10, RATES).workers == 1
    table = plan.table()
    assert "1,600.0 GB" in table and "600.0 GB" in table and "100 x real time on a core" in table


def test_measured_on_a_made_up_sample(capsys):
    assert main(["corpus", "plan", "--hours", "10000", "--days", "2", "--sample", "4", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    rates = found["rates"]
    assert 50e6 < rates["audio_bytes"] < 200e6 and 20e6 < rates["feature_bytes"] < 100e6  # FLAC at 22,050 Hz; 80 float16 a frame
    assert 200 < rates["utterances"] < 5000 and rates["feature_seconds"] > 0
    assert found["workers"] == max(1, -(-found["feature_core_hours"] // 48))


def test_nonsense_is_refused(capsys, tmp_path):
    assert main(["corpus", "plan", "--hours", "0"]) == 1
    (tmp_path / "manifest.jsonl").write_text("")
    assert main(["corpus", "plan", "--hours", "5", "--manifest", str(tmp_path / "manifest.jsonl")]) == 1
    assert "holds no utterance" in capsys.readouterr().err
