"""The page to listen to: one HTML file that holds everything, sound and pictures included, and asks the network for nothing.

On top what the numbers say, with intervals, and which claims hold where they were checked; below, utterance by utterance,
recording, copy-synthesis and synthesis on one time axis (card.py), with a transfer and an edited word where the model has them
(spoken_prosody.py). The look is in tts/data/page.html.
"""

from __future__ import annotations

import base64
import json
import math
from importlib.resources import files
from pathlib import Path

from tts.corpus.manifest import atomic_writer, read_manifest, resolve_audio
from tts.corpus.spread import spread
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.evaluation.metrics import METRICS
from tts.evaluation.recipe import COPY, RECORDING, SYNTHESIS, Places
from tts.evaluation.results import Results, Row, shown
from tts.evaluation.statistics import Estimate
from tts.features.audio import load_audio
from tts.features.config import FeatureConfig
from tts.paths import file_in
from tts.report.card import Card, Overlay, Take, make_card
from tts.report.claim_table import claim_table
from tts.report.gather import Gathered
from tts.report.melody import F0_HEIGHT, F0_WIDTH
from tts.report.model_card import VOICE_COLUMNS
from tts.report.results_file import by_voice
from tts.report.spoken_prosody import SpokenProsody
from tts.report.spoken_styles import SpokenStyles


def write_page(gathered: Gathered, places: Places, path: Path, count: int = 12) -> tuple[int, int]:
    """Write the page of an evaluated recipe, with at most `count` utterances; returns cards and bytes."""
    results, config = gathered.results, gathered.features
    scored = {(row.system, row.id): row for row in results.rows}
    spoken = {u.id: u for u in read_manifest(places.spoken / "manifest.jsonl")}
    test = [
        u for u in read_manifest(places.manifest) if u.id in spoken and (SYNTHESIS, u.id) in scored and (COPY, u.id) in scored
    ]
    if not test:
        raise UserError(
            f"{places.output}/results.json: no utterance of it lies in {places.spoken}; evaluate again (tts evaluate recipe)"
        )
    speakers = json.loads((places.model / "speakers.json").read_text(encoding="utf-8"))
    ranges_hz = {name: tuple(known["f0_range_hz"]) for name, known in speakers.items() if known.get("f0_range_hz")}
    more, styles = SpokenProsody.find(places.model / "wav", ranges_hz), SpokenStyles.find(places.model / "wav" / "styles", ranges_hz)
    cards = []
    for utterance in spread(sorted(test, key=lambda u: u.id not in styles.spoken), count):
        rows = {system: scored.get((system, utterance.id)) for system in (RECORDING, COPY, SYNTHESIS)}
        takes, overlays = basic_takes(utterance, spoken[utterance.id], places, rows, config, ranges_hz.get(utterance.speaker))
        more_takes, more_overlays = more.of(utterance, config)
        cards.append(make_card(utterance, takes + more_takes + styles.of(utterance, config), overlays + more_overlays, config))
    text = render(gathered, cards, len(test))
    with atomic_writer(path) as file:
        file.write(text)
    return len(cards), len(text.encode())


def basic_takes(utterance: Utterance, spoken: Utterance, places: Places, rows: dict[str, Row | None], config: FeatureConfig,
                f0_range_hz: tuple[float, float] | None) -> tuple[list[Take], list[Overlay]]:
    """What every system has: recording, copy-synthesis, synthesis, and the synthesis's melody over the recording's."""
    paths = {
        RECORDING: resolve_audio(places.audio_root / "manifest.jsonl", utterance),
        COPY: file_in(places.output / "copy", utterance.id, ".wav"),
        SYNTHESIS: file_in(places.spoken, utterance.id, ".wav"),
    }
    units = {RECORDING: utterance.units, COPY: utterance.units, SYNTHESIS: spoken.units}
    takes = [
        Take(system, load_audio(path, config.sample_rate), units[system], system, row=rows[system], f0_range_hz=f0_range_hz)
        for system, path in paths.items()
    ]
    notes = ["phone by phone in the recording's time"]
    return takes, [Overlay(RECORDING, SYNTHESIS, ("F0, recording", "F0, synthesis,"), notes)]


def picture(path: Path | None) -> str:
    """An SVG file as a data address, so that the page stays one file; "" without one."""
    return "" if path is None else "data:image/svg+xml;base64," + base64.b64encode(path.read_bytes()).decode("ascii")


def table_rows(results: Results) -> list[dict]:
    """A row per metric: what it is, a cell per system, and the places of mean and interval in percent of a common scale."""
    rows = []
    for metric in results.metrics():
        estimates = {system: results.estimate(system, metric) for system in results.systems}
        numbers = [n for e in estimates.values() if e and e.count for n in (e.mean, e.low, e.high) if math.isfinite(n)]
        low, high = (min(0.0, *numbers), max(numbers)) if numbers else (0.0, 1.0)
        if METRICS[metric].better == "higher":
            high = max(high, 1.0)
        rows.append(
            {
                "metric": METRICS[metric],
                "cells": [shown(metric, estimates[s]) for s in results.systems],
                "marks": [mark(s, e, low, high) for s, e in estimates.items() if e and e.count],
            }
        )
    return rows


def mark(system: str, estimate: Estimate, low: float, high: float) -> dict:
    """Where mean and interval stand on a scale from `low` to `high`, in percent."""
    ends = [value if math.isfinite(value) else estimate.mean for value in (estimate.low, estimate.high)]
    mean, left, right = (4 + 92 * (value - low) / max(high - low, 1e-9) for value in (estimate.mean, *ends))
    return {"system": system, "mean": mean, "low": left, "width": right - left}


def render(gathered: Gathered, cards: list[Card], available: int) -> str:
    """The HTML of a page."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files("tts").joinpath("data", "page.html").read_text(encoding="utf-8"))
    results = gathered.results
    voice_metrics, voices = by_voice(results, SYNTHESIS)
    facts, model = results.facts, results.facts["model"]
    claims = [(of, claim_table(path), [(file.stem, picture(file)) for file in sorted(path.parent.glob("*.svg"))]) for of, path in gathered.claims]
    shown_facts = [
        ("System", model.get("system", "–")),
        ("Parameters", f"{model.get('parameters', 0) / 1e6:.2f} M"),
        ("Steps", f"{model.get('steps', 0):,}".replace(",", " ")),
        ("Training speech", f"{model.get('hours', 0):.2f} h"),
        ("Voices", str(len(model.get("speakers", [])))),
        ("Languages", ", ".join(model.get("languages", []))),
        ("Features", model.get("fingerprint", "–")),
        ("Seed", str(model.get("seed", "–"))),
        ("Commit", facts["commit"] + (" + local changes" if facts["modified"] else "")),
        ("Date", facts["date"]),
    ]
    return template.render(
        title=facts["recipe"],
        name=facts["name"],
        facts=shown_facts,
        command=facts["command"],
        systems=results.systems,
        rows=table_rows(results),
        notes=results.notes,
        not_scored=results.not_scored,
        cards=cards,
        claims=claims,
        listening=[(test, picture(test.picture)) for test in gathered.listening],
        card=gathered.card,
        voice_columns=VOICE_COLUMNS,
        stages=gathered.stages,
        alignment=gathered.alignment,
        alignment_command=gathered.alignment_command,
        report_command=gathered.command,
        most_sounds=max(len(card.sounds) for card in cards),
        styled=any(sound.system.startswith("style-") for card in cards for sound in card.sounds),
        available=available,
        tested=facts["utterances"],
        voice_metrics=voice_metrics,
        voices=voices,
        speakers=sorted({card.speaker for card in cards}),
        f0_width=F0_WIDTH,
        f0_height=F0_HEIGHT,
    )
