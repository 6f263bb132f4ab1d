"""Does the judge of styles (tts/evaluation/claims/styles.py) hear styles in a language that a voice was not judged in before? Recordings tell: a made-up
speaker of the mini corpus can speak another language, which is what LCPVAE's voices are to do.

    python -m benchmarks.style_judge egs/mini/lcpvae/data egs/mini/lcpvae/exp/lcpvae      after ./run.sh there

The judge is fitted to recordings of the part 'recogniser' (without the copies that the claims fit it to as well). Share of styles heard: in recordings of
voices in their own language, not fitted to; and in sentences of the other language, each in all styles, where the judge knows a voice by its recordings
in its own language, or by what it says in the other one.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soxr

from tts.corpus.generated import MiniCorpusConfig, plan
from tts.corpus.generated_cast import read_cast
from tts.corpus.generated_voices import make_speakers
from tts.corpus.manifest import read_manifest
from tts.corpus.utterance import Phone, Unit
from tts.evaluation.claims.styles import Example, StyleJudge, UsualDurations, style_numbers
from tts.features.audio import load_audio
from tts.features.config import FeatureConfig
from tts.features.f0 import extract_f0
from tts.models.load import read_speakers
from tts.text.espeak import Espeak

SENTENCES = 12  # of the other language, for every voice
FEATURES = FeatureConfig()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="data of the recipe")
    parser.add_argument("model", type=Path, help="a model trained on it, for its speakers' F0 ranges")
    parser.add_argument("--cast", type=Path, default=Path("egs/mini/lcpvae/conf/cast.yaml"))
    parser.add_argument("--seed", type=int, default=1, help="of the corpus")
    args = parser.parse_args()
    utterances, ranges = list(read_manifest(args.data / "alignment/manifest.jsonl")), read_speakers(args.model)
    usual = UsualDurations((u.language, u.units) for u in utterances if u.split == "train")

    def numbers(samples: np.ndarray, voice: str, tempo: float) -> np.ndarray:
        track = extract_f0(samples, FEATURES, *(ranges[voice].get("f0_range_hz") or (None, None)))
        return style_numbers(samples, tempo, track, FEATURES).all

    def recorded(*splits: str) -> list[Example]:
        return [Example(u.speaker, u.style, numbers(load_audio(args.data / "corpus" / u.audio, FEATURES.sample_rate), u.speaker,
                                                    usual.tempo(u.language, u.units))) for u in utterances if u.split in splits]

    judge = StyleJudge(recorded("recogniser"))
    print("styles heard, % (every style as often in the other language; in their own as in the corpus)")
    print(f"own language: {line(recorded('test', 'dev'), judge.hear)}")
    abroad = foreign(MiniCorpusConfig(cast=read_cast(args.cast), seed=args.seed), sorted({u.style for u in utterances}), usual, numbers)
    print(f"other language, known by recordings in their own: {line(abroad, judge.hear)}")
    for voice in {example.voice for example in abroad}:
        judge.meet(f"{voice} abroad", [example for example in abroad if example.voice == voice])
    print(f"other language, known by what they say there: {line(abroad, lambda voice, found: judge.hear(f'{voice} abroad', found))}")


def line(examples: list[Example], hear: Callable[[str, np.ndarray], str]) -> str:
    found = defaultdict(list)
    for example in examples:
        right = hear(example.voice, example.numbers) == example.style
        found["all"].append(right)
        found[example.style].append(right)
    return ", ".join(f"{name} {100 * np.mean(rights):.0f}" for name, rights in found.items())


def foreign(config: MiniCorpusConfig, styles: list[str], usual: UsualDurations, numbers: Callable) -> list[Example]:
    """Every speaker with sentences that a speaker of another language has, in every style."""
    speakers, plans, found = make_speakers(config.members(), config.seed), plan(config), []
    with tempfile.TemporaryDirectory() as scratch:
        espeak = Espeak({speaker.name: speaker.variant for speaker in speakers}, Path(scratch))
        for speaker in speakers:
            other = next(one for one in speakers if one.language != speaker.language)
            sentences = {item.sentence.text: item.sentence for item in plans[other.name] if item.split in ("dev", "test")}
            for sentence in list(sentences.values())[:SENTENCES]:
                for style in styles:
                    spoken = espeak.say(list(sentence.tokens), f"{other.language}+{speaker.name}", speaker.settings(style), {})
                    units = [Unit(word.text, (0, 0), [Phone(p.symbol, p.stress, max(1, round((p.end - p.start) / spoken.sample_rate / FEATURES.frame_seconds)))
                                                      for p in word.phones]) for word in spoken.words]
                    samples = soxr.resample(spoken.samples.astype(np.float32) / 32768, spoken.sample_rate, FEATURES.sample_rate)
                    found.append(Example(speaker.name, style, numbers(samples, speaker.name, usual.tempo(other.language, units))))
    return found


if __name__ == "__main__":
    main()
