"""What pages and files say must exist: links, paths, verbs; and nothing names one machine's folders or a package registry."""

import re
import subprocess

from tests.helpers.project import ROOT
from tts.cli import VERBS

SKIP = {".git", ".venv", "data", "exp", "__pycache__", ".pytest_cache", "build", "dist"}


def files(*suffixes: str):
    """The project's own text files; those that git knows or would take, where there is git."""
    answer = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = answer.stdout.splitlines() if answer.returncode == 0 else [
        str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file() and not SKIP & set(path.relative_to(ROOT).parts)]
    return [ROOT / name for name in names if (ROOT / name).is_file() and (not suffixes or name.endswith(suffixes))]


PAGES = files(".md")


def test_there_are_pages():
    assert ROOT / "README.md" in PAGES and ROOT / "egs/template/README.md" in PAGES


def test_links_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_named_paths_exist():
    """`tts/…`, `recipes/…` and the like in backticks, in any page, without placeholders and without what only a run makes."""
    for page in PAGES:
        for name in re.findall(r"`((?:tts|recipes|egs|tools|tests|benchmarks)(?:/[\w.*-]+)*/?)`", page.read_text(encoding="utf-8")):
            if not re.search("/exp|/data|NN_", name):
                assert list(ROOT.glob(name.rstrip("/"))), f"{page.relative_to(ROOT)} names {name}"


def test_named_verbs_exist():
    for page in PAGES:
        for verb in re.findall(r"(?:^|`)tts ([a-z0-9]+)", page.read_text(encoding="utf-8"), re.M):
            assert verb in VERBS, f"{page.relative_to(ROOT)} names tts {verb}"


def test_no_folder_of_one_machine_and_no_registry():
    somewhere = ["/" + name + "/" for name in ("work", "home", "root", "Users", "mnt", "scratch")]
    registries = [name + ".org" for name in ("pypi", "download.pytorch", "files.pythonhosted")]
    pattern = re.compile("|".join([rf"(?<![\w.~$}}/-]){re.escape(path)}\w" for path in somewhere] + [re.escape(host) for host in registries]))
    found = []
    for path in files(".py", ".sh", ".md", ".yaml", ".yml", ".cfg", ".toml", ".txt", "Makefile", "run", ".json"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert not found, "\n".join(found)
