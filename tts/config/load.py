"""Configuration files → one typed dataclass, with the origin of every value.

Keys of a YAML file are the field names of dataclasses and the defaults stand in the dataclasses alone. A file may begin with
`include: other.yaml` (relative to itself; a list is taken in order), which is what makes a variant a file of two lines. What comes later wins:
includes, the file, further files, then overrides of the form `training.steps=2000`. An unknown key is an error that names the nearest
valid one; a wrong type names key, value and expected type (checked by jsonargparse).
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import typing
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tts.documents import understood
from tts.errors import UserError


@dataclass(frozen=True)
class Resolved:
    """A configuration and where each value came from: dotted key → file or "command line"; absent keys are defaults. unknown: dotted keys that
    mean nothing here, with a sentence each, where such are passed over."""

    config: Any
    origins: dict[str, str]
    unknown: dict[str, str] = dataclasses.field(default_factory=dict)

    def describe(self) -> str:
        """One line per value: `training.steps: 4000    (conf/base.yaml)`."""
        flat = _flatten(dataclasses.asdict(self.config))
        return "\n".join(f"{key}: {value!r}    ({self.origins.get(key, 'default')})" for key, value in flat.items())


def load_config(cls: type, files: Iterable[str | Path] = (), overrides: Sequence[str] = ()):
    """The dataclass `cls` filled from files and overrides. Raises UserError for anything that does not fit."""
    return resolve(cls, files, overrides).config


def resolve(cls: type, files: Iterable[str | Path] = (), overrides: Sequence[str] = (), pass_over_unknown: bool = False) -> Resolved:
    """As `load_config`, with the origin of every value; unknown keys may be passed over and told."""
    tree: dict = {}
    origins: dict[str, str] = {}
    unknown: dict[str, str] = {}
    for file in files:
        for source, content in _read(Path(file), ()):
            _merge(cls, tree, content, source, origins, unknown)
    for override in overrides:
        key, separator, text = override.partition("=")
        if not separator:
            raise UserError(f"override {override!r}: expected KEY=VALUE, such as training.steps=2000")
        content: Any = _parse(text, f"override {override!r}")
        for part in reversed(key.strip().split(".")):
            content = {part: content}
        _merge(cls, tree, content, "command line", origins, unknown)
    if unknown and not pass_over_unknown:
        raise UserError(next(iter(unknown.values())))
    return Resolved(_instantiate(cls, tree, origins), origins, unknown)


def from_mapping(cls: type, content: dict, source: str):
    """The dataclass `cls` filled from keys and values that stand in a list of such; `source` names them in errors."""
    tree: dict = {}
    origins: dict[str, str] = {}
    unknown: dict[str, str] = {}
    if not isinstance(content, dict):
        raise UserError(f"{source}: expected keys and values, found {content!r}")
    _merge(cls, tree, content, source, origins, unknown)
    if unknown:
        raise UserError(next(iter(unknown.values())))
    return _instantiate(cls, tree, origins)


def save_config(config, path: str | Path) -> None:
    """Write the whole configuration, defaults included, as YAML that `load_config` reads back."""
    from tts.corpus.manifest import atomic_writer

    with atomic_writer(path) as file:
        yaml.safe_dump(_plain(dataclasses.asdict(config)), file, sort_keys=False, allow_unicode=True)


def _read(path: Path, seen: tuple[Path, ...]):
    """(source name, content) of the file's includes and then of the file itself."""
    if path.resolve() in seen:
        raise UserError(f"{path}: includes itself by way of {' → '.join(map(str, seen))}")
    if not path.is_file():
        raise UserError(f"{path}: no such configuration file" + (f" (included by {seen[-1]})" if seen else ""))
    with understood(path, "expected a configuration: keys and values in YAML"):
        content = _parse(path.read_text(encoding="utf-8"), str(path)) or {}
    if not isinstance(content, dict):
        raise UserError(f"{path}: expected keys and values, found a {type(content).__name__}")
    includes = content.pop("include", [])
    for include in [includes] if isinstance(includes, str) else includes:
        yield from _read(path.parent / include, (*seen, path.resolve()))
    yield str(path), content


def _parse(text: str, where: str):
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise UserError(f"{where}: not valid YAML ({' '.join(str(error).split())})") from None


class _Loader(yaml.SafeLoader):
    """Safe YAML in which 1e-4 is a number (YAML 1.1 wants 1.0e-4) and no, off, yes stay words."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:float")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|false|False)$"), list("tTfF"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$|^[-+]?\.(?:inf|Inf)$|^\.(?:nan|NaN)$"),
    list("-+0123456789."),
)


def _merge(cls: type, tree: dict, content: dict, source: str, origins: dict[str, str], unknown: dict[str, str], prefix: str = "") -> None:
    """Lay `content` over `tree` in place; keys that the dataclass does not have are `unknown`."""
    hints = typing.get_type_hints(cls)
    names = [field.name for field in dataclasses.fields(cls)]
    for key, value in content.items():
        if key not in names:
            near = difflib.get_close_matches(str(key), names, n=1)
            hint = f"did you mean {prefix}{near[0]}?" if near else f"known here: {', '.join(names)}"
            unknown[f"{prefix}{key}"] = f"{source}: unknown key {prefix}{key}; {hint}"
        elif dataclasses.is_dataclass(hints[key]):
            if not isinstance(value, dict):
                raise UserError(f"{source}: {prefix}{key} is a section with keys of its own; found {value!r}")
            _merge(hints[key], tree.setdefault(key, {}), value, source, origins, unknown, f"{prefix}{key}.")
        else:
            tree[key] = value
            origins[f"{prefix}{key}"] = source


def _instantiate(cls: type, tree: dict, origins: dict[str, str]):
    from jsonargparse import ArgumentParser

    parser = ArgumentParser(exit_on_error=False)
    parser.add_class_arguments(cls, None)
    try:
        return cls(**vars(parser.instantiate(parser.parse_object(tree))))
    except (ValueError, TypeError) as error:  # a relation that __post_init__ refused
        raise UserError(f"configuration ({', '.join(sorted(set(origins.values()))) or 'defaults'}): {error}") from None
    except Exception as error:  # jsonargparse's ArgumentError and ParserError share no useful base class
        if type(error).__name__ not in ("ArgumentError", "ParserError", "NSKeyError"):
            raise
        message = " ".join(str(error).split())
        sources = sorted({source for key, source in origins.items() if key in message})
        raise UserError(f"configuration{' (' + ', '.join(sources) + ')' if sources else ''}: {message}") from None


def _flatten(tree: dict, prefix: str = "") -> dict[str, Any]:
    flat = {}
    for key, value in tree.items():
        flat.update(_flatten(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value})
    return flat


def _plain(value):
    """Tuples become lists, so that any YAML reader reads the file."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
