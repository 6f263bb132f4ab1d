"""How fast `tts evaluate f0` is, and whether its memory grows with the number of pairs; how its numbers compare with others'.

    python -m benchmarks.evaluation speed [--pairs 1000] [--jobs 2] [--seconds 5]
    python -m benchmarks.evaluation agreement [--utterances 40]

speed: real recordings, cut or repeated to the length asked for, against copies that are 10 % slower. Wall time depends on what
else runs; CPU seconds, of the command and all its processes, hardly do. Memory is the largest sum of what is the processes' own.
agreement: two recordings of a speaker's voice, scored by us and by a re-derivation on pysptk (mel-cepstra), librosa (path)
and mir_eval (voicing, pitch), on the same F0.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tts.evaluation.pairing import sounds_in
from tts.features.audio import load_audio, save_audio
from tts.features.config import FeatureConfig
from tts.paths import real_speech

SLOWER = 1.1
POLL_SECONDS = 0.25
DISTINCT = 40  # recordings; more pairs are links to these


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    fast = verbs.add_parser("speed")
    fast.add_argument("--pairs", type=int, default=1000)
    fast.add_argument("--seconds", type=float, default=5.0)
    fast.add_argument("--jobs", type=int, default=2)
    same = verbs.add_parser("agreement")
    same.add_argument("--utterances", type=int, default=40)
    args = parser.parse_args()
    speed(args.pairs, args.seconds, args.jobs) if args.verb == "speed" else agreement(args.utterances)


def recordings(count: int) -> list[Path]:
    """Real recordings, evenly from all voices."""
    root = real_speech()
    if root is None:
        raise SystemExit("no real speech beside the checkout")
    voices = [list(sounds_in(place).values()) for place in sorted(p for p in (root / "cc0-voices").iterdir() if p.is_dir())]
    return [voice[i] for i in range(count) for voice in voices if i < len(voice)][:count]


# -- speed -------------------------------------------------------------------------------------------------------------


def speed(pairs: int, seconds: float, jobs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        make_pairs(Path(folder), pairs, seconds)
        for count in (pairs // 10, pairs):
            print(measure(Path(folder), count, jobs), flush=True)


def make_pairs(root: Path, pairs: int, seconds: float) -> None:
    """r/ID.wav and h/ID.wav, the latter slower (by another sample rate, so lower too)."""
    import soxr

    rate = FeatureConfig().sample_rate
    made = []
    for i, path in enumerate(recordings(min(DISTINCT, pairs))):
        sound = load_audio(path, rate)
        sound = np.resize(sound, round(seconds * rate))
        slower = soxr.resample(sound, rate, rate * SLOWER)[: len(sound)]
        for side, samples in (("r", sound), ("h", slower)):
            save_audio(root / "made" / side / f"{i}.wav", samples, rate)
        made.append(i)
    for count in {pairs // 10, pairs}:
        for side in "rh":
            (root / str(count) / side).mkdir(parents=True)
            for i in range(count):
                (root / str(count) / side / f"pair_{i:05d}.wav").hardlink_to(
                    root / "made" / side / f"{made[i % len(made)]}.wav"
                )


def measure(root: Path, count: int, jobs: int) -> str:
    """One run of the command: wall and CPU seconds, and the largest memory of all its processes together."""
    words = [
        "evaluate",
        "f0",
        str(root / str(count) / "r"),
        f"slower={root / str(count) / 'h'}",
        "--jobs",
        str(jobs),
        "--allow-missing",
    ]
    started, cpu, peak = time.monotonic(), {}, 0
    with open(root / "log", "w+", encoding="utf-8") as log:
        command = subprocess.Popen([sys.executable, "-m", "tts.cli", *words], stdout=log, stderr=log, start_new_session=True)
        while command.poll() is None:
            found = usage(command.pid)
            cpu |= {process: seconds for process, (seconds, _) in found.items()}
            peak = max(peak, sum(memory for _, memory in found.values()))
            time.sleep(POLL_SECONDS)
        wall = time.monotonic() - started
        if command.returncode:
            raise SystemExit(Path(log.name).read_text(encoding="utf-8"))
    total = sum(cpu.values())
    return (
        f"{count:6d} pairs, {jobs} processes: {wall:6.1f} s wall, {total:6.1f} s CPU, {1000 * total / count:5.1f} ms CPU a pair; "
        f"peak {peak / 2**20:.0f} MiB"
    )


def usage(session: int) -> dict[int, tuple[float, int]]:
    """CPU seconds and bytes of memory (shared pages by share) of every process of a session."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) != session:
                continue
            rollup = (folder / "smaps_rollup").read_text()
        except OSError:  # it ended meanwhile
            continue
        memory = next((int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:")), 0)
        found[int(folder.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), memory
    return found


# -- agreement ---------------------------------------------------------------------------------------------------------


def agreement(utterances: int) -> None:
    """The largest differences between our scores and the others'."""
    import librosa
    import pysptk
    from mir_eval import melody

    from tts.evaluation.cepstra import ORDER_AND_WARPING
    from tts.evaluation.measure import analyse, compare

    config, worst = FeatureConfig(), {}
    order, warping = ORDER_AND_WARPING[config.sample_rate]
    files = recordings(utterances + 1)
    for first, second in zip(files, files[1:]):
        sounds = [load_audio(path, config.sample_rate)[: 4 * config.sample_rate] for path in (first, second)]
        analyses = [analyse(sound, config) for sound in sounds]
        ours = compare(*analyses, warp=True)
        cepstra = [pysptk.sp2mc(power(sound, one.f0_hz, config), order, warping) for sound, one in zip(sounds, analyses)]
        _, path = librosa.sequence.dtw(cepstra[0][:, 1:].T, cepstra[1][:, 1:].T)
        difference = cepstra[0][path[:, 0], 1:] - cepstra[1][path[:, 1], 1:]
        a, b = analyses[0].f0_hz[path[:, 0]].astype(float), analyses[1].f0_hz[path[:, 1]].astype(float)
        recall, false_alarm = melody.voicing_measures((a > 0).astype(float), (b > 0).astype(float))
        both, share = (a > 0) & (b > 0), (a > 0).mean()
        theirs = {
            "mcd": 10 / np.log(10) * np.sqrt(2 * np.square(difference).sum(axis=1)).mean(),
            "voicing_decision_error": (1 - recall) * share + false_alarm * (1 - share),
            "f0_rmse_cents": np.sqrt(np.mean((melody.hz2cents(a[both]) - melody.hz2cents(b[both])) ** 2)),
        }
        for name, value in theirs.items():
            worst[name] = max(worst.get(name, 0.0), abs(value - ours[name]))
    for name, value in worst.items():
        print(f"{name}: largest difference over {utterances} pairs {value:.2g}")


def power(samples: np.ndarray, f0_hz: np.ndarray, config: FeatureConfig) -> np.ndarray:
    """WORLD's spectra with the floor that the definition states."""
    import pyworld

    middles = (np.arange(len(f0_hz)) + 0.5) * config.frame_seconds
    found = pyworld.cheaptrick(samples.astype(np.float64), f0_hz.astype(np.float64), middles, config.sample_rate)
    return np.maximum(found, found.max() * 1e-9)


if __name__ == "__main__":
    main()
