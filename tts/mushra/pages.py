"""The pages of a listening test: which utterances, which conditions on which page, under which letters."""

from __future__ import annotations

import itertools
import random

from tts.corpus.parallel import with_progress
from tts.errors import UserError
from tts.mushra.attention import draw_check, say_number
from tts.mushra.design import LETTERS, letters_of
from tts.mushra.folder import ATTENTION, REFERENCE, X
from tts.mushra.plan import Page, Plan
from tts.mushra.selection import Candidate, ranked
from tts.mushra.stimuli import Measured, Take, measure
from tts.mushra.systems import Condition

Sounds = dict[str, Measured]  # an utterance's, by condition


def compared(conditions: list[Condition], plan: Plan) -> list[str]:
    """The names of the conditions that are rated. A preference or ABX test compares the systems only."""
    names = [condition.name for condition in conditions]
    if REFERENCE not in names:
        if plan.anchors:
            raise UserError("an anchor is the low-passed recording: add --reference FOLDER, or leave the anchors out")
        if plan.open_reference:
            raise UserError("there is no recording to show as reference: add --reference FOLDER, or --no-open-reference")
    if plan.compares_pairs:
        return [name for name in names if name != REFERENCE]
    return [*names, *plan.anchors]


def choose(
    conditions: list[Condition], candidates: list[Candidate], plan: Plan, left_out: dict[str, str]
) -> list[tuple[Candidate, Sounds]]:
    """So many utterances as the plan needs, measured; one that cannot be measured is left out, and the next one taken."""
    wanted, chosen = plan.items + plan.training, []
    for candidate in with_progress(ranked(candidates, plan.seed), "measured", wanted):
        try:
            takes = takes_of(candidate.id, conditions, plan.anchors)
            chosen.append((candidate, {take.condition: measure(take, plan.processing) for take in takes}))
        except UserError as error:
            left_out[candidate.id] = str(error)
        if len(chosen) == wanted:
            break
    if len(chosen) < plan.items:
        reasons = "; ".join(f"{name}: {why}" for name, why in list(left_out.items())[:5])
        raise UserError(
            f"{plan.items} items are wanted, but only {len(chosen)} utterances can be used by all of "
            f"{', '.join(condition.name for condition in conditions)}; {len(left_out)} cannot"
            + (f" ({reasons}{' …' if len(left_out) > 5 else ''})" if reasons else "")
            + "; give fewer --items, or complete the folders"
        )
    # A corpus that is all used up practises on utterances of the test.
    return chosen + [chosen[number % plan.items] for number in range(wanted - len(chosen))]


def takes_of(utterance: str, conditions: list[Condition], anchors: tuple[str, ...]) -> list[Take]:
    """The utterance in every condition; anchors are made of the recording."""
    takes = [Take(condition.name, condition.sounds[utterance]) for condition in conditions]
    recording = next((take.source for take in takes if take.condition == REFERENCE), None)
    return takes + [Take(anchor, recording) for anchor in anchors]


def make_pages(utterances: list[tuple[Candidate, Sounds]], names: list[str], plan: Plan) -> list[Page]:
    """Every item of the test: practice (t…), ordinary pages (p…), attention checks (c…)."""
    dice = random.Random(f"{plan.seed} pages")
    groups = [list(group) for group in itertools.combinations(names, {"mos": 1, "mushra": len(names)}.get(plan.kind, 2))]
    main, practice = utterances[: plan.items], utterances[plan.items :]
    pages = []
    for number, (utterance, sounds) in enumerate(practice):
        group = groups[number % len(groups)]
        pages.append(ordinary_page(f"t{number + 1:02}", utterance, sounds, group, number, plan, dice))
    width = max(2, len(str(plan.items * len(groups))))
    for number, ((utterance, sounds), group) in enumerate(itertools.product(main, groups)):
        pages.append(ordinary_page(f"p{number + 1:0{width}}", utterance, sounds, group, number, plan, dice))
    return pages + [check_page(f"c{number + 1:02}", plan, dice) for number in range(plan.attention)]


def ordinary_page(
    item: str, utterance: Candidate, sounds: Sounds, group: list[str], number: int, plan: Plan, dice: random.Random
) -> Page:
    """An utterance in the conditions of `group`, under letters drawn anew."""
    letters, answer = letters_of(group, dice), None
    if plan.kind == "abx":
        answer = LETTERS[number % 2]  # X is A as often as B
        letters[X] = letters[answer]
    by_letter = {letter: sounds[condition] for letter, condition in letters.items()}
    reference = sounds[REFERENCE] if plan.open_reference else None
    return Page(item, utterance, letters, by_letter, reference, training=item.startswith("t"), answer=answer)


def check_page(item: str, plan: Plan, dice: random.Random) -> Page:
    """A page whose sounds say numbers."""
    check = draw_check(plan.kind, dice)
    takes = {
        letter: Take(f"{ATTENTION} ({number})", made=say_number(number, plan.language))
        for letter, number in check.numbers.items()
    }
    if X in takes:
        takes[X] = takes[check.answer]
    sounds = {letter: measure(take, plan.processing) for letter, take in takes.items()}
    return Page(item, None, dict.fromkeys(check.numbers, ATTENTION), sounds, check=check, answer=check.answer)
