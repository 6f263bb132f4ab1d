"""From text to sound: how fast is each part, and the whole?

    python -m benchmarks.synthesis egs/mini/base/exp/base            # a trained model; 1 and 2 threads

× is seconds of speech per second, the median over sentences after a warm-up; each thread count runs in a process of its own, because
libraries fix their threads at the start. `of matmul` relates the whole to what a plain matrix product reaches on the same machine in the same
run (× per GFLOP/s), so that figures of different machines can be compared.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time

SENTENCES = ("The committee will meet again on Thursday, when the results are known.",
             "Is there anything else that you would like to tell us about the weather in the north?",
             "She opened the window, looked at the garden, and closed it again without a word.",
             "We have apples, pears, plums and cherries, but no oranges until next week.")


def measure(folder: str, repeats: int) -> dict:
    """Times of one process with the threads it was started with."""
    import torch

    from benchmarks.acoustic import matmul_rate
    from tts import Synthesizer
    from tts.training.batch import phone_row
    from tts.corpus.utterance import Utterance

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    started = time.perf_counter()
    synthesizer = Synthesizer.load(folder)
    loading = time.perf_counter() - started
    loaded = synthesizer.loaded
    voice = synthesizer._voice_for("en-us")
    speech = [synthesizer.say(sentence, voice=voice, language="en-us") for sentence in SENTENCES]
    times: dict[str, list[float]] = {"text": [], "acoustic": [], "vocoder": [], "whole": []}

    def timed(name: str, seconds_of_speech: float, work) -> None:
        at = time.perf_counter()
        work()
        times[name].append(seconds_of_speech / (time.perf_counter() - at))

    for _ in range(repeats):
        for made in speech:
            units, _ = loaded.phones.fit(made.units)
            row = phone_row(Utterance("x", made.text, voice, loaded.names.languages[0], loaded.names.styles[0], units=units),
                            loaded.phones, loaded.names, aligned=False)
            mel = torch.from_numpy(made.mel)[None].to(synthesizer.vocoder.device)
            synthesizer._frontends.clear()
            timed("text", made.seconds, lambda: synthesizer._frontend("en-us").process(made.text))
            timed("acoustic", made.seconds, lambda: loaded.model.synthesize(row))
            timed("vocoder", made.seconds, lambda: synthesizer.vocoder(mel))
            timed("whole", made.seconds, lambda: synthesizer.say(made.text, voice=voice, language="en-us"))
    rate = matmul_rate() / 1e9
    whole = statistics.median(times["whole"])
    return {"threads": torch.get_num_threads(), **{f"{name}_times_real_time": statistics.median(v) for name, v in times.items()},
            "matmul_gflops": rate, "whole_per_matmul_gflops": whole / rate, "loading_seconds": loading,
            "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="folder of a trained model")
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(measure(args.model, args.repeats)))
        return
    for threads in args.threads:
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "PASSIVE"}
        run = subprocess.run([sys.executable, "-m", "benchmarks.synthesis", args.model, "--one", "--repeats", str(args.repeats)], env=environment,
                             capture_output=True, text=True, check=False)
        if run.returncode:
            sys.exit(run.stderr)
        row = json.loads(run.stdout.splitlines()[-1])
        print(f"{threads} thread(s): text {row['text_times_real_time']:,.0f} x, acoustic {row['acoustic_times_real_time']:.0f} x, vocoder "
              f"{row['vocoder_times_real_time']:.1f} x, whole {row['whole_times_real_time']:.1f} x real time "
              f"({row['whole_per_matmul_gflops']:.3f} x per GFLOP/s of matmul, {row['matmul_gflops']:.0f} GFLOP/s); "
              f"loading {row['loading_seconds']:.1f} s, peak {row['peak_memory_mib']:.0f} MiB")


if __name__ == "__main__":
    main()
