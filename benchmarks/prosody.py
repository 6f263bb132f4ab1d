"""Reading prosody from recordings: is a text that was not said found out, and how fast is it?

    python -m benchmarks.prosody match ALIGNER... [--count 16]    real recordings beside the checkout, right texts and other utterances' texts
    python -m benchmarks.prosody speed MODEL MANIFEST AUDIO_ROOT  a trained copycat2 and a corpus: extraction, one utterance at a time

`match` also offers the aligner noise and chords. A text counts as another one if it differs; what is said twice with other words' order
is not in these corpora.
"""

from __future__ import annotations

import argparse
import csv
import random
import time
from pathlib import Path

import numpy as np

from tts.alignment.align import as_heard
from tts.alignment.aligner import Aligner, load_aligner
from tts.alignment.match import LEAST_MARGIN, match
from tts.corpus.manifest import read_manifest, resolve_audio
from tts.errors import UserError
from tts.features.audio import load_audio
from tts.features.config import FeatureConfig
from tts.paths import real_speech
from tts.text.frontend import TextFrontend
from tts.text.inventory import PhoneInventory

CONFIG = FeatureConfig()
CORPORA = {"emodb-de": "de", "librispeech-en": "en-us", "ljspeech-en": "en-us", "vctk-en": "en-gb", "dona-es": "es"}
SAID = "Good evening and welcome to the show."


class Listener:
    """An aligner that is asked how well texts fit sounds."""

    def __init__(self, folder: Path):
        self.aligner: Aligner = load_aligner(folder)
        self.phones = PhoneInventory.load(folder / "phones.json")
        self.frontends: dict[str, TextFrontend] = {}

    def margin(self, samples: np.ndarray, text: str, language: str) -> float | None:
        """`Match.margin`; None where the text is too long for the sound, which is also an answer."""
        if language not in self.frontends:
            self.frontends[language] = TextFrontend(language)
        units, _ = self.phones.fit(self.frontends[language].process(text).units)
        try:
            return match(self.aligner, as_heard(samples, CONFIG), units, "sound").margin
        except UserError:
            return None


def rows_of(folder: Path, count: int) -> list[tuple[Path, str]]:
    """(sound, text) of utterances, no text twice."""
    with open(folder / "manifest.tsv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    random.Random(0).shuffle(rows)
    first = {row["transcript"]: folder / row["audio"] for row in reversed(rows) if 20 <= len(row["transcript"]) <= 120}
    return [(path, text) for text, path in list(first.items())[:count]]


def compare_texts(listener: Listener, name: str, rows: list[tuple[Path, str]], language: str) -> None:
    right, wrong = [], []
    for index, (path, text) in enumerate(rows):
        samples = load_audio(path, CONFIG.sample_rate)
        right.append(listener.margin(samples, text, language))
        wrong += [listener.margin(samples, rows[(index + step) % len(rows)][1], language) for step in range(1, min(4, len(rows)))]
    accepted = np.mean([margin is not None and margin >= LEAST_MARGIN for margin in right])
    refused = np.mean([margin is None or margin < LEAST_MARGIN for margin in wrong])
    middle = np.median([m for m in right if m is not None]), np.median([m for m in wrong if m is not None])
    print(f"  {name:16} {language:6} right texts {len(right):3}, accepted {100 * accepted:5.1f} %; others {len(wrong):3}, refused {100 * refused:5.1f} %; "
          f"median margin {middle[0]:5.2f} and {middle[1]:5.2f}")


def compare_sounds(listener: Listener) -> None:
    """Noise and music, with a text."""
    rng, times = np.random.default_rng(0), np.arange(3 * CONFIG.sample_rate) / CONFIG.sample_rate
    chords = sum(0.1 * np.sin(2 * np.pi * f * times) * (1 + np.sin(4 * np.pi * times + f)) for f in (220, 277, 330, 440, 554, 660))
    sounds = {"noise": 0.1 * rng.standard_normal(len(times)), "chords": chords}
    margins = {name: listener.margin(sound.astype(np.float32), SAID, "en-us") for name, sound in sounds.items()}
    print("  no speech: " + ", ".join(f"{name} {'refused' if m is None or m < LEAST_MARGIN else 'ACCEPTED'} ({m:.2f})" for name, m in margins.items()))


def speed(model: Path, manifest: Path, audio_root: Path) -> None:
    from tts.synthesis.synthesizer import Synthesizer

    synthesizer = Synthesizer.load(model, device="cpu")
    chosen = [u for u in read_manifest(manifest) if u.split == "test"][:60]

    def extract(utterance) -> None:
        speaker = utterance.speaker if utterance.speaker in synthesizer.voices else None
        synthesizer.extract(resolve_audio(audio_root / "manifest.jsonl", utterance), utterance.text, utterance.language, speaker, trust_text=True)

    extract(chosen[0])
    rates = []
    for _ in range(3):
        started = time.perf_counter()
        for utterance in chosen:
            extract(utterance)
        rates.append(sum(u.seconds for u in chosen) / (time.perf_counter() - started))
    seconds = np.mean([u.seconds for u in chosen])
    print(f"prosody extraction, alignment included, one process, {len(chosen)} recordings of {seconds:.1f} s on average: {max(rates):.0f} x real time "
          f"(slowest of three runs {min(rates):.0f})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    matching = verbs.add_parser("match")
    matching.add_argument("aligners", nargs="+", type=Path)
    matching.add_argument("--count", type=int, default=16, help="utterances of each corpus")
    speeding = verbs.add_parser("speed")
    for name in ("model", "manifest", "audio_root"):
        speeding.add_argument(name, type=Path)
    args = parser.parse_args()
    if args.verb == "speed":
        speed(args.model, args.manifest, args.audio_root)
        return
    home = real_speech()
    if home is None:
        parser.exit(0, "no real recordings beside the checkout; nothing to measure\n")
    for folder in args.aligners:
        listener = Listener(folder)
        print(f"aligner {folder}; a text is refused below a margin of {LEAST_MARGIN}")
        for name, language in CORPORA.items():
            compare_texts(listener, name, rows_of(home / "real-speech" / name, args.count), language)
        compare_sounds(listener)


if __name__ == "__main__":
    main()
