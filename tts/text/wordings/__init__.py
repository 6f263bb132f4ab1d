"""One table per language: how it says numbers, dates, units, signs and abbreviations. `wording(language)` returns the table."""
