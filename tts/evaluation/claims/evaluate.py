"""All claims of a system, over one or several models of it: measured, judged, written."""

from __future__ import annotations

from pathlib import Path

from tts.evaluation.claims.claims import Claim, Places, claims_of, judge_models
from tts.evaluation.claims.report import write_claims
from tts.recipe.history import provenance


def evaluate_claims(system: str, places: Places, output: Path) -> list[Claim]:
    """Check the claims and write claims.json, claims.csv and claims.md into `output`."""
    judged = judge_models(system, places)
    claims = claims_of([one.checks for one in judged])
    facts = {
        "system": system,
        "models": [model.name for model in places.models],
        "split": places.split,
        "utterances": judged[0].facts["utterances"],
        "notes": judged[0].facts["notes"],
        **provenance(),
    }
    write_claims(output, claims, judged, facts)
    return claims
