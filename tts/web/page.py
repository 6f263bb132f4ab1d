"""A page as one HTML file, out of a folder of tts/data: page.html with its style and scripts inside, and nothing that asks for more."""

from __future__ import annotations

import json
from importlib.resources import files


def render(folder: str, **values) -> str:
    """tts/data/FOLDER/page.html, a Jinja template, with `values`; the filter `inert` puts one into a script element as JSON."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    source = files("tts").joinpath("data", folder)
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(lambda name: source.joinpath(name).read_text(encoding="utf-8")),
    )
    environment.filters["inert"] = _inert
    return environment.get_template("page.html").render(values)


def _inert(value) -> str:
    """JSON that cannot end the script element it stands in."""
    from markupsafe import Markup

    return Markup(
        json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    )
