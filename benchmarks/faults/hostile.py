"""Input that means harm, or that a broken program wrote: documents, weights, paths, texts, answers to a listening test. Nothing in it is
executed, nothing outside of the corpus is read, and every refusal is a sentence, soon and in little memory."""

from __future__ import annotations

import copy
import json
import os
import pickle
import random
import resource
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from safetensors.numpy import load_file, save

from benchmarks.faults.child import called, prepare_for, run, tts
from benchmarks.faults.killed import SHARD
from benchmarks.faults.line import TARGET, Line
from benchmarks.faults.rating import serving
from benchmarks.faults.tally import Tally
from benchmarks.faults.truncated import say
from tests.helpers.listeners import write_session, write_test
from tests.helpers.serving import Client
from tests.mushra.sounds import quick_test
from tts.features import extract
from tts.models.load import FILES
from tts.mushra.folder import Test
from tts.speakers.voice import MadeVoice, Neighbour, Passport
from tts.text.stage import process_manifest
from tts.training.acoustic import train_acoustic
from tts.training.distributed import World

MEMORY = 12 << 30  # bytes of address space; torch alone reserves some
VALUES = (None, True, -1, 0, 1e308, float("nan"), float("inf"), 10**40, "", "x" * 100_000, "../../x", "\0", "\ud800", [], {}, [[[]]], {"a": 1})
SENTENCES = ("a" * 1_000_000, "9" * 100_000, "ä\u0301\u0302" * 30_000, "word " * 100_000, "\u202e\0" * 50_000, "🙂" * 50_000, "(" * 100_000,
             "<speak>" * 50_000, " " * 1_000_000, "1/2 " * 30_000)


class Payload:
    """A pickle of it runs a command when it is read as a pickle."""

    def __init__(self, canary: Path):
        self.canary = canary

    def __reduce__(self):
        return os.system, (f"touch {self.canary}",)


@dataclass(frozen=True)
class Reader:
    """Something of ours that reads files: `make(folder)` puts good ones there, `documents` are those to be spoilt, `read(folder)` reads."""

    name: str
    make: Callable[[Path], None]
    documents: tuple[str, ...]
    read: Callable[[Path], Callable[[], int | None]]


def hostile(line: Line, tries: int, rng: random.Random, work: Path) -> Iterator[Tally]:
    for kind in (_documents, _weights, _paths, _texts, _answers):
        folder = work / kind.__name__
        folder.mkdir()
        yield kind(line, tries, rng, folder)


def _judge(tally: Tally, what: str, read: Callable[[], int | None], folder: Path, canary: Path, may_pass: bool) -> None:
    """Run a reader on spoilt input. `may_pass`: the input may also be good enough."""
    end = run(read, folder, limit=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)))
    tally.tries += 1
    tally.hits += end.status != 0
    if end.crash:
        tally.crashes.append(f"{what}: {end.crash}")
    if canary.exists():
        tally.losses.append(f"{what}: was executed")
        canary.unlink()
    elif not end.status and not may_pass:
        tally.losses.append(f"{what}: was taken for good")


# -- documents: JSON and YAML ------------------------------------------------------------------------------------------


def readers(line: Line) -> list[Reader]:
    """All that read documents somebody else may have written."""

    def extracting(folder: Path):
        return called(extract.extract, folder / "manifest.jsonl", line.corpus, line.recipe.features, folder / "features", per_shard=SHARD)

    def training(folder: Path):
        return called(train_acoustic, line.recipe, [line.manifest], [folder], line.phones, folder / "trained", World())

    def resuming(folder: Path):
        return called(train_acoustic, line.recipe, [line.manifest], [line.features], line.phones, folder, World())

    def showing_voice(folder: Path) -> Callable[[], int | None]:
        return tts("voices", "show", folder / "ada.json")

    state = next((line.model / "checkpoints").glob("step-*")).relative_to(line.model) / "state.json"
    return [
        Reader("model", lambda folder: copy_model(line.voice, folder), FILES[1:],
               lambda folder: called(say, folder, folder / "said.wav")),
        Reader("feature store", lambda folder: shutil.copytree(line.features, folder, dirs_exist_ok=True),
               ("index.jsonl", "speakers.json", "fingerprint.json"), training),
        Reader("checkpoint", lambda folder: shutil.copytree(line.model, folder, dirs_exist_ok=True), (str(state), "checkpoints/latest.json"), resuming),
        Reader("manifest, features", lambda folder: shutil.copy(line.manifest, folder), ("manifest.jsonl",), extracting),
        Reader("manifest, text", lambda folder: shutil.copy(line.manifest, folder), ("manifest.jsonl",),
               lambda folder: called(process_manifest, folder / "manifest.jsonl", folder / "out.jsonl", folder / "phones.json")),
        Reader("manifest, validate", lambda folder: shutil.copy(line.manifest, folder), ("manifest.jsonl",),
               lambda folder: tts("corpus", "validate", folder / "manifest.jsonl", "--audio-root", line.corpus, "--text-only")),
        Reader("prosody file", lambda folder: (folder / "p.json").write_text(json.dumps(PROSODY)), ("p.json",),
               lambda folder: tts("prosody", "show", folder / "p.json")),
        Reader("made voice", make_voice, ("ada.json",), showing_voice),
        Reader("listening test", make_results, ("test/test.json", "test/key.json", "test/results/s1.json"),
               lambda folder: tts("mushra", "analyse", folder / "test")),
    ]


WORD = {"duration_ms": 212.5, "f0_st": 2.1, "f0_range_st": 3.0, "f0_slope_st_s": -4.0, "energy_db": -1.2,
        "measured": [212.5, 2.1, 3.0, -4.0, -1.2], "acoustic": [0.5, 0.1], "timing": [0.2]}
PAUSE = {**WORD, "f0_st": None, "f0_range_st": None, "f0_slope_st_s": None, "measured": [150.0, None, None, None, -20.0]}
PROSODY = {"format": 1, "text": "Good evening.", "language": "en-us", "speaker": None, "source": "evening.wav", "space": "8f0c",
           "fingerprint": "1b2d", "reference": {"median_hz": 181.2, "level_db": -24.1},
           "words": [{"pause": "_", **PAUSE}, {"word": "Good", **WORD}, {"word": "evening", **WORD}, {"pause": ".", **PAUSE}]}


def copy_model(model: Path, folder: Path) -> None:
    for name in FILES:
        shutil.copy(model / name, folder)


def make_voice(folder: Path) -> None:
    vector = np.ones(16, np.float32) / 4
    MadeVoice("ada", "en-us", "statistics-1", vector, {"kind": "blended", "of": ["a", "b"], "share": 0.5},
              Passport(-1.0, -2.0, 0.3, (Neighbour("alma", 0.4, 0.3),))).save(folder)


def make_results(folder: Path) -> None:
    letters = dict(zip("ABCD", ("reference", "ours", "theirs", "anchor35")))
    test = write_test(folder / "test", "mushra", {f"item{n}": letters for n in range(4)})
    for listener in range(4):
        scores = [(f"item{n}", letter, float(score + listener + n)) for n in range(4) for letter, score in zip("ABCD", (90, 60, 50, 20))]
        write_session(test, f"s{listener}", scores)


def _documents(line: Line, tries: int, rng: random.Random, work: Path) -> Tally:
    """Every reader meets its documents as hostile bytes, and with one value exchanged for a hostile one."""
    tally, canary = Tally("hostile documents"), work / "canary"
    everybody = readers(line)
    for number, reader in enumerate(everybody):
        (work / f"good{number}").mkdir()
        reader.make(work / f"good{number}")
        prepare_for(reader.read(work / f"good{number}"), work)
    for number in range(tries * len(everybody)):
        reader = everybody[number % len(everybody)]
        folder = work / "spoilt"
        folder.mkdir()
        reader.make(folder)
        document = folder / rng.choice(reader.documents)
        what = f"{reader.name}: {document.relative_to(folder)}: {spoil(document, rng, canary)}"
        _judge(tally, what, reader.read(folder), folder, canary, may_pass=True)
        shutil.rmtree(folder)
    return tally.done()


def spoil(path: Path, rng: random.Random, canary: Path) -> str:
    """Make a document hostile; returns how."""
    if rng.random() < 0.3:
        kinds = {"empty": b"", "deep": b"[" * 100_000, "deeper": b'{"a":' * 100_000, "long number": b"9" * 10_000, "1e999": b"1e999",
                 "no text": b"\xff\xfe\0", "null": b"null", "list": b"[]", "word": b'"text"', "object": b"{}", "number": b"1",
                 "pickle": pickle.dumps(Payload(canary)), "yaml code": f"!!python/object/apply:os.system ['touch {canary}']".encode(),
                 "many laughs": b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(b"%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 9))
                                                                          for c in range(ord("b"), ord("l")))}
        kind = rng.choice(list(kinds))
        path.write_bytes(kinds[kind])
        return kind
    lines = path.read_text(encoding="utf-8").splitlines() if path.suffix == ".jsonl" else [path.read_text(encoding="utf-8")]
    chosen = rng.randrange(len(lines))
    yaml_file = path.suffix == ".yaml"
    content = yaml.safe_load(lines[chosen]) if yaml_file else json.loads(lines[chosen])
    spoilt, place, value = exchange(content, rng)
    lines[chosen] = yaml.safe_dump(spoilt) if yaml_file else json.dumps(spoilt)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"{'.'.join(map(str, place))} is {str(value)[:30]!r}"


def exchange(content, rng: random.Random):
    """A copy in which one value, at random depth, is another: (copy, place, value)."""
    content, place = copy.deepcopy(content), []
    node, value = content, rng.choice(VALUES)
    while isinstance(node, (dict, list)) and node:
        key = rng.choice(list(node) if isinstance(node, dict) else range(len(node)))
        place.append(key)
        if not isinstance(node[key], (dict, list)) or not node[key] or rng.random() < 0.3:
            node[key] = value
            break
        node = node[key]
    return content, place, value


# -- weights -----------------------------------------------------------------------------------------------------------


def _weights(line: Line, tries: int, rng: random.Random, work: Path) -> Tally:
    """Models, checkpoints, shards and voices whose tensors are none, or others."""
    tally, canary = Tally("hostile weights"), work / "canary"
    names = {reader.name: reader for reader in readers(line)}
    places = {"model": "model.safetensors", "checkpoint": "checkpoints/step-*/*.safetensors", "feature store": "shards/*.safetensors",
              "made voice": "ada.safetensors"}
    for number in range(tries):
        name = list(places)[number % len(places)]
        folder = work / "spoilt"
        folder.mkdir()
        names[name].make(folder)
        (folder / "model.safetensors").unlink() if name == "checkpoint" else None
        path = rng.choice(sorted(folder.glob(places[name])))
        how = spoil_tensors(path, rng, canary)
        _judge(tally, f"{name}: {path.name}: {how}", names[name].read(folder), folder, canary, may_pass=name == "checkpoint" and how == "dtype")
        shutil.rmtree(folder)
    return tally.done()


def spoil_tensors(path: Path, rng: random.Random, canary: Path) -> str:
    """Make a file of tensors hostile; returns how."""
    kind = rng.choice(("pickle", "giant header", "impossible header", "deep header", "shape", "dtype", "nan", "other names", "nothing"))
    tensors = load_file(path)
    floats = [name for name, tensor in tensors.items() if tensor.dtype.kind == "f" and tensor.size]
    if kind == "pickle":
        path.write_bytes(pickle.dumps(Payload(canary)))
    elif kind.endswith("header"):
        size, header = {"giant header": (2**62, b"{}"), "impossible header": (2**20, b"{"), "deep header": (10**6, b"[" * 10**6)}[kind]
        path.write_bytes(size.to_bytes(8, "little") + header)
    elif kind == "nothing":
        path.write_bytes(b"")
    else:
        for name in floats if kind in ("nan", "dtype") else [rng.choice(floats)]:
            if kind == "shape":
                tensors[name] = np.zeros((3, *tensors[name].shape), tensors[name].dtype)
            elif kind == "dtype":
                tensors[name] = np.zeros(tensors[name].shape, np.int8)
            elif kind == "nan":
                tensors[name] = np.full_like(tensors[name], np.nan)
            else:
                tensors["../" + name] = tensors.pop(name)
        from safetensors import safe_open

        with safe_open(path, "numpy") as file:
            about = file.metadata()
        path.write_bytes(save(tensors, metadata=about))
    return kind


# -- paths -------------------------------------------------------------------------------------------------------------


def _paths(line: Line, tries: int, rng: random.Random, work: Path) -> Tally:
    """Manifests that lead out of the corpus: what lies there is not read, and nothing is written there."""
    tally, outside, corpus = Tally("paths that lead out"), work / "outside", work / "corpus"
    shutil.copytree(line.corpus, corpus)
    outside.mkdir()
    some = sorted(corpus.rglob("*.flac"))[0]
    secret = outside / "secret.flac"
    shutil.copy(some, secret)
    (corpus / "linked.flac").symlink_to(secret)
    (corpus / "folder").symlink_to(outside)
    ways = ("../outside/secret.flac", str(secret), "linked.flac", "folder/secret.flac", "wav/../../outside/secret.flac", "/dev/zero", "/etc/passwd")
    rows = [json.loads(row) for row in line.manifest.read_text(encoding="utf-8").splitlines()]
    before = sorted(work.rglob("*"))
    for number in range(tries):
        spoilt, folder = copy.deepcopy(rows), work / "made"
        way = rng.choice(ways)
        row = rng.choice(spoilt)
        manifest = corpus / "hostile.jsonl"
        if number % 3 == 2:  # what is made is named by ids
            way = rng.choice(("../../outside/evil", "/" + str(outside / "evil"), "..", "a/b", ""))
            row["id"] = way
            row["speaker"] = TARGET
            read = tts("f0", "predict", "--model", line.voice, "--manifest", manifest, "--output", folder, "--speakers", TARGET)
        elif number % 3 == 1:
            row["audio"] = way
            read = tts("corpus", "validate", manifest, "--jobs", 1)
        else:
            row["audio"] = way
            read = called(extract.extract, manifest, corpus, line.recipe.features, folder, per_shard=SHARD)
        manifest.write_text("".join(json.dumps(one) + "\n" for one in spoilt), encoding="utf-8")
        _judge(tally, f"{way!r}", read, folder, outside / "evil", may_pass=False)
        manifest.unlink()
        shutil.rmtree(folder, ignore_errors=True)
        if strange := set(work.rglob("*")) - set(before):
            tally.losses.append(f"{way!r}: wrote {sorted(strange)[0]}")
    return tally.done()


# -- texts -------------------------------------------------------------------------------------------------------------


def _texts(line: Line, tries: int, rng: random.Random, work: Path) -> Tally:
    """Texts of up to a million characters, spoken and prepared."""
    tally, canary = Tally("giant texts"), work / "canary"
    row = json.loads((line.corpus / "manifest.jsonl").read_text(encoding="utf-8").splitlines()[0])
    for number in range(min(tries, 2 * len(SENTENCES))):
        text = SENTENCES[number // 2]
        if number % 2:
            (work / "manifest.jsonl").write_text(json.dumps({**row, "text": text}) + "\n", encoding="utf-8")
            read = called(process_manifest, work / "manifest.jsonl", work / "out.jsonl", work / "phones.json")
        else:
            read = called(say, line.voice, work / "said.wav", text)
        _judge(tally, f"{text[:8]!r} x {len(text)}, {'prepared' if number % 2 else 'spoken'}", read, work, canary, may_pass=True)
    return tally.done()


# -- answers to a listening test -----------------------------------------------------------------------------------------


def _answers(line: Line, tries: int, rng: random.Random, work: Path) -> Tally:
    """What a listener's page may never send: every one is refused, and the server goes on."""
    prepare_for(called(quick_test, work), work)
    test, tally = Test.open(work / "test"), Tally("hostile ratings")
    item, letters = next(iter(test.rated_letters().items()))
    with serving(test, work) as (port, _):
        session = Client(port).post("/session", {})[1]["session"]
        good = {"session": session, "ratings": [{"item": item, "letter": letters[0], "score": 50, "seconds": 1.5, "comment": "", "plays": 1}]}
        for _ in range(tries):
            spoilt, place, value = exchange(good, rng)
            bodies = [json.dumps(spoilt).encode(), b"[" * 60_000, b'{"a":' * 10_000, b"9" * 10_000, b"\xff" * 100, pickle.dumps(good), b"x" * 10**6]
            body = rng.choice(bodies[:1] * 6 + bodies[1:])
            client = Client(port)
            tally.tries += 1
            try:
                status, said = client.post(rng.choice(("/ratings", "/session", "/finish")), body)
            except OSError as error:
                status, said = 413, str(error)  # cut off in the middle of a body without end
            tally.hits += status != 200
            if status not in (200, 400, 404, 413):
                tally.crashes.append(f"{'.'.join(map(str, place))} is {str(value)[:30]!r}: {status} {said}")
        if Client(port).post("/ratings", good)[0] != 200:
            tally.losses.append("after all of them a good rating is not kept")
    return tally.done()
