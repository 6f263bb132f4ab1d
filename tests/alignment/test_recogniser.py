"""The recogniser reads tones, also when they are rough, and its error rate is the textbook's."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.alignment.make import INVENTORY, random_text, tone_utterance
from tts.alignment.config import NetworkConfig, RecogniserConfig
from tts.alignment.recogniser import load_recogniser, phone_error_rate, roughen, spoken_phones, train_recogniser
from tts.corpus.manifest import read_manifest, write_manifest
from tts.errors import UserError

CONFIG = RecogniserConfig(NetworkConfig(dim=96, dilations=(1, 2)), steps=250, passes=1, batch_frames=1000, learning_rate=5e-3)


def test_phone_error_rate():
    assert phone_error_rate([["a", "b"], ["c"]], [["a", "b"], ["c"]]) == 0
    assert phone_error_rate([["a", "b"], ["c"]], [["a"], ["c", "d"]]) == pytest.approx(2 / 3)


def test_roughened_mels_stay_centred_and_finite():
    torch.manual_seed(0)
    mel = roughen(torch.randn(3, 40, 10) * 3)
    assert torch.isfinite(mel).all()
    torch.testing.assert_close(mel.mean(1), torch.zeros(3, 10), atol=1e-5, rtol=0)


def test_it_learns_tones_and_comes_back_from_disk(tmp_path):
    rng = np.random.default_rng(0)
    spoken = [tone_utterance(tmp_path, f"u{n:02d}", random_text(rng), rng)[0] for n in range(34)]
    utterances = [replace(u, split="recogniser" if n < 30 else "test") for n, u in enumerate(spoken)]
    write_manifest(tmp_path / "manifest.jsonl", utterances)
    INVENTORY.save(tmp_path / "phones.json")
    facts = train_recogniser(tmp_path / "manifest.jsonl", tmp_path, tmp_path / "phones.json", tmp_path / "recogniser", CONFIG)
    assert (facts.utterances, facts.held_out) == (27, 3)
    recogniser = load_recogniser(tmp_path / "recogniser")
    unseen = [u for u in read_manifest(tmp_path / "manifest.jsonl") if u.split == "test"]
    heard = [recogniser.phones(tmp_path / u.audio) for u in unseen]
    assert phone_error_rate([spoken_phones(u) for u in unseen], heard) < 0.1
    from tts.features.audio import load_audio

    assert recogniser.phones(load_audio(tmp_path / unseen[0].audio, 24000), 24000) == heard[0]
    again = train_recogniser(tmp_path / "manifest.jsonl", tmp_path, tmp_path / "phones.json", tmp_path / "recogniser", CONFIG)
    assert again == facts
    with pytest.raises(UserError, match="0 utterances have split 'other'"):
        train_recogniser(tmp_path / "manifest.jsonl", tmp_path, tmp_path / "phones.json", tmp_path / "new", CONFIG, split="other")
