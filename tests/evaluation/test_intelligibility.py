"""Phone and word errors."""

import csv
import math

import numpy as np
import pytest

from tts.corpus.manifest import write_manifest
from tts.corpus.utterance import Phone, Unit, Utterance
from tts.errors import UserError
from tts.evaluation.ask import Question, answer
from tts.evaluation.intelligibility import Errors, PhoneJudge, TransformersJudge, WordJudge, plain_words
from tts.features.audio import load_audio, save_audio
from tts.features.config import FeatureConfig
from tts.paths import real_speech


def test_words_are_compared_without_case_and_signs():
    assert plain_words("“Don’t,” she said—NOT 42 e-mails!") == ["don't", "she", "said", "not", "e", "mails"]


def test_a_rate_without_a_reference_is_no_rate():
    assert Errors(1, 4).rate == 0.25 and math.isnan(Errors(0, 0).rate)


def test_phone_errors_count_insertions_deletions_and_substitutions():
    class Recogniser:
        def phones(self, samples, sample_rate):
            return ["h", "ɛ", "l", "l"]

    judge = PhoneJudge.__new__(PhoneJudge)
    judge.recogniser = Recogniser()
    units = [
        Unit("_", (0, 0), [Phone("_")]),
        Unit("hello", (0, 5), [Phone(s) for s in ("h", "ə", "l", "oʊ")]),
        Unit(".", (5, 6), [Phone(".")]),
    ]
    found = judge.judge(Utterance("u", "Hello.", "s", "en-us", units=units), None, 24000)
    assert (found.errors, found.total) == (2, 4)


def test_word_judge_understands_recordings():
    pytest.importorskip("pocketsphinx", reason="pocketsphinx is an extra (asr)")
    root = real_speech()
    if root is None:
        pytest.skip("no real speech beside the checkout")
    folder, judge, errors, words = root / "real-speech" / "ljspeech-en", WordJudge(), 0, 0
    for row in list(csv.DictReader(open(folder / "manifest.tsv", encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))[
        :3
    ]:
        utterance = Utterance(row["utt_id"], row["transcript"], "lj", "en-us")
        found = judge.judge(utterance, load_audio(folder / row["audio"], 24000), 24000)
        errors, words = errors + found.errors, words + found.total
    assert words > 10 and errors / words < 0.5


SIGNS = ["<pad>", "<unk>", "|", "h", "e", "l", "o"]


@pytest.fixture(scope="module")
def wav2vec2(tmp_path_factory):
    """A CTC recogniser of transformers, random but for its bias: whatever it is given, it hears "h"."""
    import json

    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2CTCTokenizer, Wav2Vec2FeatureExtractor, Wav2Vec2ForCTC, Wav2Vec2Processor

    folder = tmp_path_factory.mktemp("wav2vec2")
    (folder / "vocab.json").write_text(json.dumps({sign: i for i, sign in enumerate(SIGNS)}))
    config = Wav2Vec2Config(
        vocab_size=len(SIGNS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, conv_dim=(8, 8),
        conv_stride=(10, 16), conv_kernel=(10, 16), num_conv_pos_embeddings=4, num_conv_pos_embedding_groups=2, pad_token_id=0,
    )  # fmt: skip
    model = Wav2Vec2ForCTC(config)
    with torch.no_grad():
        model.lm_head.bias[SIGNS.index("h")] = 1000.0
    model.save_pretrained(folder)
    tokenizer = Wav2Vec2CTCTokenizer(folder / "vocab.json", unk_token="<unk>", pad_token="<pad>", word_delimiter_token="|")
    Wav2Vec2Processor(Wav2Vec2FeatureExtractor(), tokenizer).save_pretrained(folder)
    return folder


def test_a_ctc_recogniser_of_transformers(wav2vec2):
    heard = TransformersJudge(wav2vec2).hear(np.random.default_rng(0).normal(size=24000).astype(np.float32), 24000)
    assert heard == "h"


def test_a_sequence_to_sequence_recogniser_of_transformers(tmp_path):
    """A tiny Whisper that was taught nothing, with a vocabulary of its own."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import (
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
        WhisperProcessor,
        WhisperTokenizer,
    )

    letters = {sign: i for i, sign in enumerate([*sorted(ByteLevel.alphabet()), "<|endoftext|>", "<|startoftranscript|>"])}
    tokenizer = WhisperTokenizer(vocab=letters, merges=[], unk_token="<|endoftext|>")
    start, end = letters["<|startoftranscript|>"], letters["<|endoftext|>"]
    config = WhisperConfig(
        vocab_size=len(tokenizer), d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16, max_target_positions=32, max_source_positions=1500,
        decoder_start_token_id=start, eos_token_id=end, bos_token_id=end, pad_token_id=end,
    )  # fmt: skip
    WhisperForConditionalGeneration(config).save_pretrained(tmp_path)
    WhisperProcessor(WhisperFeatureExtractor(), tokenizer).save_pretrained(tmp_path)
    judge = TransformersJudge(tmp_path)
    sound = np.random.default_rng(0).normal(size=16000).astype(np.float32)
    heard = judge.hear(sound, 16000)
    assert judge.generates and isinstance(heard, str) and heard == judge.hear(sound, 16000)


def test_a_folder_that_holds_no_recogniser_or_pickled_weights_is_refused(wav2vec2, tmp_path):
    with pytest.raises(UserError, match="no recogniser there"):
        TransformersJudge(tmp_path)
    for file in wav2vec2.iterdir():
        if file.suffix != ".safetensors":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "pytorch_model.bin").write_bytes(b"a pickle would lie here")
    with pytest.raises(UserError, match="cannot be used as a recogniser"):
        TransformersJudge(tmp_path)


def test_errors_of_words_and_letters_are_pooled_with_the_reference_beside(wav2vec2, tmp_path):
    """The recogniser always hears "h": of "h" nothing is wrong, of "hello" the word and four letters."""
    for name in ("a", "b"):
        save_audio(tmp_path / "r" / f"{name}.wav", np.random.default_rng(0).normal(0, 0.1, 24000), 24000)
        save_audio(tmp_path / "h" / f"{name}.wav", np.random.default_rng(1).normal(0, 0.1, 24000), 24000)
    rows = [Utterance(name, text, "s", "de", audio=f"{name}.wav") for name, text in (("a", "H!"), ("b", "Hello."))]
    write_manifest(tmp_path / "r" / "manifest.jsonl", rows)
    question = Question("intelligibility", tmp_path / "r", [f"h={tmp_path / 'h'}"], recogniser=wav2vec2)
    results, _ = answer(question, FeatureConfig())
    for system in ("h", "reference"):
        assert results.estimate(system, "wer").mean == pytest.approx(1 / 2)
        assert results.estimate(system, "cer").mean == pytest.approx(4 / 6)
    assert str(wav2vec2) in results.markdown()
    results, _ = answer(Question("intelligibility", tmp_path / "r", [f"h={tmp_path / 'h'}"]), FeatureConfig())
    assert not results.rows and "knows English only, and this is 'de'" in results.not_scored["h: a"]
