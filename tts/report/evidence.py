"""The evidence of all recipes on one page: what every committed RESULTS.md says was measured, claim by claim, with the command, configuration,
commit and machine that each says it comes from. What falls short stands first. RESULTS.md is the only source, so the page and what it rests on
cannot differ.

    FOLDER/CORPUS/SYSTEM/run.sh, RESULTS.md  →  FOLDER/RESULTS.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tts.errors import UserError
from tts.evaluation.claims.claims import MISSED, NOT_MEASURED, REACHED, STATED
from tts.evaluation.claims.report import HEADINGS

NAME = "RESULTS.md"
NOT_RECORDED = "not recorded"
VERDICTS = {heading: verdict for verdict, heading in HEADINGS.items()}
CLAIMS = re.compile(r"## Claims of (\w+)(.*)")
COMMAND = re.compile(r"(?:^ {4}|`)((?:tts |\./run\.sh)[^`\n]*)", re.M)
COMMIT = re.compile(r"\bcommit ([0-9a-f]{7,40}(?: with local changes)?)(?:, on ([^\n]+?)\.?(?:\n|$))?")
CONFIGURED = ("Configuration", "What made it")  # headings of sections with the whole configuration


@dataclass(frozen=True)
class Made:
    """How a part of a RESULTS.md came about, as far as it says so."""

    recipe: str
    what: str
    command: str
    run_by: str
    configuration: str
    commit: str
    date: str
    machine: str


@dataclass(frozen=True)
class Finding:
    """A claim with its verdict: cells by the name of their column, as the recipe's table has them."""

    recipe: str
    verdict: str
    cells: dict[str, str]


@dataclass
class Evidence:
    """recipes: CORPUS/SYSTEM of all; unmeasured: those without results; tables: recipe, what was measured, and the lines of its table."""

    recipes: list[str] = field(default_factory=list)
    unmeasured: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    tables: list[tuple[str, str, list[str]]] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)

    def of(self, verdict: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.verdict == verdict]


def gather_evidence(folder: Path) -> Evidence:
    """Read the results of every recipe below `folder`."""
    scripts = sorted(folder.glob("*/*/run.sh"))
    if not scripts:
        raise UserError(f"{folder}: no recipes there; expected CORPUS/SYSTEM/run.sh below it, as in egs")
    found = Evidence()
    for script in scripts:
        recipe = f"{script.parent.parent.name}/{script.parent.name}"
        found.recipes.append(recipe)
        if (script.parent / NAME).is_file():
            read_results(recipe, script.parent / NAME, found)
        else:
            found.unmeasured.append(recipe)
    return found


def read_results(recipe: str, path: Path, found: Evidence) -> None:
    """Add what a RESULTS.md says to what was found."""
    sections = list(_sections(path.read_text(encoding="utf-8")))
    head = [(heading, lines) for heading, lines in sections if not CLAIMS.fullmatch(heading)]
    configured = next((heading.lstrip("# ") for heading, _ in head if heading.lstrip("# ") in CONFIGURED), None)
    link = f"[{configured.lower()}]({recipe}/{NAME}#{configured.lower().replace(' ', '-')})" if configured else NOT_RECORDED
    stages = "\n".join(line for heading, lines in head if heading == "## The stages" for line in lines)
    run_by = "; ".join(dict.fromkeys(f"`{command.strip()}`" for command in COMMAND.findall(stages) if command.startswith("./run.sh")))
    text = "\n".join(line for heading, lines in head if heading != "## The stages" for line in [heading, *lines])

    def add(what: str, words: str) -> None:
        commit = COMMIT.search(words)
        found.made.append(Made(
            recipe, what, _first(COMMAND, words), run_by or NOT_RECORDED, link, commit[1] if commit else NOT_RECORDED,
            _first(re.compile(r"\b(\d{4}-\d\d-\d\d)\b"), words), commit[2] or NOT_RECORDED if commit else NOT_RECORDED))

    for heading, lines in head:
        table = _table(lines)
        if table and _cells(table[0])[0] == "":
            found.tables.append((recipe, heading.lstrip("# "), table))
    if any(of == recipe for of, _, _ in found.tables):
        add("speech", text)
    for heading, lines in sections:
        claims = CLAIMS.fullmatch(heading)
        if claims:
            before = len(found.findings)
            found.findings += _findings(f"{recipe}{claims[2]}", path, lines)
            _check_counts(path, heading, lines, found.findings[before:])
            add(f"claims{claims[2]}", "\n".join(lines))


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """(heading, lines), parts of claims with their whole; what stands in fences is left out."""
    heading, lines, fenced = "", [], False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif not fenced and re.match(r"##? ", line):
            yield heading, lines
            heading, lines = line, []
        elif not fenced:
            lines.append(line)
    yield heading, lines


def _findings(recipe: str, path: Path, lines: list[str]) -> Iterator[Finding]:
    verdict, columns = None, []
    for line in lines:
        if line.startswith("### "):
            if line[4:] not in VERDICTS:
                raise UserError(f"{path}: claims under {line[4:]!r}; expected {', '.join(VERDICTS)}; write the file by tts report --publish")
            verdict, columns = VERDICTS[line[4:]], []
        elif line.startswith("|") and verdict is not None:
            cells = _cells(line)
            if not columns:
                columns = cells
            elif not re.fullmatch(r"[|:\-\s]+", line):
                if len(cells) != len(columns):
                    raise UserError(f"{path}: a claim of {len(cells)} cells, expected {len(columns)}: {line[:120]}")
                yield Finding(recipe, verdict, dict(zip(columns, cells)))


def _check_counts(path: Path, heading: str, lines: list[str], findings: list[Finding]) -> None:
    """The summary under the heading must count what the tables hold."""
    summary = next((line for line in lines if line), "")
    for verdict in (REACHED, MISSED, NOT_MEASURED):
        said, count = re.search(rf"(\d+) {verdict}", summary), sum(finding.verdict == verdict for finding in findings)
        if said is None or int(said[1]) != count:
            raise UserError(f"{path}: {heading!r} says {said[0] if said else 'nothing of ' + verdict}, but its tables have {count} claims {verdict}; "
                            "write the file by tts report --publish")


def _table(lines: list[str]) -> list[str]:
    """The first table's lines."""
    start = next((number for number, line in enumerate(lines) if line.startswith("|")), len(lines))
    end = next((number for number in range(start, len(lines)) if not lines[number].startswith("|")), len(lines))
    return lines[start:end]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def _first(pattern: re.Pattern, text: str) -> str:
    found = pattern.search(text)
    return found[1].strip() if found else NOT_RECORDED


# -- the page --------------------------------------------------------------------------------------------------------------


def evidence_page(found: Evidence, command: str) -> str:
    """All of it as Markdown."""
    counts = ", ".join(f"{len(found.of(verdict))} {verdict}" for verdict in (MISSED, NOT_MEASURED, REACHED, STATED))
    measured = [recipe for recipe in found.recipes if recipe not in found.unmeasured]
    lines = [
        "# Evidence", "",
        f"What was measured of {len(measured)} of {len(found.recipes)} recipes: {len(found.findings)} claims, {counts}. Gathered by `{command}` "
        f"from the {NAME} of each recipe, which says more; what falls short stands first.", "",
        "## What falls short", "",
        *_claim_table("Missed", found.of(MISSED), ("value", "threshold", "for comparison", "what is compared")),
        *_claim_table("Not measured", found.of(NOT_MEASURED), ("why",)),
        "### Recipes without results", "",
        f"Nothing is committed of {', '.join(f'[{recipe}]({recipe}/run.sh)' for recipe in found.unmeasured)}." if found.unmeasured else "None.", "",
        "## What holds", "",
        *_claim_table("Reached", found.of(REACHED), ("value", "threshold", "for comparison", "what is compared")),
        *_claim_table("Stated without a threshold", found.of(STATED), ("value", "beside", "for comparison", "what is compared")),
        "## How well speech is made and copied", "",
    ]
    for recipe, what, table in found.tables:
        lines += [f"### {recipe}: {what}", "", *table, ""]
    lines += [
        "## How each was made", "",
        "| recipe | what | measured by | run by | configuration | commit | date | machine |", "|---|---|---|---|---|---|---|---|",
        *(f"| [{made.recipe}]({made.recipe}/{NAME}) | {made.what} | {_code(made.command)} | {made.run_by} | {made.configuration} | {made.commit} | "
          f"{made.date} | {made.machine} |" for made in found.made),
    ]
    return "\n".join(lines) + "\n"


def _claim_table(heading: str, findings: list[Finding], columns: tuple[str, ...]) -> list[str]:
    if not findings:
        return [f"### {heading}", "", "None.", ""]
    rows = [[finding.recipe, finding.cells["claim"], *(finding.cells.get(column, "") for column in columns)] for finding in findings]
    table = [["recipe", "claim", *columns], ["---"] * (2 + len(columns)), *rows]
    return [f"### {heading}", "", *(f"| {' | '.join(row)} |" for row in table), ""]


def _code(command: str) -> str:
    return command if command == NOT_RECORDED else f"`{command}`"
