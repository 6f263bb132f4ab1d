"""Tables to read: Markdown, LaTeX (booktabs) for a paper, CSV for whoever calculates on. Every result of the project is written by these, so
that what needs an escape is escaped everywhere."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

NOTHING = "–"  # what does not exist

LATEX = {
    "\\": r"\textbackslash{}",
    "%": r"\%",
    "_": r"\_",
    "&": r"\&",
    "#": r"\#",
    "$": r"\$",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
    "‖": r"$\|$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "→": r"$\to$",
    NOTHING: "--",
}


def markdown(columns: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> list[str]:
    """The lines of a table whose first `words` columns are set flush left, the others, numbers, flush right."""
    rule = [":--" if n < words else "--:" for n in range(len(columns))]
    return [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in (columns, rule, *rows)]


def escaped(text: str) -> str:
    """Text for LaTeX; a hyphen before a number becomes a minus."""
    return re.sub(r"(?<!\w)-(?=\d)", "$-$", "".join(LATEX.get(letter, letter) for letter in text))


def latex(columns: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """A tabular for booktabs, of cells that are LaTeX already (see `escaped`)."""
    kinds = "l" * words + "r" * (len(columns) - words)
    lines = [" & ".join(row) + r" \\" for row in (columns, *rows)]
    return "\n".join([rf"\begin{{tabular}}{{{kinds}}}", r"\toprule", lines[0], r"\midrule", *lines[1:], r"\bottomrule", r"\end{tabular}"]) + "\n"


def comma_separated(columns: Sequence[str], rows: Iterable[Sequence]) -> str:
    """CSV with a header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()
