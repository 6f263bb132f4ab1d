"""How fast vocoders are, on one thread and on two, with random weights: speed does not depend on what was learned.

    python -m benchmarks.vocoder [--seconds 10] [--threads 1 2]
    python -m benchmarks.vocoder --minutes 30                    memory of a stream: the first minute's against the last's
    python -m benchmarks.vocoder --model exp/copycat2            text to wave, and how soon the first sound of 20 words is there

× is seconds of speech per second, the median of several runs after a first one. GFLOP per second of speech are those of the networks' linear layers
and convolutions; roofline is their share of what a matrix product of PyTorch reaches in the same run. Griffin-Lim and WORLD have no
network; "0 rounds" is ours without settling (tts vocode --iterations 0). HiFi-GAN (V1's sizes) and UnivNet are those of transformers; `vocos` (pip
install vocos) and our own as ONNX are measured where what they need is installed. "error" is the difference to float32, relative, in dB, which settling
enlarges where weights are random; that of trained ones stands below the table. `--compile` also measures ours through torch.compile, whose compiling
takes a minute.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soxr
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from tts.export.onnx import write
from tts.export.vocoder import RealGenerator
from tts.features.config import FeatureConfig
from tts.features.mel import MelSpectrogram
from tts.synthesis.synthesizer import Synthesizer
from tts.text.espeak import get_espeak
from tts.vocoder.config import GeneratorConfig
from tts.vocoder.fast import PATHS, best_path, measure_peaks, use_path
from tts.vocoder.folder import load_generator
from tts.vocoder.generator import Generator
from tts.vocoder.griffin_lim import GriffinLim
from tts.vocoder.load import trained_vocoders

SIZES = {"small": GeneratorConfig(), "small, 0 rounds": GeneratorConfig(settle=0), "base": GeneratorConfig(dim=384, layers=8),
         "base, 0 rounds": GeneratorConfig(dim=384, layers=8, settle=0), "small, free phase": GeneratorConfig(phase="free", window_hops=4)}
SPEAKERS = ("en-us", "en-gb+f2", "de+m3", "es+f4")
RUNS = 7
SENTENCE = "The old man walked slowly along the river and asked every child he met where the little boat had gone."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="of speech in one go")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--minutes", type=float, help="stream so much speech instead, and watch the memory")
    parser.add_argument("--model", type=Path, help="a trained model: measure text to wave instead")
    parser.add_argument("--vocoder", help="with --model: as in tts say")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES), metavar="SIZE", help=f"of ours: {'; '.join(SIZES)}; default: all")
    parser.add_argument("--compile", action="store_true", help="also ours through torch.compile")
    args = parser.parse_args()
    if args.minutes:
        return memory(args.minutes)
    if args.model:
        return speech(args.model, args.vocoder, args.threads)
    features = FeatureConfig()
    frames = round(args.seconds / features.frame_seconds)
    torch.manual_seed(0)
    mel = torch.randn(1, frames, features.mel_bands) * 0.5 - 5
    print("| vocoder | parameters | GFLOP/s of speech | threads | x real time | roofline | error dB |\n|---|---|---|---|---|---|---|")
    for threads in args.threads:
        torch.set_num_threads(threads)
        matmul = matmul_gflops()
        for name in args.sizes:
            config = SIZES[name]
            torch.manual_seed(0)
            generator = Generator(features, config).eval()
            nn.init.normal_(generator.leave.weight, std=0.05)
            measure_peaks(generator, [(mel, torch.ones(mel.shape[:2], dtype=torch.bool))])
            work = gflop(lambda: generator(mel)) / args.seconds
            exact = once(lambda: generator(mel))
            for path in PATHS:
                use_path(generator, path)
                error = 20 * torch.log10((once(lambda: generator(mel)) - exact).norm() / exact.norm()).item()
                chosen = " (chosen here)" if path == best_path(generator) else ""
                row(f"ours, {name}, {path}{chosen}", sum(p.numel() for p in generator.parameters()), work, threads, args.seconds,
                    median_seconds(lambda: generator(mel)), matmul, f"{error:.0f}" if error > -300 else "-")
            use_path(generator, "float32")
            if args.compile:
                compiled = torch.compile(generator)
                row(f"ours, {name}, float32, compiled", sum(p.numel() for p in generator.parameters()), work, threads, args.seconds,
                    median_seconds(lambda: compiled(mel)), matmul)
            if name == "small":
                exported(generator, mel, exact, threads, args.seconds, name)
        others(mel, features, frames, threads, args.seconds, matmul)
    for folder in trained_vocoders():
        print(f"\nint8 against float32 by the trained {folder.name}, of one sentence by {len(SPEAKERS)} synthetic speakers: {rounding(folder)}")


def rounding(folder: Path) -> str:
    """How far 8-bit integers move the sound, and its magnitudes."""
    exact, rounded = (load_generator(folder, path=path) for path in ("float32", "int8"))
    mels, sound, magnitude = MelSpectrogram(exact.features), [], []
    for speaker in SPEAKERS:
        spoken = get_espeak().say(SENTENCE.split(), speaker)
        mel = mels(torch.from_numpy(soxr.resample(spoken.samples / 32768, spoken.sample_rate, exact.features.sample_rate)).float()[None])
        a, b = (once(lambda: generator(mel)) for generator in (exact, rounded))
        for found, (x, y) in ((sound, (a, b)), (magnitude, (mels.stft(a).abs(), mels.stft(b).abs()))):
            found.append(20 * torch.log10((x - y).norm() / x.norm()).item())
    return f"{min(sound):.0f} to {max(sound):.0f} dB of the sound, {min(magnitude):.0f} to {max(magnitude):.0f} dB of its magnitudes"


def memory(minutes: float) -> None:
    """Peak resident memory after one minute of a stream, and after all."""
    features = FeatureConfig()
    generator, frames = Generator(features, GeneratorConfig()).eval(), round(60 / features.frame_seconds)
    mel = np.lib.stride_tricks.as_strided(np.full(features.mel_bands, -5, np.float32), (round(frames * minutes), features.mel_bands), (0, 4))
    started, samples, first = time.perf_counter(), 0, 0.0
    for piece in generator.stream(torch.from_numpy(mel)):
        samples += len(piece)
        if not first and samples >= 60 * features.sample_rate:
            first = peak_mib()
    seconds = samples / features.sample_rate
    print(f"streamed {seconds / 60:.1f} minutes, {seconds / (time.perf_counter() - started):.0f} x real time; peak memory after one minute {first:.0f} MiB, "
          f"after all {peak_mib():.0f} MiB")


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def speech(model: Path, vocoder: str | None, threads: list[int]) -> None:
    """Whole text to wave, and the first piece of a stream, after loading."""
    synthesizer = Synthesizer.load(model, vocoder=vocoder)
    voice = next((v for v in synthesizer.voices if synthesizer.language_of(v).startswith("en")), synthesizer.voices[0])
    synthesizer.warm_up(voice)
    for count in threads:
        torch.set_num_threads(count)
        seconds = synthesizer.say(SENTENCE, voice=voice).seconds
        whole = median_seconds(lambda: synthesizer.say(SENTENCE, voice=voice))
        first = median_seconds(lambda: next(synthesizer.stream(SENTENCE, voice=voice)))
        print(f"{count} thread(s), {len(SENTENCE.split())} words, {seconds:.1f} s, vocoder {Path(synthesizer.vocoder.name).name}: text to wave {seconds / whole:.0f} x real time; "
              f"first sound of a stream after {1000 * first:.0f} ms")


def exported(generator: Generator, mel: torch.Tensor, exact: torch.Tensor, threads: int, seconds: float, name: str) -> None:
    """The same network through onnxruntime, where it is installed."""
    if not all(importlib.util.find_spec(package) for package in ("onnx", "onnxruntime")):
        return
    import onnxruntime

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vocoder.onnx"
        write(RealGenerator(generator), {"mel": mel}, {"mel": {1: "frames"}}, {"wave": {1: "samples"}}, path)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        runs = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    spent = median_seconds(lambda: runs.run(None, {"mel": mel.numpy()}), 3)
    error = torch.from_numpy(runs.run(None, {"mel": mel.numpy()})[0]) - exact
    print(f"| ours, {name}, onnxruntime | | | {threads} | {seconds / spent:.0f} | | {20 * torch.log10(error.norm() / exact.norm()).item():.0f} |", flush=True)


def others(mel: torch.Tensor, features: FeatureConfig, frames: int, threads: int, seconds: float, matmul: float) -> None:
    for iterations in (32, 60):
        vocoder = GriffinLim(features, iterations)
        row(f"Griffin-Lim ({iterations})", 0, 0, threads, seconds, median_seconds(lambda: vocoder(mel), 3), matmul)
    if importlib.util.find_spec("pyworld"):
        import pyworld

        f0, size = np.full(2 * frames + 1, 150.0), 1025
        envelope, aperiodicity = np.full((len(f0), size), 1e-4), np.full((len(f0), size), 0.5)
        spent = median_seconds(lambda: pyworld.synthesize(f0, envelope, aperiodicity, features.sample_rate, 6.25), 3)
        row("WORLD synthesis", 0, 0, 1, seconds, spent, matmul)
    if importlib.util.find_spec("transformers"):
        from transformers import SpeechT5HifiGan, SpeechT5HifiGanConfig, UnivNetConfig, UnivNetModel

        hifi = SpeechT5HifiGan(SpeechT5HifiGanConfig(upsample_rates=[8, 8, 2, 2], upsample_kernel_sizes=[16, 16, 4, 4])).eval()
        for name, model, bands in (("HiFi-GAN (transformers)", hifi, 80), ("UnivNet (transformers)", UnivNetModel(UnivNetConfig()).eval(), 100)):
            seen = torch.randn(1, round(seconds * 24000 / 256), bands)
            row(name, sum(p.numel() for p in model.parameters()), gflop(lambda: model(seen)) / seconds, threads, seconds,
                median_seconds(lambda: model(seen), 1), matmul)
    try:
        from vocos.heads import ISTFTHead
        from vocos.models import VocosBackbone
    except (ImportError, OSError):  # not installed, or what it needs is not
        VocosBackbone = None
    if VocosBackbone is not None:
        body = VocosBackbone(input_channels=100, dim=512, intermediate_dim=1536, num_layers=8).eval()
        head = ISTFTHead(dim=512, n_fft=1024, hop_length=256, padding="center").eval()
        seen = torch.randn(1, 100, round(seconds * 24000 / 256))
        work = gflop(lambda: head(body(seen))) / seconds
        row("vocos (package)", sum(p.numel() for m in (body, head) for p in m.parameters()), work, threads, seconds,
            median_seconds(lambda: head(body(seen))), matmul)


def row(name: str, parameters: int, work: float, threads: int, seconds: float, spent: float, matmul: float, error: str = "") -> None:
    network = (f"{parameters / 1e6:.2f} M", f"{work:.2f}", f"{100 * work * seconds / spent / matmul:.0f} %") if parameters else ("", "", "")
    print(f"| {name} | {network[0]} | {network[1]} | {threads} | {seconds / spent:.0f} | {network[2]} | {error} |", flush=True)


def once(work: Callable[[], torch.Tensor]) -> torch.Tensor:
    with torch.inference_mode():
        return work()


def median_seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    with torch.inference_mode():
        work()
        spent = []
        for _ in range(runs):
            started = time.perf_counter()
            work()
            spent.append(time.perf_counter() - started)
    return statistics.median(spent)


def gflop(work: Callable[[], object]) -> float:
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        work()
    return counter.get_total_flops() / 1e9


def matmul_gflops(size: int = 1024) -> float:
    a, b = torch.randn(size, size), torch.randn(size, size)
    return 2 * size**3 / median_seconds(lambda: a @ b) / 1e9


if __name__ == "__main__":
    main()
