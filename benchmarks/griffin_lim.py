"""How fast and how good our Griffin-Lim is, beside librosa's at the same number of iterations.

    python -m benchmarks.griffin_lim [FOLDER or FILES …] [--seconds 60]

Copies recordings through their mels on one thread. Speed is seconds of speech per CPU second; the first call of each way is not
counted. Quality: mel L1 (nepers, after re-analysis), spectral convergence against the recording's own magnitudes, gross pitch and
voicing error in percent, MCD in dB. librosa starts from pseudo-inverse magnitudes and from its NNLS ("mel_to_audio").
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from tts.errors import UserError
from tts.evaluation.measure import analyse, compare, mel_of
from tts.evaluation.pairing import sounds_in
from tts.features.audio import load_audio
from tts.features.config import FeatureConfig
from tts.features.mel import MelSpectrogram, mel_filterbank
from tts.paths import real_speech
from tts.vocoder.griffin_lim import GriffinLim

ITERATIONS = (16, 32, 60)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", nargs="*", type=Path, help="recordings; default: some of each of the real voices")
    parser.add_argument("--seconds", type=float, default=60.0, help="how much speech")
    parser.add_argument("--nnls", action="store_true", help="also librosa's own inversion of the mel (very slow)")
    args = parser.parse_args()
    torch.set_num_threads(1)
    config = FeatureConfig()
    sounds = choose(args.input, args.seconds, config)
    print(f"{len(sounds)} recordings, {sum(map(len, sounds)) / config.sample_rate:.0f} s, {config.sample_rate} Hz\n")
    print("| way | iterations | x real time | mel L1 | spectral convergence | GPE % | VDE % | MCD dB |")
    print("|---|---|---|---|---|---|---|---|")
    for iterations in (0, *ITERATIONS):
        vocoder = GriffinLim(config, iterations)
        report("ours", iterations, sounds, config, lambda mel, v=vocoder: v(torch.from_numpy(mel)[None])[0].numpy())
    for iterations in ITERATIONS:
        report("librosa, pseudo-inverse", iterations, sounds, config, by_librosa(config, iterations, nnls=False))
    if args.nnls:
        report("librosa, NNLS", ITERATIONS[0], sounds, config, by_librosa(config, ITERATIONS[0], nnls=True))


def choose(inputs: list[Path], seconds: float, config: FeatureConfig) -> list[np.ndarray]:
    """Recordings in whole frames, evenly picked, until there are enough seconds."""
    if not inputs:
        root = real_speech()
        if root is None:
            raise SystemExit("no real speech beside the checkout; name recordings or a folder of them")
        inputs = sorted(path for path in (root / "cc0-voices").iterdir() if path.is_dir())
    folders = [list((sounds_in(path) if path.is_dir() else {path.stem: path}).values()) for path in inputs]
    share, sounds = seconds / len(folders), []
    for files in folders:
        got = 0.0
        for path in files[:: max(1, len(files) // 50)]:
            samples = load_audio(path, config.sample_rate)
            samples = samples[: len(samples) // config.hop_samples * config.hop_samples]
            if got < share and len(samples):
                sounds.append(samples)
                got += len(samples) / config.sample_rate
    return sounds


def by_librosa(config: FeatureConfig, iterations: int, nnls: bool) -> Callable[[np.ndarray], np.ndarray]:
    import librosa

    filters = mel_filterbank(config).numpy().T  # [M, F]
    inverse = np.linalg.pinv(filters)

    def speak(mel: np.ndarray) -> np.ndarray:
        magnitude = librosa.util.nnls(filters, np.exp(mel.T)) if nnls else np.maximum(inverse @ np.exp(mel.T), 0)
        sound = librosa.griffinlim(
            magnitude,
            n_iter=iterations,
            hop_length=config.hop_samples,
            win_length=config.window_samples,
            n_fft=config.window_samples,
            random_state=0,
        )
        before = config.hop_samples // 2  # librosa's frame t is centred at t·hop, ours half a hop later
        return np.pad(sound, (before, len(mel) * config.hop_samples - before - len(sound)))

    return speak


def report(
    name: str, iterations: int, sounds: list[np.ndarray], config: FeatureConfig, speak: Callable[[np.ndarray], np.ndarray]
) -> None:
    mels = [mel_of(sound, config).numpy() for sound in sounds]
    speak(mels[0])
    started = time.process_time()
    copies = [speak(mel) for mel in mels]
    speed = sum(map(len, sounds)) / config.sample_rate / (time.process_time() - started)
    stft, rows = MelSpectrogram(config).stft, []
    for sound, mel, copy in zip(sounds, mels, copies):
        true, made = (stft(torch.from_numpy(np.ascontiguousarray(x))[None]).abs() for x in (sound, copy))
        convergence = float((made - true).norm() / true.norm())
        l1 = float(np.abs(mel_of(np.ascontiguousarray(copy), config).numpy() - mel).mean())
        try:
            scores = compare(analyse(sound, config), analyse(copy, config), warp=False)
        except UserError:
            scores = {"gross_pitch_error": np.nan, "voicing_decision_error": np.nan, "mcd": np.nan}
        rows.append((l1, convergence, 100 * scores["gross_pitch_error"], 100 * scores["voicing_decision_error"], scores["mcd"]))
    l1, convergence, gpe, vde, mcd = np.nanmean(rows, axis=0)
    print(
        f"| {name} | {iterations} | {speed:.0f} | {l1:.3f} | {convergence:.3f} | {gpe:.1f} | {vde:.1f} | {mcd:.2f} |", flush=True
    )


if __name__ == "__main__":
    main()
