"""The speaker encoder learns to tell made-up voices apart, those it never heard too, and its vectors reach a model's folder."""

import dataclasses
import json

import numpy as np
import pytest
import torch

from tts.config.recipe import Recipe
from tts.corpus.manifest import write_manifest
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.features.config import FeatureConfig
from tts.features.fingerprint import fingerprint
from tts.features.store import FeatureWriter, Features
from tts.speakers.config import SpeakerEncoderConfig
from tts.speakers.encoder import SpeakerNetwork
from tts.speakers.load import load_encoder
from tts.speakers.source import SpeakerBatch
from tts.speakers.train import train_encoder
from tts.speakers.vectors import SpeakerTable, equal_error_rate, measure_vectors
from tts.training.config import TrainingConfig
from tts.training.distributed import join

BANDS = 20
CONFIG = SpeakerEncoderConfig(dim=16, layers=1, size=8, crop_frames=30)
TRAINING = TrainingConfig(steps=80, batch_frames=1500, learning_rate=1e-2, warmup_steps=10, validate_every=40,
                          checkpoint_every=80, keep_best=0)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Twelve speakers, each a colour of the spectrum over random sounds; the last four are in no training."""
    folder, rng = tmp_path_factory.mktemp("corpus"), np.random.default_rng(0)
    config = FeatureConfig(mel_bands=BANDS)
    basis = np.cos(np.outer(np.arange(1, 4), (np.arange(BANDS) + 0.5) * np.pi / BANDS))
    utterances = []
    with FeatureWriter(folder / "features", fingerprint(config)) as writer:
        for speaker in range(12):
            colour = rng.standard_normal(3) @ basis
            for number in range(12):
                frames = int(rng.integers(40, 80))
                mel = colour + 0.7 * rng.standard_normal((frames, BANDS)).cumsum(1) / 3 - 5
                name = f"s{speaker:02d}_{number}"
                writer.add(name, Features(mel.astype(np.float32), np.zeros(frames, np.float32), np.zeros(frames, bool),
                                          np.zeros(frames, np.float32),
                                          np.zeros(75, np.float32)))
                split = "unseen" if speaker >= 8 else "train" if number < 8 else "dev" if number < 10 else "test"
                utterances.append(Utterance(name, "a", f"s{speaker:02d}", "en-us", split=split))
    write_manifest(folder / "manifest.jsonl", utterances)
    return folder


@pytest.fixture(scope="module")
def encoder(corpus):
    recipe = dataclasses.replace(Recipe(), speaker_encoder=CONFIG, speaker_training=TRAINING)
    card = train_encoder(recipe, corpus / "manifest.jsonl", corpus / "features", corpus / "encoder", join("cpu"))
    assert card["speakers"] == 8 and card["utterances"] == 64
    return corpus / "encoder"


def test_it_tells_voices_apart_that_it_never_heard(corpus, encoder):
    found = measure_vectors(encoder, corpus / "manifest.jsonl", corpus / "features", corpus / "speakers")
    assert (found.speakers_heard, found.speakers_unheard) == (8, 4)
    assert found.heard < 0.15 and found.unheard < 0.3  # chance is 0.5
    table = SpeakerTable.load(corpus / "speakers")
    assert len(table.vectors) == 12 and table.identity == load_encoder(encoder).identity == load_encoder(table.encoder).identity
    assert all(np.linalg.norm(vector) == pytest.approx(1, abs=1e-5) for vector in table.vectors.values())
    assert json.loads((corpus / "speakers" / "speakers.json").read_text())["speakers"]["s11"] == {"recordings": 12,
                                                                                                  "heard": False}


def test_padding_changes_no_vector():
    torch.manual_seed(0)
    network = SpeakerNetwork(3, BANDS, CONFIG).eval()
    mel, mask = torch.randn(2, 50, BANDS), torch.ones(2, 50, dtype=torch.bool)
    mask[1, 31:] = False
    with torch.inference_mode():
        assert torch.allclose(network(mel, mask)[1], network(mel[1:, :31], mask[1:, :31])[0], atol=1e-6)


def test_the_margin_makes_it_harder_and_is_left_out_of_validation():
    torch.manual_seed(0)
    network = SpeakerNetwork(3, BANDS, dataclasses.replace(CONFIG, dropout=0.0, gain=0.0, crop_frames=50))
    batch = SpeakerBatch(["a", "b"], torch.randn(2, 50, BANDS), torch.ones(2, 50, dtype=torch.bool), torch.tensor([0, 2]))
    assert network.train().losses(batch).terms()["total"] > network.eval().losses(batch).terms()["total"]


def test_equal_error_rate_of_known_cases():
    rng = np.random.default_rng(0)
    directions = np.eye(4)
    apart = {f"s{i}": [directions[i] + 0.01 * rng.standard_normal(4) for _ in range(5)] for i in range(4)}
    mixed = {f"s{i}": list(rng.standard_normal((30, 4))) for i in range(4)}
    assert equal_error_rate(apart) == 0 and equal_error_rate(mixed) == pytest.approx(0.5, abs=0.05)
    assert np.isnan(equal_error_rate({"one": [np.ones(2)] * 3}))


def test_a_built_in_and_a_pretrained_encoder_have_the_same_face(tmp_path):
    from transformers import WavLMConfig, WavLMForXVector

    torch.manual_seed(0)
    tiny = WavLMConfig(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, conv_dim=(16, 16),
                       conv_kernel=(10, 8), conv_stride=(10, 8),
                       num_feat_extract_layers=2, num_conv_pos_embeddings=4, num_conv_pos_embedding_groups=2, tdnn_dim=(16, 16),
                       tdnn_kernel=(3, 1),
                       tdnn_dilation=(1, 1), xvector_output_dim=12)
    WavLMForXVector(tiny).save_pretrained(tmp_path / "wavlm", safe_serialization=True)
    samples = np.sin(np.arange(24000) * 0.05).astype(np.float32)
    for encoder, size in ((load_encoder(tmp_path / "wavlm"), 12), (load_encoder("statistics"), 75)):
        vector = encoder(samples, 24000)
        assert vector.shape == (size,) == (encoder.size,) and np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)
    with pytest.raises(UserError, match="no speaker encoder"):
        load_encoder(tmp_path)
    with pytest.raises(UserError, match="expected one of statistics"):
        load_encoder("statistic")
