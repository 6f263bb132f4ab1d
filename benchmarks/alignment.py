"""Figures about alignment.

    python -m benchmarks.alignment search                              path search: ours, phone-major, plain numpy
    python -m benchmarks.alignment swapped MANIFEST --audio-root DIR --phones phones.json [--share 0.05]
                                                                       texts exchanged between utterances: how many are found?
    python -m benchmarks.alignment pocketsphinx ALIGNED --audio-root DIR [--truth truth.jsonl]
                                                                       English word starts beside pocketsphinx 5 (pip install
                                                                       pocketsphinx)
    python -m benchmarks.alignment emodb                               word starts of German actors against hand-made marks, by an
                                                                       aligner trained on their twelve minutes alone
"""

from __future__ import annotations

import argparse
import dataclasses
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numba
import numpy as np

from tts.alignment.align import align_manifest
from tts.alignment.config import AlignerConfig
from tts.alignment.evaluation import BoundaryErrors, read_truth, starts_of
from tts.alignment.search import Topology, all_paths, best_path, chain
from tts.corpus.manifest import read_manifest, resolve_audio, write_manifest
from tts.features.audio import load_audio
from tts.features.config import FeatureConfig
from tts.paths import real_speech


@numba.njit
def phone_major(scores):
    """The usual form: the whole phones × frames matrix, one phone after the other, then the way back."""
    phones, frames = scores.shape
    value = np.full((phones, frames), np.float32(-1e30))
    value[0, 0] = scores[0, 0]
    for t in range(1, frames):
        value[0, t] = value[0, t - 1] + scores[0, t]
    for p in range(1, phones):
        for t in range(p, frames):
            value[p, t] = max(value[p, t - 1], value[p - 1, t - 1]) + scores[p, t]
    path = np.empty(frames, np.int64)
    phone = phones - 1
    for t in range(frames - 1, -1, -1):
        path[t] = phone
        if phone and t and (phone == t or value[phone - 1, t - 1] > value[phone, t - 1]):
            phone -= 1
    return path


def plain_numpy(scores):
    """Frame by frame with numpy's vectors."""
    frames, phones = scores.shape
    row = np.full(phones, np.float32(-1e30))
    row[0] = scores[0, 0]
    stepped = np.zeros((frames, phones), bool)
    for t in range(1, frames):
        stepped[t, 1:] = row[:-1] > row[1:]
        row[1:] = np.maximum(row[1:], row[:-1])
        row += scores[t]
    path = np.empty(frames, np.int64)
    phone = phones - 1
    for t in range(frames - 1, -1, -1):
        path[t] = phone
        phone -= int(stepped[t, phone])
    return path


def search(args: argparse.Namespace) -> None:
    scores = np.random.default_rng(0).normal(size=(32, 860, 241)).astype(np.float32)
    turned = np.ascontiguousarray(scores.transpose(0, 2, 1))
    topology = Topology.plain(241)
    entry, optional = chain([place % 5 == 0 for place in range(241)])
    wide = np.ascontiguousarray(np.take(scores[:1], entry, axis=2)).repeat(32, 0)
    ours = [best_path(one, topology)[0] for one in scores]
    assert all(np.array_equal(a, phone_major(b)) and np.array_equal(a, plain_numpy(c)) for a, b, c in zip(ours, turned, scores))
    print("32 utterances of 241 phones × 860 frames, ms of processor time, best of 9 (all give the same paths):")
    for name, function, batch in [
        ("ours", lambda s: best_path(s, topology), scores),
        ("phone-major, numba", phone_major, turned),
        ("plain numpy", plain_numpy, scores),
        ("ours, optional pauses, least lengths (531 states)", lambda s: best_path(s, optional), wide),
        ("ours, sum over all paths (531 states)", lambda s: all_paths(s, optional), wide),
    ]:
        times = []
        for _ in range(9):
            began = time.process_time()
            for one in batch:
                function(one)
            times.append(time.process_time() - began)
        print(f"  {name:52} {1000 * min(times):8.2f}")


def swapped(args: argparse.Namespace) -> None:
    """Exchange texts within each speaker, train, align, and see which utterances are called doubtful."""
    utterances = list(read_manifest(args.manifest))
    by_speaker: dict[str, list[int]] = {}
    for place, utterance in enumerate(utterances):
        by_speaker.setdefault(utterance.speaker, []).append(place)
    chance, chosen = random.Random(0), []
    for places in by_speaker.values():
        chosen += chance.sample(places, round(args.share * len(places)) // 2 * 2)
    bad = set()
    for a, b in zip(chosen[::2], chosen[1::2]):
        if utterances[a].text != utterances[b].text:
            units = utterances[a].units
            utterances[a] = dataclasses.replace(utterances[a], units=utterances[b].units)
            utterances[b] = dataclasses.replace(utterances[b], units=units)
            bad |= {utterances[a].id, utterances[b].id}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_manifest(folder / "swapped.jsonl", utterances)
        facts = align_manifest(folder / "swapped.jsonl", folder / "out" / "manifest.jsonl", args.audio_root, args.phones,
                               folder / "aligner", FeatureConfig(), AlignerConfig())
        scores = {u.id: u.score for u in read_manifest(folder / "out" / "manifest.jsonl")}
    dropped, named = set(facts.dropped) & bad, set(facts.outliers) & bad
    wrong = (set(facts.outliers) | set(facts.dropped)) - bad
    lowest = sorted(scores, key=scores.get)[:len(bad) - len(dropped)]
    print(facts)
    print(f"{len(bad)} wrong texts: {len(named)} doubted, {len(dropped)} dropped, {len(bad) - len(named) - len(dropped)} missed; "
          f"{len(wrong)} of {len(utterances) - len(bad)} right ones doubted; "
        f"{len(set(lowest) & bad)} of the {len(lowest)} lowest scores are wrong texts")


def pocketsphinx(args: argparse.Namespace) -> None:
    from pocketsphinx import Decoder

    decoder = Decoder(samprate=16000, bestpath=False, dither=True, beam=1e-64, wbeam=1e-64, pbeam=1e-64, loglevel="FATAL")
    truth = read_truth(args.truth) if args.truth else {}
    differences, theirs_off, ours_off, unknown, failed, done = [], [], [], 0, 0, 0
    for utterance in read_manifest(args.manifest):
        if not utterance.language.startswith("en"):
            continue
        words = [re.sub(r"[^a-z']", "", unit.text.lower().replace("’", "'")) for unit in utterance.words]
        if not all(word and decoder.lookup_word(word) for word in words):
            unknown += 1
            continue
        samples = load_audio(resolve_audio(args.audio_root / "manifest", utterance), 16000)
        decoder.set_align_text(" ".join(words))
        decoder.start_utt()
        decoder.process_raw((np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes(), full_utt=True)
        decoder.end_utt()
        segments = [s for s in decoder.seg() or [] if not s.word.startswith(("<", "[", "++"))]
        if len(segments) != len(words):
            failed += 1
            continue
        theirs = np.array([segment.start_frame / 100 for segment in segments])
        ours = starts_of(utterance, FeatureConfig()).words
        differences.extend(ours - theirs)
        if utterance.id in truth:
            theirs_off.extend(theirs - truth[utterance.id].words)
            ours_off.extend(ours - truth[utterance.id].words)
        done += 1
        if done == args.limit:
            break
    print(f"{done} English utterances; left out: {unknown} with words unknown to pocketsphinx, {failed} that it could not align")
    print(BoundaryErrors.of("ours - pocketsphinx", differences))
    if theirs_off:
        print(BoundaryErrors.of("pocketsphinx - truth", theirs_off))
        print(BoundaryErrors.of("ours - truth", ours_off))


def emodb(args: argparse.Namespace) -> None:
    """The whole way of a user's own corpus: import, text, align; then the comparison with the marks."""
    source = real_speech() and real_speech() / "real-speech/emodb-de"
    if source is None or not source.is_dir():
        sys.exit("the German emotional corpus is not there: real-speech/emodb-de below the folder that TTS_REAL_SPEECH names")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus, text, aligned = folder / "corpus", folder / "text", folder / "aligned"
        for words in (["corpus", "import", "tsv", source, "--output", corpus],
                      ["text", "--manifest", corpus / "manifest.jsonl", "--output", text / "manifest.jsonl", "--inventory", text / "phones.json"],
                      ["align", text / "manifest.jsonl", aligned / "manifest.jsonl", "--audio-root", corpus, "--phones", text / "phones.json",
                       "--folder", folder / "aligner"],
                      ["align", "evaluate", aligned / "manifest.jsonl", "--emodb", source]):
            done = subprocess.run([sys.executable, "-m", "tts.cli", *map(str, words)], stdout=subprocess.PIPE, text=True, check=True)
            print(done.stdout.strip().replace(name, "TEMPORARY"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True)
    verbs.add_parser("search").set_defaults(run=search)
    verbs.add_parser("emodb").set_defaults(run=emodb)
    for name, function in (("swapped", swapped), ("pocketsphinx", pocketsphinx)):
        verb = verbs.add_parser(name)
        verb.set_defaults(run=function)
        verb.add_argument("manifest", type=Path)
        verb.add_argument("--audio-root", type=Path, required=True)
        if function is swapped:
            verb.add_argument("--phones", type=Path, required=True)
            verb.add_argument("--share", type=float, default=0.05)
        else:
            verb.add_argument("--truth", type=Path)
            verb.add_argument("--limit", type=int, default=200)
    arguments = parser.parse_args()
    arguments.run(arguments)
