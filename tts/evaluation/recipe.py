"""The table of a recipe: how well does the trained model speak its test sentences, beside copy-synthesis and recordings?

    recording        the corpus's own sound: how well does the recogniser understand it at best
    copy-synthesis   recording → mel → vocoder: what the mel and the vocoder alone cost; compared frame by frame
    synthesis        text → model → vocoder: the whole line; compared along a path found on mel-cepstra

Writes results.json, utterances.csv and copy/ID.wav into the evaluation folder.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import torch

from tts.alignment.config import RecogniserConfig
from tts.config.recipe import load_trained
from tts.corpus.manifest import read_manifest, resolve_audio
from tts.corpus.parallel import ordered_map
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.evaluation.intelligibility import PhoneJudge, WordJudge
from tts.evaluation.durations import compare_durations
from tts.evaluation.measure import analyse, compare, mel_of
from tts.evaluation.metrics import METRICS, WEIGHTED
from tts.evaluation.results import Results, Row
from tts.evaluation.statistics import paired_difference
from tts.features.audio import load_audio, save_audio
from tts.features.config import FeatureConfig
from tts.features.fingerprint import Fingerprint, fingerprint, require_same
from tts.paths import file_in
from tts.recipe.history import provenance
from tts.threads import at_most_threads
from tts.vocoder.load import default_vocoder, load_vocoder
from tts.vocoder.vocoder import Vocoder

RECORDING, COPY, SYNTHESIS = "recording", "copy-synthesis", "synthesis"
RECOGNISER_SPLIT = "recogniser"
RECORDINGS_TRIED, MOST_WORD_ERRORS = 8, 0.6  # a recogniser that fails on recordings says nothing of synthesis, and is slow


@dataclass(frozen=True)
class Places:
    """Where a recipe keeps what is judged."""

    model: Path
    manifest: Path  # aligned
    audio_root: Path
    spoken: Path  # ID.wav and manifest.jsonl of the synthesis stage
    output: Path
    recogniser: Path = Path("exp/recogniser")
    phones: Path = Path("data/text/phones.json")
    vocoder: str | Path | None = None  # that makes the copies; None: the one with which the model speaks

    @property
    def recipe(self) -> str:
        """CORPUS/SYSTEM, by the folder that holds the model's exp/, or where there is none, as for a released model, by the folder we are in."""
        home = next((parent.parent for parent in self.model.resolve().parents if parent.name == "exp"), Path.cwd())
        return f"{home.parent.name}/{home.name}"


@dataclass(frozen=True)
class Job:
    """One test utterance, with all that a process needs to judge it."""

    utterance: Utterance
    recording: Path
    copy: Path
    spoken: Path
    spoken_utterance: Utterance | None
    config: FeatureConfig
    f0_range_hz: tuple[float | None, float | None]
    recogniser: Path | None
    vocoder: str | Path
    words: bool = False


@dataclass
class Judged:
    """The rows of one utterance, and reasons for the systems without one."""

    rows: list[Row] = field(default_factory=list)
    not_scored: dict[str, str] = field(default_factory=dict)


def evaluate_recipe(places: Places, split: str = "test", jobs: int = 1) -> Results:
    """Judge every utterance of `split`; returns what was written."""
    recipe = load_trained(places.model)
    config = recipe.features
    card, speakers = (json.loads((places.model / name).read_text(encoding="utf-8")) for name in ("card.json", "speakers.json"))
    _check_same_features(places)
    results = Results([RECORDING, COPY, SYNTHESIS])
    recogniser = _find_recogniser(places, recipe.recogniser, results)
    vocoder = places.vocoder or default_vocoder(fingerprint(config), places.model)
    results.notes.append(f"Copy-synthesis by the vocoder {Path(vocoder).name}.")
    spoken = {u.id: u for u in read_manifest(places.spoken / "manifest.jsonl")}
    todo = []
    for utterance in read_manifest(places.manifest):
        if utterance.split == split:
            f0_range = tuple(speakers.get(utterance.speaker, {}).get("f0_range_hz") or (None, None))
            todo.append(
                Job(
                    utterance,
                    resolve_audio(places.audio_root / "manifest.jsonl", utterance),
                    file_in(places.output / "copy", utterance.id, ".wav"),
                    file_in(places.spoken, utterance.id, ".wav"),
                    spoken.get(utterance.id),
                    config,
                    f0_range,
                    recogniser,
                    vocoder,
                )
            )
    if not todo:
        raise UserError(
            f"{places.manifest}: no utterance has split {split!r}; split the corpus (tts corpus split), or name another --split"
        )
    if words_can_be_judged(todo, results):
        todo = [replace(job, words=WordJudge.knows(job.utterance)) for job in todo]
    for judged in ordered_map(judge_on_one_thread, todo, jobs, "evaluating", len(todo)):
        results.rows += judged.rows
        results.not_scored |= judged.not_scored
    _explain(results, config)
    results.facts |= {
        "recipe": places.recipe,
        "name": places.model.name,
        "split": split,
        "utterances": len(todo),
        "model": card,
        **provenance(),
    }
    results.save(places.output / "results.json")
    results.save(places.output / "utterances.csv")
    return results


def judge_on_one_thread(job: Job) -> Judged:
    """Sums in one order, whatever the number of processes."""
    with at_most_threads(1):
        return judge(job)


def judge(job: Job) -> Judged:
    """All scores of one utterance."""
    config, done = job.config, Judged()
    recording = load_audio(job.recording, config.sample_rate)
    reference = analyse(recording, config, *job.f0_range_hz)
    _add(done, job, RECORDING, lambda: (recording, {}))

    def copy():
        with torch.inference_mode():
            sound = _vocoder(job.vocoder, config)(mel_of(recording, config)[None])[0].numpy()
        save_audio(job.copy, sound, config.sample_rate)
        return sound, compare(reference, analyse(sound, config, *job.f0_range_hz), warp=False)

    def synthesis():
        if job.spoken_utterance is None:
            raise UserError("was not spoken")
        sound = load_audio(job.spoken, config.sample_rate)
        scores = compare(reference, analyse(sound, config, *job.f0_range_hz), warp=True)
        return sound, scores | compare_durations(job.utterance, job.spoken_utterance, config.frame_seconds)

    _add(done, job, COPY, copy)
    _add(done, job, SYNTHESIS, synthesis)
    return done


def _add(done: Judged, job: Job, system: str, make) -> None:
    """Judge one system's sound of the utterance, made by `make() -> (samples, scores)`."""
    utterance = job.utterance
    try:
        sound, scores = make()
    except UserError as error:
        done.not_scored[f"{system}: {utterance.id}"] = str(error)
        return
    row = Row(utterance.id, system, utterance.speaker, utterance.language, scores)
    judges = {"per": _phone_judge(job.recogniser) if job.recogniser else None, "wer": _word_judge() if job.words else None}
    for metric, who in judges.items():
        if who is not None:
            found = who.judge(utterance, sound, job.config.sample_rate)
            row.scores[metric], row.weights["phones" if metric == "per" else "words"] = found.rate, found.total
    done.rows.append(row)


@cache
def _vocoder(name: str | Path, config: FeatureConfig) -> Vocoder:
    return load_vocoder(name, fingerprint(config))


@cache
def _phone_judge(folder: Path) -> PhoneJudge:
    return PhoneJudge(folder)


@cache
def _word_judge() -> WordJudge:
    return WordJudge()


def _check_same_features(places: Places) -> None:
    sidecar = places.spoken / "synthesis.json"
    if not sidecar.is_file():
        raise UserError(
            f"{places.spoken}: no synthesis.json; speak the test sentences first (tts say --manifest … --output {places.spoken})"
        )
    made = Fingerprint.from_dict(json.loads(sidecar.read_text(encoding="utf-8"))["fingerprint"], sidecar)
    require_same(
        made, Fingerprint.load(places.model / "fingerprint.json"), f"the speech in {places.spoken}", f"the model {places.model}"
    )


def _find_recogniser(places: Places, config: RecogniserConfig, results: Results) -> Path | None:
    """The phone recogniser, trained now if the corpus has a part for it; None, with a note, if it has not."""
    from tts.alignment.recogniser import train_recogniser

    has_part = any(u.split == RECOGNISER_SPLIT for u in read_manifest(places.manifest))
    if not has_part and not (places.recogniser / "model.safetensors").is_file():
        results.notes.append(
            f"Phone error rate: not measured; the corpus has no part {RECOGNISER_SPLIT!r}, which voices do not see, to train a "
            "recogniser on."
        )
        return None
    facts = train_recogniser(places.manifest, places.audio_root, places.phones, places.recogniser, config)
    results.notes.append(f"Phone error rate: a CTC recogniser trained on {facts.hours * 60:.0f} min that the voices never saw.")
    return places.recogniser


def words_can_be_judged(jobs: list[Job], results: Results) -> bool:
    """Whether pocketsphinx is there and understands some of these very recordings; a note says so if not."""
    english = [job for job in jobs if WordJudge.knows(job.utterance)]
    if not english:
        return False
    if not WordJudge.available():
        results.notes.append("Word error rate: not measured; pocketsphinx is not installed (pip install 'expressive-tts[asr]').")
        return False
    errors = words = 0
    for job in english[:: -(-len(english) // RECORDINGS_TRIED)]:
        heard = _word_judge().judge(job.utterance, load_audio(job.recording, job.config.sample_rate), job.config.sample_rate)
        errors, words = errors + heard.errors, words + heard.total
    if errors > MOST_WORD_ERRORS * words:
        results.notes.append(
            f"Word error rate: not measured; pocketsphinx misses {100 * errors / words:.0f} % of the recordings' own words."
        )
        return False
    return True


def _explain(results: Results, config: FeatureConfig) -> None:
    results.notes += [
        "Copy-synthesis is compared with the recording frame by frame; synthesis along the path that exact dynamic time warping "
        "finds on mel-cepstra without c0.",
        f"F0 by {config.f0_method}, the speaker's own range, every {1000 * config.frame_seconds:g} ms, the same for both sides.",
    ]
    for metric in WEIGHTED:
        rates = {
            system: {row.id: row.scores[metric] for row in results.of(system) if metric in row.scores}
            for system in (RECORDING, SYNTHESIS)
        }
        if rates[RECORDING] and rates[SYNTHESIS]:
            weights = {row.id: row.weights[WEIGHTED[metric]] for row in results.of(RECORDING) if metric in row.scores}
            difference = paired_difference(rates[RECORDING], rates[SYNTHESIS], weights)
            low, high = 100 * difference.low, 100 * difference.high
            results.notes.append(
                f"{METRICS[metric].name} of synthesis minus that of recordings: {100 * difference.mean:+.1f} points "
                f"[{low:+.1f}, {high:+.1f}]."
            )
