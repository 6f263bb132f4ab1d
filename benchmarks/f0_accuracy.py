"""How exact are F0 and voicing? Trackers against sounds of known F0: tones, glides, resynthesised speech; clean and in noise.

    python -m benchmarks.f0_accuracy                          the real speech beside the checkout (speakers the tracker never saw)
    python -m benchmarks.f0_accuracy --manifest data/corpus/manifest.jsonl      any corpus, such as the generated one
    python -m benchmarks.f0_accuracy --methods correlation dio harvest pyin --quietest-db 99

GPE  share off by more than 20 % among frames voiced in truth and in estimate
VDE  share of all frames whose voicing is wrong          FFE  share of all frames with either fault
cents  root mean square error of the frames that are no gross error
recall, false   share of voiced frames called voiced, and of unvoiced ones
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from benchmarks.f0_truth import QUIETEST_DB, Truth, add_noise, agreed_contour, analyse, glide, resynthesise

from tts.corpus.manifest import read_manifest, resolve_audio
from tts.features.audio import load_audio
from tts.features.config import FeatureConfig
from tts.features.f0 import METHODS, extract_f0
from tts.paths import real_speech

CONDITIONS = {"clean": (None, 0.0), "white 10 dB": (10, 0.0), "pink 10 dB": (10, 3.0)}
# Not the voices that the tracker learned from: how many utterances of each.
JUDGES = {"vctk-en": 6, "librispeech-en": 8, "emodb-de": 14, "dona-es": 4, "nc-nemo-pl": 8, "speechocean-en": 8}
SECONDS = 5


def spread(items: list, count: int) -> list:
    return items[:: max(1, len(items) // count)][:count]


def recordings(manifest: Path | None, count: int):
    """(name, samples) to resynthesise."""
    if manifest is not None:
        for utterance in spread(list(read_manifest(manifest)), count):
            yield utterance.id, resolve_audio(manifest, utterance)
    else:
        for corpus, wanted in JUDGES.items():
            for path in spread(sorted((real_speech() / "real-speech" / corpus / "audio").rglob("*.flac")), wanted):
                yield path.stem, path


def spoken(paths, config: FeatureConfig, quietest_db: float) -> list[Truth]:
    truths = []
    for name, path in paths:
        samples = load_audio(path, config.sample_rate)[: SECONDS * config.sample_rate]
        analysis = analyse(samples, agreed_contour(samples, config), config, quietest_db)
        if analysis is not None:
            truths.append(resynthesise(name, analysis, config))
    return truths


def pyin(samples: np.ndarray, config: FeatureConfig) -> np.ndarray:
    import librosa

    before = config.hop_samples // 2
    padded = np.pad(samples, (before, 2 * config.hop_samples))
    f0_hz, voiced, _ = librosa.pyin(padded, fmin=config.f0_low_hz, fmax=config.f0_high_hz, sr=config.sample_rate,
                                    frame_length=2048, hop_length=config.hop_samples)
    return np.where(voiced, f0_hz, 0.0)[1:]


def estimate(method: str, samples: np.ndarray, config: FeatureConfig, frames: int) -> np.ndarray:
    f0_hz = pyin(samples, config) if method == "pyin" else extract_f0(samples, replace(config, f0_method=method)).f0_hz
    return f0_hz[:frames]


def scores(estimates: list[np.ndarray], truths: list[np.ndarray]) -> dict[str, float]:
    got, true = np.concatenate(estimates), np.concatenate(truths)
    both = (got > 0) & (true > 0)
    ratio = got[both] / true[both]
    gross = np.abs(ratio - 1) > 0.2
    wrong_voicing = np.mean((got > 0) != (true > 0))
    return {"GPE %": 100 * gross.mean(), "VDE %": 100 * wrong_voicing, "FFE %": 100 * (wrong_voicing + gross.sum() / len(true)),
            "cents": 1200 * np.sqrt(np.mean(np.square(np.log2(ratio[~gross])))),
            "recall %": 100 * np.mean(got[true > 0] > 0), "false %": 100 * np.mean(got[true == 0] > 0)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manifest", type=Path, help="recordings to resynthesise; the real speech beside the checkout if absent")
    parser.add_argument("--utterances", type=int, default=40, help="of the manifest")
    parser.add_argument("--methods", nargs="+", default=["correlation", "dio"], choices=[*METHODS, "pyin"])
    parser.add_argument("--quietest-db", type=float, default=QUIETEST_DB, help="what is further below the mean gets no voice")
    args = parser.parse_args()
    torch.set_num_threads(1)
    config = FeatureConfig()
    sets = {
        "tones": [glide(hz, hz, 1.0, config) for hz in (65, 80, 100, 140, 200, 280, 400, 500, 590)],
        "glides": [glide(*ends, 2.0, config) for ends in ((62, 300), (300, 62), (100, 580), (580, 100), (150, 250), (65, 590))],
    }
    if args.manifest is not None or real_speech() is not None:
        sets["speech"] = spoken(recordings(args.manifest, args.utterances), config, args.quietest_db)
    for name, truths in sets.items():
        seconds = sum(len(truth.samples) for truth in truths) / config.sample_rate
        voiced = np.mean(np.concatenate([truth.f0_hz for truth in truths]) > 0)
        print(f"\n{name}: {len(truths)} sounds, {seconds:.0f} s, {voiced:.0%} voiced")
        print(f"{'':26} GPE %   VDE %   FFE %   cents  recall   false  x real time")
        for method in args.methods:
            for condition, (snr_db, tilt_db) in CONDITIONS.items():
                noisy = [add_noise(truth.samples, snr_db, tilt_db, seed) for seed, truth in enumerate(truths)]
                estimate(method, noisy[0], config, 1)  # compiles what is to be compiled
                started = time.perf_counter()
                estimates = [estimate(method, samples, config, len(truth.f0_hz)) for samples, truth in zip(noisy, truths)]
                elapsed = time.perf_counter() - started
                row = scores(estimates, [truth.f0_hz for truth in truths])
                columns = " ".join(f"{value:7.2f}" for value in row.values())
                print(f"{method:12} {condition:12} {columns} {seconds / elapsed:9.0f}", flush=True)


if __name__ == "__main__":
    main()
