"""A prepared test in words and numbers: test.json for the page, key.json and README.md for whoever runs it (folder.py has the
forms)."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from tts.mushra.attention import TOLERANCE
from tts.mushra.design import RULE, orders
from tts.mushra.folder import REFERENCE
from tts.mushra.plan import Page, Plan
from tts.mushra.selection import RULE as SELECTION_RULE
from tts.mushra.sound import RATE
from tts.mushra.stimuli import Level
from tts.mushra.systems import Condition

SCALES = {"mushra": (0, 100), "mos": (1, 5), "preference": (0, 1), "abx": (0, 1)}
MUST_HEAR = 0.5  # of every sound, before a page can be left


@dataclass(frozen=True)
class Made:
    """What there is to say about a test besides its pages."""

    conditions: dict[str, dict]  # name: {source, licence}
    level: Level
    left_out: dict[str, str]
    power: str


def about_conditions(conditions: list[Condition], anchors: tuple[str, ...]) -> dict[str, dict]:
    """Where each condition comes from, and its licence; an anchor's are the recording's."""
    known = {condition.name: {"source": str(condition.source), "licence": condition.licence} for condition in conditions}
    return known | {name: {"source": f"{REFERENCE}, low-passed", "licence": known[REFERENCE]["licence"]} for name in anchors}


def public_description(pages: list[Page], plan: Plan, words: dict, questions: list[dict]) -> dict:
    """test.json: nothing in it tells a system."""
    low, high = SCALES[plan.kind]
    closed = plan.kind == "mushra" and not plan.open_reference
    letters = {page.item: page.letters for page in pages}
    training, checks = [page.item for page in pages if page.training], [page.item for page in pages if page.check]
    return {
        "name": plan.name,
        "title": words["title"],
        "kind": plan.kind,
        "instructions": words["instructions_closed" if closed else "instructions"],
        "scale": {"minimum": low, "maximum": high, "none_allowed": plan.none_allowed},
        "show_reference": plan.open_reference,
        "must_hear": MUST_HEAR,
        "minutes": minutes(pages),
        "seed": plan.seed,
        "words": words,
        "questionnaire": questions,
        "pages": [public_page(page, words) for page in pages],
        "listeners": {"rule": RULE, "orders": orders(letters, training, checks, plan.listeners, plan.seed)},
    }


def public_page(page: Page, words: dict) -> dict:
    """A page as the listener's browser gets it."""
    instruction = words["attention"].replace("{asked}", str(page.check.asked)) if page.check else None
    return {
        "item": page.item,
        "text": page.utterance.text if page.utterance else "",
        "language": page.utterance.language if page.utterance else "",
        "reference": f"stimuli/{page.item}/reference.wav" if page.reference else None,
        "stimuli": [{"letter": letter, "file": f"stimuli/{page.item}/{letter}.wav"} for letter in page.letters],
        "training": page.training,
        "attention": {"instruction": instruction} if page.check else None,
    }


def minutes(pages: list[Page]) -> int:
    """About how long a listener takes, in steps of five minutes: every sound twice, and some seconds to think about it."""
    seconds = sum(2 * sound.length / RATE + 4 for page in pages for sound in page.sounds.values())
    return 5 * math.ceil(seconds / 300)


def private_key(pages: list[Page], stimuli: dict[str, dict], plan: Plan, made: Made, test_hash: str) -> dict:
    """key.json: which letter is which condition, and everything that was decided. stimuli: what write_sounds said, by item."""
    return {
        "name": plan.name,
        "kind": plan.kind,
        "test_hash": test_hash,
        "seed": plan.seed,
        "conditions": made.conditions,
        "items": {page.item: private_page(page, stimuli[page.item], plan.kind) for page in pages},
        "selection": {"rule": SELECTION_RULE, "seed": plan.seed, "left_out": made.left_out},
        "processing": {**asdict(plan.processing), "rate": RATE, "level": asdict(made.level)},
        "orders": RULE,
        "power": made.power,
    }


def private_page(page: Page, stimuli: dict, kind: str) -> dict:
    """An item of the key."""
    utterance = page.utterance
    described = {name: getattr(utterance, name, "") for name in ("text", "speaker", "style", "language")}
    return {
        "utterance": utterance.id if utterance else "",
        **described,
        "seconds": utterance.seconds if utterance else None,
        "training": page.training,
        "letters": page.letters,
        "attention": {"expected": page.check.expected, "tolerance": TOLERANCE[kind]} if page.check else None,
        "answer": page.answer,
        "stimuli": stimuli,
    }


def power_sentence(plan: Plan, systems: int) -> str:
    """What a test of this size will show, before anybody has listened."""
    from tts.mushra.power import detectable_difference, detectable_share

    size = f"with {plan.listeners} listeners and {plan.items} items"
    if plan.compares_pairs:
        share = detectable_share(plan.listeners * plan.items, two_sided=plan.kind == "preference")
        if math.isinf(share):
            return f"{size} not even answers that all agree would be significant"
        what = "a preference of" if plan.kind == "preference" else "correct answers from"
        return f"{size} you will see {what} {100 * share:.1f} % on, with 80 % power, if all answers are independent"
    points = detectable_difference(plan.listeners, plan.items, max(2, systems), kind=plan.kind)
    if math.isinf(points):
        return f"{size} no difference would be seen with 80 % power"
    shown = f"{points:.2f}" if plan.kind == "mos" else f"{points:.1f}"
    return (
        f"{size} you will see a difference of {shown} points between two of {max(2, systems)} conditions with 80 % power "
        "(variances as published tests have them; tts mushra power takes others)"
    )


def readme(plan: Plan, made: Made) -> str:
    """The page for whoever runs the test."""
    name, level = plan.name, made.level
    rows = "\n".join(f"| {condition} | {facts['licence'] or 'not stated'} |" for condition, facts in made.conditions.items())
    loudness = f"{level.loudness_lufs:.1f} LUFS"
    if level.turned_down_db:
        loudness += f" ({level.turned_down_db:.1f} dB less than asked for, because of the peak of {level.because_of})"
    webmushra = f"""
- webMUSHRA: put `webmushra.yaml` and `stimuli/`, and nothing else, into its folder `configs/tests/{name}`, call it with
  `?config=tests/{name}/webmushra.yaml`, and put what it writes (`mushra.csv`) into `results/`. It always shows the reference and
  has no attention checks."""
    return f"""# {name}

Run it in one of these ways; nobody who takes the test may see `key.json`.

- `index.html` alone: open it or send it (it works from a phone); listeners send back the file that it saves. Put those files
  into `results/`.
- `tts mushra serve {name}`: each listener opens the address that it prints; every answer is kept at once in `results.sqlite`.\
{webmushra if plan.kind == "mushra" else ""}

Then `tts mushra analyse {name}`; `tts mushra export {name} -o results.csv` gives webMUSHRA's columns.

- Kind: {plan.kind}; {plan.items} utterances; practice pages: {plan.training}; attention checks: {plan.attention}.
- Seed: {plan.seed}.
- Recording shown as reference: {"yes" if plan.open_reference else "no"}; anchors: {", ".join(plan.anchors) or "none"}.
- Loudness: {loudness}. Utterances left out: {len(made.left_out)}, each with its reason in `key.json`.
- Power: {made.power}.

| condition | licence |
|---|---|
{rows}
"""
