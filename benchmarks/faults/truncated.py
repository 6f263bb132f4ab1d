"""Files that end too early: audio, checkpoints, feature stores, models. What reads them says so and names the file, or does what it would
have done; where it says to delete and make again, that leads to the undisturbed result."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.faults.child import called, prepare_for, run
from benchmarks.faults.killed import SHARD, differing, every_byte, trained
from benchmarks.faults.line import TARGET, Line
from benchmarks.faults.tally import Tally
from tts.features import extract
from tts.models.load import FILES
from tts.training.acoustic import train_acoustic
from tts.training.distributed import World

SENTENCE = "Good evening, and welcome."


def truncated(line: Line, tries: int, rng: random.Random, work: Path) -> Iterator[Tally]:
    for kind in (_audio, _store, _checkpoint, _model):
        yield kind(line, tries, rng, work / kind.__name__)


def some_file(folder: Path, rng: random.Random, wanted=lambda path: True) -> Path:
    """A file below the folder that has anything in it."""
    return rng.choice(sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size and wanted(path)))


def cut(path: Path, rng: random.Random) -> int:
    """Leave a random part of a file; returns its length."""
    length = rng.randrange(path.stat().st_size)
    with open(path, "r+b") as file:
        file.truncate(length)
    return length


def _audio(line: Line, tries: int, rng: random.Random, work: Path) -> Tally:
    """A recording of the corpus is cut; with and without an alignment that knows its length, as FLAC and as WAV."""
    import soundfile

    tally, manifests = Tally("truncated audio"), (line.manifest, line.corpus / "manifest.jsonl")
    corpora = {".flac": line.corpus, ".wav": work / "corpus.wav"}
    for source in line.corpus.rglob("*.flac"):
        target = corpora[".wav"] / source.relative_to(line.corpus)  # a WAV by another name, as corpora have it
        target.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(target, *soundfile.read(source, dtype="int16"), format="WAV")
    for _ in range(tries):
        corpus, manifest = work / "corpus", rng.choice(manifests)
        shutil.copytree(corpora[rng.choice(list(corpora))], corpus)
        damaged = some_file(corpus, rng, lambda path: path.suffix == ".flac")
        length = cut(damaged, rng)
        end = run(called(extract.extract, manifest, corpus, line.recipe.features, work / "features", per_shard=SHARD), work)
        what = f"{damaged.name} cut to {length} bytes"
        tally.tries += 1
        tally.hits += end.status != 0
        if end.crash or end.status and damaged.stem not in end.said:
            tally.crashes.append(f"{what}: {end.crash or end.said.strip().splitlines()[-1][:300]}")
        elif not end.status:
            tally.losses.append(f"{what}: taken for whole")
        shutil.rmtree(corpus)
        shutil.rmtree(work / "features", ignore_errors=True)
    return tally.done()


def _store(line: Line, tries: int, rng: random.Random, work: Path) -> Tally:
    """A file of a feature store is cut; a training reads it, or the extraction is run again."""

    def extracting(folder: Path) -> Callable[[], int]:
        return called(extract.extract, line.manifest, line.corpus, line.recipe.features, folder, per_shard=SHARD)

    def training(features: Path) -> Callable[[], int]:
        return called(train_acoustic, line.recipe, [line.manifest], [features], line.phones, work / "trained", World())

    whole = work / "whole"
    prepare_for(extracting(whole), whole)
    features = every_byte(whole)
    prepare_for(training(whole), work)
    model = trained(work / "trained")
    shutil.rmtree(work / "trained")
    tally = Tally("truncated feature store")
    for number in range(tries):
        target = work / "features"
        shutil.copytree(whole, target)
        damaged = some_file(target, rng)
        length = cut(damaged, rng)
        what = f"{damaged.relative_to(target)} cut to {length} bytes, then " + ("extracted again" if number % 2 else "trained")
        tally.tries += 1
        if number % 2:
            end = run(extracting(target), target)
            tally.hits += end.status != 0
            if end.status and str(damaged) in end.said:  # "delete it and extract again"
                damaged.unlink()
                again = run(extracting(target), target)
                end = again if again.status else end
            if not end.crash and (wrong := differing(features, every_byte(target))):
                tally.losses.append(f"{what}: {', '.join(wrong[:5])} differ")
        else:
            end = run(training(target), work)
            tally.hits += end.status != 0
            if not end.status and (wrong := differing(model, trained(work / "trained"))):
                tally.losses.append(f"{what}: {', '.join(wrong[:5])} differ")
            shutil.rmtree(work / "trained", ignore_errors=True)
        if end.crash:
            tally.crashes.append(f"{what}: {end.crash}")
        shutil.rmtree(target)
    return tally.done()


def _checkpoint(line: Line, tries: int, rng: random.Random, work: Path) -> Tally:
    """A file of a checkpoint is cut, and the training goes on: never from the start as if there were nothing, never to another result."""

    def training(folder: Path, steps_done: int | None = None) -> Callable[[], int]:
        def train() -> None:
            from tts.training import loop

            if steps_done is not None:  # an interrupted run: the checkpoint is there, and nothing after it
                save = loop._Run.save

                def save_and_stop(this) -> None:
                    save(this)
                    if this.state.step == steps_done:
                        raise KeyboardInterrupt

                loop._Run.save = save_and_stop
            try:
                train_acoustic(line.recipe, [line.manifest], [line.features], line.phones, folder, World())
            except KeyboardInterrupt:
                pass

        return called(train)

    whole, parts = work / "whole", work / "parts"
    prepare_for(training(whole), whole)
    run(training(parts, 4), parts)
    expected, tally = trained(whole), Tally("truncated checkpoint")
    for _ in range(tries):
        target = work / "target"
        shutil.copytree(parts, target)
        damaged = some_file(target, rng, lambda path: path.is_relative_to(target / "checkpoints"))
        what = f"{damaged.relative_to(target)} cut to {cut(damaged, rng)} bytes"
        end = run(training(target), target)
        tally.tries += 1
        tally.hits += end.status != 0
        if end.crash or end.status and damaged.name not in end.said:
            tally.crashes.append(f"{what}: {end.crash or end.said.strip().splitlines()[-1][:300]}")
        elif not end.status and (wrong := differing(expected, trained(target))) and damaged.name != "metrics.jsonl":
            tally.losses.append(f"{what}: {', '.join(wrong[:5])} differ")
        shutil.rmtree(target)
    return tally.done()


def _model(line: Line, tries: int, rng: random.Random, work: Path) -> Tally:
    """A file of a trained model is cut, and it is asked to speak."""

    def saying(model: Path, output: Path) -> Callable[[], int]:
        return called(say, model, output)

    work.mkdir()
    prepare_for(saying(line.voice, work / "whole.wav"), work)
    expected, tally = (work / "whole.wav").read_bytes(), Tally("truncated model")
    for _ in range(tries):
        target = work / "model"
        shutil.copytree(line.voice, target)
        damaged = some_file(target, rng, lambda path: path.parent == target and path.name in FILES)
        what = f"{damaged.name} cut to {cut(damaged, rng)} bytes"
        end = run(saying(target, work / "said.wav"), work)
        tally.tries += 1
        tally.hits += end.status != 0
        if end.crash or end.status and damaged.name not in end.said:
            tally.crashes.append(f"{what}: {end.crash or end.said.strip().splitlines()[-1][:300]}")
        elif not end.status and (work / "said.wav").read_bytes() != expected:
            tally.losses.append(f"{what}: it says something else")
        shutil.rmtree(target)
    return tally.done()


def say(model: Path, output: Path, text: str = SENTENCE) -> None:
    """Load a model and speak."""
    from tts import Synthesizer

    Synthesizer.load(model, vocoder="griffin-lim").say(text, voice=TARGET).save(output)
