"""The stage machinery on a recipe of three instant stages: options, what is redone and why, dry run, help, and the record that is kept."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

RUN = """#!/usr/bin/env bash
# Three stages that take no time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh
cpu_cmd="" ; export cpu_cmd
name=first       # the experiment
word=hello       # what is written
loud=false       # in capitals
stage=
stop_stage=
dry_run=false

. "$root/recipes/utils/parse_options.sh"

run_stages words letters count
echo "the end"
"""
STAGES = {
    "01_words.sh": ("# Write the word.\n# writes: data/words/\n# settings: word loud\n# runs by: cpu_cmd",
                    'mkdir -p data/words; [ $loud = false ] || word=${word^^}; echo "$word" > data/words/a; echo other > data/words/b; '
                    'echo "2 words"'),
    "02_letters.sh": ("# Split the first word\n# into letters.\n# reads: data/words/a\n# writes: data/letters.txt",
                      'fold -w 1 data/words/a > data/letters.txt; printf "progress 1\\rprogress 2\\n" >&2; echo "split"; echo "letters done"'),
    "03_count.sh": ("# Count them.\n# reads: data/letters.txt\n# writes: exp/$name/count.txt",
                    'wc -l < data/letters.txt > "exp/$name/count.txt"; echo "counted $(cat exp/$name/count.txt)"'),
}


@pytest.fixture
def recipe(tmp_path):
    """A folder with the recipe, outside the project."""
    (tmp_path / "local").mkdir()
    shutil.copy(ROOT / "egs/mini/base/path.sh", tmp_path)
    (tmp_path / "run.sh").write_text(RUN)
    (tmp_path / "run.sh").chmod(0o755)
    for name, (header, body) in STAGES.items():
        (tmp_path / "local" / name).write_text(f"#!/usr/bin/env bash\n{header}\nset -euo pipefail\n{body}\n")
    return tmp_path


def call(recipe: Path, *options: str, status: int = 0) -> str:
    """Run run.sh from elsewhere; returns all it said."""
    environment = {**os.environ, "TTS_ROOT": str(ROOT), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    answer = subprocess.run([recipe / "run.sh", *options], cwd=recipe.parent, env=environment, text=True, check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert answer.returncode == status, answer.stdout
    return answer.stdout


def ran(output: str) -> list[str]:
    return [line.split("]")[0].split()[1] for line in output.splitlines() if "runs because" in line]


def test_runs_once(recipe):
    first = call(recipe)
    assert ran(first) == ["words", "letters", "count"] and "not done yet" in first and first.endswith("the end\n")
    assert (recipe / "exp/first/count.txt").read_text().strip() == "5"
    second = call(recipe)
    assert ran(second) == [] and "[3 count] done already: counted 5" in second


def test_a_deleted_artefact_is_made_again_and_nothing_else(recipe):
    call(recipe)
    (recipe / "data/words/b").unlink()
    output = call(recipe)
    assert ran(output) == ["words"] and "data/words/ holds 1 files of 2" in output
    shutil.rmtree(recipe / "data")
    assert ran(call(recipe)) == ["words", "letters"]  # the letters came out the same, so their count stands


def test_a_change_redoes_what_follows(recipe):
    call(recipe)
    output = call(recipe, "--word=hi")
    assert ran(output) == ["words", "letters", "count"]
    assert "word was hello, is hi" in output and "data/words/a changed" in output and "data/letters.txt changed" in output
    script = recipe / "local/03_count.sh"
    script.write_text(script.read_text() + "# counted\n")
    assert ran(call(recipe, "--word", "hi")) == ["count"]


def test_nothing_stale_survives_and_dear_results_are_set_aside(recipe):
    call(recipe)
    (recipe / "data/words/c").write_text("left by something else")
    call(recipe, "--word", "hi")
    assert sorted(path.name for path in (recipe / "data/words").iterdir()) == ["a", "b"]
    script = recipe / "local/03_count.sh"
    script.write_text(script.read_text().replace("# reads", "# once made: keep\n# reads"))
    output = call(recipe, "--word", "hi")
    assert ran(output) == ["count"] and "the earlier result is now in exp/first/replaced/" in output
    [kept] = recipe.glob("exp/first/replaced/*/exp/first/count.txt")
    assert kept.read_text().strip() == "2"


def test_an_interrupted_stage_continues_with_what_it_has(recipe):
    script = recipe / "local/02_letters.sh"
    good = script.read_text()
    script.write_text(good.replace("fold", "if [ ! -e data/half ]; then touch data/half; kill -9 $PPID; exit; fi; fold"))
    subprocess.run([recipe / "run.sh"], env={**os.environ, "TTS_ROOT": str(ROOT)}, check=False, capture_output=True)
    output = call(recipe)
    assert ran(output) == ["letters", "count"] and "runs because: it did not finish last time" in output


def test_what_may_be_there_counts_when_it_is(recipe):
    script = recipe / "local/03_count.sh"
    script.write_text(script.read_text().replace("# reads", "# if there: data/extra.txt\n# reads"))
    assert ran(call(recipe)) == ["words", "letters", "count"] and "data/extra.txt (if there)" in call(recipe, "--help")
    (recipe / "data/extra.txt").write_text("more")
    output = call(recipe)
    assert ran(output) == ["count"] and "data/extra.txt is new" in output


def test_a_touched_file_is_no_change(recipe):
    call(recipe)
    os.utime(recipe / "data/words/a", (1, 1))
    assert ran(call(recipe)) == []


def test_experiments_share_data(recipe):
    call(recipe)
    assert ran(call(recipe, "--name", "second")) == ["count"]


def test_dry_run_says_all_and_changes_nothing(recipe):
    before = sorted(recipe.rglob("*"))
    assert "[1 words] would run: not done yet" in call(recipe, "--dry-run")
    assert sorted(recipe.rglob("*")) == before
    call(recipe)
    stamps = {path: path.stat().st_mtime_ns for path in recipe.rglob("*")}
    output = call(recipe, "--dry-run", "--loud")
    assert "[1 words] would run: loud was false, is true" in output
    assert "[2 letters] would run: only if words gives another data/words/a" in output
    assert {path: path.stat().st_mtime_ns for path in recipe.rglob("*")} == stamps


def test_a_range_of_stages(recipe):
    assert ran(call(recipe, "--stop-stage", "2")) == ["words", "letters"]
    assert ran(call(recipe, "--stage", "count")) == ["count"]
    assert "would run" not in call(recipe, "--stage", "words", "--stop-stage", "words", "--dry-run")


def test_a_stage_without_its_input_says_who_writes_it(recipe):
    assert "reads data/words/a, which is not there; run the stage that writes it first: --stage words" in call(recipe, "--stage", "2", status=1)


@pytest.mark.parametrize("options, status, sentence", [
    (["--wrod", "x"], 2, "no option --wrod; did you mean word?"),
    (["--loud", "--stage", "cuont"], 1, "no stage 'cuont'; did you mean count?"),
    (["--loud=maybe"], 2, "--loud is true or false, not 'maybe'"),
    (["--word"], 2, "--word needs a value"),
    (["word"], 2, "unexpected argument 'word'"),
    (["--stage", "3", "--stop-stage", "1"], 1, "nothing would run"),
    (["--name", "../elsewhere"], 1, "names a folder below exp/"),
])
def test_wrong_usage_is_named(recipe, options, status, sentence):
    assert sentence in call(recipe, *options, status=status)
    assert not (recipe / "exp").exists()


def test_values_are_never_executed(recipe):
    call(recipe, "--word", "$(touch oops) `touch oops`; touch oops")
    assert not list(recipe.parent.rglob("oops"))


def test_help_lists_stages_and_options(recipe):
    text = call(recipe, "--help")
    for line in ("Three stages that take no time.", "2 letters: Split the first word into letters.", "reads   data/words/a",
                 "writes  exp/first/count.txt", "--stop-stage", "what is written"):
        assert line in text
    assert "the end" not in text and not (recipe / "exp").exists()


def test_a_failing_stage_stops_and_is_repeated(recipe):
    script = recipe / "local/02_letters.sh"
    good = script.read_text()
    script.write_text(good.replace("fold", "echo broken >&2; exit 3; fold"))
    output = call(recipe, status=1)
    assert "stage letters failed" in output and "exit status 3" in output and "broken" in (recipe / "exp/first/log/02_letters.log").read_text()
    script.write_text(good)
    assert ran(call(recipe)) == ["letters", "count"]
    script.write_text(good.replace("data/letters.txt;", "elsewhere;"))
    (recipe / "data/letters.txt").unlink()
    assert "did not write data/letters.txt" in call(recipe, status=1)


def test_command_and_facts_stay_with_the_experiment(recipe):
    call(recipe, "--word", "it's two")
    rows = [json.loads(line) for line in (recipe / "exp/first/stages.jsonl").read_text().splitlines()]
    assert [(row["stage"], row["facts"]) for row in rows] == [("words", "2 words"), ("letters", "letters done"), ("count", "counted 8")]
    assert all(row["commit"] and row["seconds"] >= 0 and row["why"] == "not done yet" for row in rows)
    log = (recipe / "exp/first/log/02_letters.log").read_text()
    assert "progress 2" in log and "progress 1" not in log  # of a progress bar the last state
    shutil.rmtree(recipe / "data")
    subprocess.run(["bash", recipe / "exp/first/command.sh"], check=True, env={**os.environ, "TTS_ROOT": str(ROOT)}, stdout=subprocess.DEVNULL)
    assert (recipe / "data/words/a").read_text() == "it's two\n"


def test_two_runs_at_once_take_turns(recipe):
    script = recipe / "local/01_words.sh"
    script.write_text(script.read_text().replace("mkdir", "sleep 1; mkdir"))
    environment = {**os.environ, "TTS_ROOT": str(ROOT)}
    both = [subprocess.Popen([recipe / "run.sh"], env=environment, text=True, stdout=subprocess.PIPE) for _ in range(2)]
    outputs = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(map(len, map(ran, outputs)))[0] < 3 and sum("words" in ran(output) for output in outputs) == 1
