"""The commands of README.md and of the template's page are run as they stand there.

A block to run has `<!-- run -->` above it. It runs in a copy of the project where `make demo` has done its work, in debug size: the
commands are the reader's, only the sizes are not."""

import csv
import os
import re
import subprocess
import sys

import pytest

from tests.helpers.project import ROOT, run

BLOCK = re.compile(r"<!-- run([^>]*)-->\n```(\w+)\n(.*?)\n```\n", re.S)


def blocks(page: str) -> list[tuple[str, str]]:
    """(language, code) of each block to run."""
    return [(language, code) for _, language, code in BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))]


def test_every_marked_block_is_found():
    for page in ("README.md", "egs/template/README.md"):
        assert len(blocks(page)) == (ROOT / page).read_text(encoding="utf-8").count("<!-- run") > 0


@pytest.mark.parametrize("language, code", blocks("README.md"))
def test_readme(language, code, demo):
    variables = {"TTS_HOME": str(demo / "voices-home")}
    code = code.replace("tts transfer ", "tts transfer --trust-text ")  # an aligner of debug size cannot tell what was said
    code = code.replace("--items 8", "--items 2 --training 0 --shortest 0.5")  # it spoke two utterances
    if language == "python":
        run([sys.executable, "-c", code], demo, **variables)
    else:
        run(code, demo, **variables)
    for wav in re.findall(r"[\w/]+\.wav", code):
        assert (demo / wav).stat().st_size > 1000


def test_make_demo_and_make_test_do_what_readme_says():
    outside_make = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}

    def would_do(target):
        return subprocess.run(["make", "--dry-run", "--no-print-directory", target], cwd=ROOT, env=outside_make, capture_output=True, text=True, check=True).stdout

    assert would_do("demo").splitlines() == ["tools/install.sh", "test ! -d tts/data/voices || .venv/bin/tts voices samples -o egs/mini/copycat2/exp/samples", "egs/mini/copycat2/run.sh"]
    assert would_do("test").split()[0] == "tools/install.sh" and "-m pytest" in would_do("test")
    assert would_do("install").split() == ["tools/install.sh"]


def test_template_from_recordings_to_a_voice(project, tmp_path):
    """Generated recordings of one speaker stand in for the reader's own."""
    from tts.corpus.manifest import read_manifest

    recordings = tmp_path / "home" / "recordings"
    run([sys.executable, "-m", "tts.cli", "corpus", "generate", recordings, "--speakers", "en-us", "--utterances-per-speaker", "60"], project)
    with open(recordings / "manifest.tsv", "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None)
        table.writerow(["audio", "transcript", "speaker", "language"])
        table.writerows([u.audio, u.text, "anna", u.language] for u in read_manifest(recordings / "manifest.jsonl"))
    code = "\n".join(code for _, code in blocks("egs/template/README.md"))
    run(f". .venv/bin/activate\n{code}", project, HOME=str(tmp_path / "home"))
    assert (project / "egs/myvoice/base/mine.wav").stat().st_size > 1000
    assert (project / "egs/myvoice/base/exp/base/page.html").exists()
