from dataclasses import dataclass, field

import pytest

from tts.config import load_config, resolve, save_config
from tts.errors import UserError


@dataclass(frozen=True)
class Inner:
    rate: float = 1e-3
    sizes: tuple[int, ...] = (1, 2)
    name: str | None = None

    def __post_init__(self):
        if self.rate <= 0:
            raise ValueError(f"rate must be positive, found {self.rate}")


@dataclass(frozen=True)
class Outer:
    steps: int = 10
    inner: Inner = field(default_factory=Inner)


def write(folder, name, text):
    (folder / name).write_text(text)
    return folder / name


def test_later_wins_and_origins_are_kept(tmp_path):
    write(tmp_path, "base.yaml", "steps: 20\ninner:\n  rate: 1e-4\n  sizes: [3, 4, 5]\n")
    variant = write(tmp_path, "variant.yaml", "include: base.yaml\ninner:\n  name: no\n")
    resolved = resolve(Outer, [variant], ["inner.rate=0.5"])
    assert resolved.config == Outer(20, Inner(0.5, (3, 4, 5), "no"))
    assert resolved.origins["inner.rate"] == "command line"
    assert resolved.origins["steps"].endswith("base.yaml")
    assert resolved.origins["inner.name"].endswith("variant.yaml")
    assert "inner.sizes: (3, 4, 5)" in resolved.describe()


def test_saved_configuration_reads_back(tmp_path):
    config = Outer(7, Inner(0.25, (9,), "x"))
    save_config(config, tmp_path / "saved.yaml")
    assert load_config(Outer, [tmp_path / "saved.yaml"]) == config


@pytest.mark.parametrize("override, says", [
    ("inner.rat=1", "did you mean inner.rate"),
    ("stepps=1", "did you mean steps"),
    ("steps=many", "steps"),
    ("inner=3", "section"),
    ("inner.rate=-1", "must be positive"),
    ("steps", "KEY=VALUE"),
    ("steps=[1", "not valid YAML"),
])
def test_what_does_not_fit_is_said(override, says):
    with pytest.raises(UserError, match=says):
        load_config(Outer, [], [override])


def test_missing_file_and_circle(tmp_path):
    with pytest.raises(UserError, match="no such configuration"):
        load_config(Outer, [tmp_path / "none.yaml"])
    write(tmp_path, "a.yaml", "include: b.yaml\n")
    with pytest.raises(UserError, match="includes itself"):
        load_config(Outer, [write(tmp_path, "b.yaml", "include: a.yaml\n")])


def test_yaml_cannot_run_code(tmp_path):
    with pytest.raises(UserError, match="not valid YAML"):
        load_config(Outer, [write(tmp_path, "evil.yaml", "steps: !!python/object/apply:os.getcwd []\n")])
