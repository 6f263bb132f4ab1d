"""What it costs the studio to share: the claims of each system that it is made of, checked on the studio and on that system trained alone on the same
recordings. Both say the same texts to the same judges, so a claim's difference is paired, utterance by utterance.

What the system alone reaches, the studio must reach too; of what it misses itself, the difference is only stated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tts.errors import UserError
from tts.evaluation.claims.claims import MISSED, REACHED, STATED, Check, Judged, Places, Rule, claim_of, find_system, stated
from tts.evaluation.claims.lcpvae.material import constant
from tts.models.load import read_card

PARTS = ("copycat2", "copycat", "lcpvae", "flowtts")  # the systems whose claims can be asked of a studio


def judge_model(places: Places, model: Path) -> Judged:
    """All checks of the studio in `model` beside those of `places.baselines`, a folder for each system that is to be compared."""
    if len(places.models) > 1:
        raise UserError(f"--model was given {len(places.models)} times; what sharing costs is asked of one studio at a time")
    if system_of(model) != "studio":
        raise UserError(f"{model}: a model of system {system_of(model)!r}; expected a studio")
    alone = {system_of(folder): folder for folder in places.baselines}
    if not alone or not set(alone) <= set(PARTS):
        raise UserError(f"--baseline: models of {', '.join(alone) or 'nothing'}; expected, trained alone on the same corpus, one of "
                        f"each: {', '.join(PARTS)}")
    bare = replace(places, baselines=(), base=None)  # of the same models, so that recordings are listened to once for both
    checks, rows, failures, notes = [], [], {}, []
    for system, folder in alone.items():
        module = find_system(system)
        single, shared = (module.judge_model(bare, one) for one in (folder, model))
        found = list(differences(system, single.checks, shared.checks))
        checks += [kept(system, found), *(check for check, _ in found)]
        for name, judged in ((f"{system} alone", single), ("studio", shared)):
            rows += [{"claims of": system, "by": name, **row} for row in judged.rows]
            failures |= {f"claims of {system}, {name}: {what}": why for what, why in judged.failures.items()}
        asked, of_both = ({(check.group, check.name) for check in judged.checks} for judged in (single, shared))
        foreign, unmeasured = len(asked - of_both), len(asked & of_both) - len(found)
        left_out = [f"{unmeasured} that could be measured on neither, most for want of further models to compare with"] if unmeasured else []
        left_out += [f"{foreign} of what a studio has not, as an inverse of a flow"] if foreign else []
        notes.append(f"Claims of {system}: {folder.name} alone, trained on the same recordings" + ("; left out are " if left_out else "") + " and ".join(left_out) + ".")
    notes.append("Difference: the studio's value minus that of the system alone, on the same utterances.")
    return Judged(checks, rows, {"utterances": shared.facts["utterances"], "notes": notes}, failures)


def system_of(folder: Path) -> str:
    if not (folder / "card.json").is_file():
        raise UserError(f"{folder}: not a trained model (no card.json); train it first, or leave it out")
    return read_card(folder).get("system", "unknown")


def differences(system: str, single: list[Check], shared: list[Check]) -> Iterator[tuple[Check, bool | None]]:
    """(what a claim loses or gains, whether the studio reaches it, None where the system alone does not), of every claim that is asked of both and that
    either could measure."""
    there = {(check.group, check.name): check for check in shared}
    for alone in single:
        ours = there.get((alone.group, alone.name))
        if ours is None:
            continue
        verdicts = [claim_of([check]).verdict for check in (alone, ours)]
        if not set(verdicts) & {REACHED, MISSED, STATED}:
            continue
        common = (f"{system}: {alone.group}", alone.name, f"{alone.compared}: studio minus {system} alone", alone.unit)
        if ours.figure is None or alone.figure is None:
            who, missing = ("the studio", ours) if ours.figure is None else (f"{system} alone", alone)
            yield Check(*common, stated(), None, f"{who} could not be measured: {missing.why}"), None
            continue
        reached = verdicts[1] == REACHED if verdicts[0] == REACHED else None
        yield Check(*common, rule_of(alone.rule.text, *verdicts), ours.figure - alone.figure, "", {"studio": ours.figure, "alone": alone.figure},
                    note=ours.note), reached


def rule_of(threshold: str, alone: str, shared: str) -> Rule:
    """What the system alone reaches must be reached; the verdict is the studio's own, whatever the difference."""
    if alone == REACHED:
        return Rule(f"reached alone ({threshold}), and by the studio", lambda _: shared == REACHED)
    return stated(f"alone {alone}, by the studio {shared} ({threshold})" if alone == MISSED else "")


def kept(system: str, found: list[tuple[Check, bool | None]]) -> Check:
    """The share of the claims reached alone that the studio reaches too."""
    reached = [one for _, one in found if one is not None]
    figure = constant(("all",), sum(reached) / len(reached)) if reached else None
    return Check("kept", f"claims of {system}", f"{sum(reached)} of {len(reached)} claims that {system} reaches alone, the studio reaches too", "%", stated(), figure,
                 "" if reached else f"{system} alone reaches none")
