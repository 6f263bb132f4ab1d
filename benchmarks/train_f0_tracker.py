"""Make the weights of the F0 tracker again: speech → other voices on known contours → noise → tts/data/f0_tracker.safetensors.

    python -m benchmarks.train_f0_tracker --utterances 70 --out tts/data/f0_tracker.safetensors

Trains on CC0 and public-domain voices only (so the weights are free), judged by `benchmarks/f0_accuracy.py` on other speakers.
Seeded; about ten minutes on one core.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from benchmarks.f0_truth import add_noise, agreed_contour, analyse, resynthesise
from safetensors.torch import save_file
from torch import nn

from tts.features import f0_tracker
from tts.features.audio import load_audio
from tts.features.config import FeatureConfig
from tts.paths import real_speech

FREE_VOICES = ("cc0-voices/kathleen", "cc0-voices/kerstin", "cc0-voices/flemishguy", "real-speech/ljspeech-en",
               "real-speech/thorsten-de")
CROP_SECONDS, VARIANTS, NOISES = 4, 3, 2
WHISPERED = 0.06  # share of utterances without any voice: breath, and soon enough noise alone
STRETCH, BATCH = 100, 16  # frames in a training example, examples in a batch


def recordings(count: int):
    """Up to `count` utterances of each free voice with their agreed contours."""
    for folder in FREE_VOICES:
        paths = sorted(path for path in (real_speech() / folder / "audio").rglob("*") if path.suffix in (".opus", ".flac"))
        for path in paths[:: max(1, len(paths) // count)][:count]:
            samples = load_audio(path, 24000)[: 24000 * CROP_SECONDS]
            yield samples, agreed_contour(samples, FeatureConfig())


def examples(count: int, rng: np.random.Generator):
    """(features, F0) of each utterance in other voices, at several frame shifts, rates and levels of noise."""
    for samples, contour in recordings(count):
        analysis = analyse(samples, contour, FeatureConfig())
        if analysis is None:
            continue
        for variant in range(VARIANTS):
            f0_scale, formant_scale = np.exp(rng.uniform(np.log(0.5), np.log(2.3))), np.exp(rng.uniform(-0.2, 0.2))
            config = FeatureConfig(hop_samples=int(rng.choice([240, 280, 300, 300, 300, 320])), window_samples=1200)
            contour_hz = analysis.contour_hz * (rng.random() > WHISPERED)
            truth = resynthesise("", replace(analysis, contour_hz=contour_hz), config, f0_scale, formant_scale)
            for noise in range(NOISES):
                snr_db = None if rng.random() < 0.25 else rng.uniform(3, 30)
                noisy = add_noise(truth.samples, snr_db, rng.uniform(0.0, 5.0), int(rng.integers(1 << 30)))
                middles = (np.arange(len(truth.f0_hz)) + 0.5) * config.frame_seconds
                yield f0_tracker.analyse(noisy, config.sample_rate, middles)[0], truth.f0_hz


def train(features: np.ndarray, f0_hz: np.ndarray, epochs: int, learning_rate: float = 3e-3) -> f0_tracker.PitchNetwork:
    network = f0_tracker.PitchNetwork()
    network.mean.copy_(torch.from_numpy(features.mean(axis=0)))
    network.scale.copy_(torch.from_numpy(features.std(axis=0) + 0.05))
    count = len(features) // STRETCH
    inputs = torch.from_numpy(features[: count * STRETCH]).view(count, STRETCH, -1)
    low, high = np.log([f0_tracker.LOW_HZ, f0_tracker.HIGH_HZ])
    pitch = (np.log(np.maximum(f0_hz, 1)) - low) / (high - low) * (f0_tracker.PITCHES - 1)
    pitch = torch.from_numpy(pitch[: count * STRETCH]).float().view(count, STRETCH, 1)
    voiced = torch.from_numpy(f0_hz[: count * STRETCH] > 0).float().view(count, STRETCH)
    steps = epochs * (count // BATCH)
    optimiser = torch.optim.AdamW(network.parameters(), learning_rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, learning_rate, total_steps=steps + 1)
    grid = torch.arange(f0_tracker.PITCHES)
    for epoch in range(epochs):
        losses = []
        for chosen in torch.randperm(count)[: count // BATCH * BATCH].split(BATCH):
            logits = network(inputs[chosen])
            voicing = nn.functional.binary_cross_entropy_with_logits(logits[..., -1], voiced[chosen])
            target = torch.softmax(-0.5 * ((grid - pitch[chosen]) / 1.2) ** 2, dim=-1)  # the right pitch, a little its neighbours
            wrong = -(target * logits[..., :-1].log_softmax(-1)).sum(-1)
            pitch_loss = (wrong * voiced[chosen]).sum() / voiced[chosen].sum().clamp(min=1)
            (3 * voicing + pitch_loss).backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            optimiser.zero_grad()
            schedule.step()
            losses.append((voicing.item(), pitch_loss.item()))
        print("epoch {}: voicing {:.4f}, pitch {:.4f} nats".format(epoch + 1, *np.mean(losses, axis=0)), flush=True)
    return network.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--utterances", type=int, default=70, help="per voice")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(1)
    started = time.time()
    features, f0_hz = zip(*examples(args.utterances, np.random.default_rng(0)))
    features, f0_hz = np.concatenate(features), np.concatenate(f0_hz)
    print(f"{len(f0_hz)} frames, {np.mean(f0_hz > 0):.0%} voiced, made in {time.time() - started:.0f} s")
    network = train(features, f0_hz, args.epochs)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.half().contiguous() for name, tensor in network.state_dict().items()}, args.out)
    print(f"{args.out}: {sum(p.numel() for p in network.parameters())} weights, {time.time() - started:.0f} s in all")


if __name__ == "__main__":
    main()
