"""Make the table of the "statistics" speaker encoder again: → tts/data/speaker_statistics.safetensors (mean, whitening).

    python -m benchmarks.train_speaker_statistics --out tts/data/speaker_statistics.safetensors

The mean over speakers, and W with WᵀCW = 1 for the covariance C of recordings about their speaker's mean, shrunk towards its
diagonal. From read speech under free licences: speechocean762 (CC BY 4.0, 24 speakers), LJSpeech, and three CC0 voices.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file

from tts.features.audio import load_audio
from tts.features.speaker import recording_statistics
from tts.paths import real_speech

CORPORA = ("real-speech/speechocean-en", "real-speech/ljspeech-en", "cc0-voices/kathleen", "cc0-voices/kerstin",
           "cc0-voices/flemishguy")
PER_SPEAKER = 40
SHRINK = 0.3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    speakers: dict[str, list[np.ndarray]] = {}
    for corpus in CORPORA:
        folder = real_speech() / corpus
        with open(folder / "manifest.tsv", encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                recordings = speakers.setdefault(row["speaker"], [])
                if len(recordings) < PER_SPEAKER:
                    recordings.append(recording_statistics(load_audio(folder / row["audio"], 16000), 16000))
    means = np.stack([np.mean(recordings, axis=0) for recordings in speakers.values()])
    within = np.concatenate([np.stack(recordings) - mean for recordings, mean in zip(speakers.values(), means)])
    within = within.astype(np.float64)
    covariance = within.T @ within / (len(within) - len(means))
    covariance = (1 - SHRINK) * covariance + SHRINK * np.diag(np.diag(covariance))
    values, directions = np.linalg.eigh(covariance)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    whitening = (directions / np.sqrt(values)).astype(np.float32)
    save_file({"mean": means.mean(axis=0).astype(np.float32), "whitening": whitening}, args.out)
    print(f"{args.out}: {len(means)} speakers, {len(within)} recordings")


if __name__ == "__main__":
    main()
