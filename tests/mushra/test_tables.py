"""Numbers and names as text for Markdown and LaTeX."""

import math

from tts.mushra.tables import Table, interval, latex, markdown, number, p_value


def test_table_formats():
    table = Table("t", "A title", ["name", "p"], [["a_b|c", "< 0.001"], ["50 %", "-1.5"]])
    assert "a\\_b$|$c & $<$ 0.001" in latex(table) and "50 \\% & $-$1.5" in latex(table)
    assert markdown(table).splitlines()[-2:] == ["| a_b\\|c | < 0.001 |", "| 50 % | -1.5 |"]


def test_numbers():
    assert number(-0.04) == "0.0" and number(2.345, 2, True) in ("+2.35", "+2.34") and number(math.nan) == "–"
    assert interval(1, 2) == "1.0 to 2.0" and interval(math.nan, 2) == "–"
    assert (p_value(0.0004), p_value(0.0123), p_value(math.nan)) == ("< 0.001", "0.012", "–")
