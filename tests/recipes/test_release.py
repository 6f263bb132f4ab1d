"""egs/cc0's stage that hands voices and a vocoder on: both lie where they were asked for, measured, and RESULTS.md and the card tell it."""

import shutil

from tests.evaluation.conftest import evaluated  # noqa: F401
from tests.export.test_release import CARD
from tests.helpers.project import ran, run
from tests.vocoder.test_folder import saved
from tts.models.load import load_model
from tts.vocoder.folder import load_generator


def test_voices_are_released_and_measured(project, evaluated):  # noqa: F811
    recipe = project / "egs/cc0/base"
    shutil.copytree(evaluated.root / "data", recipe / "data")
    shutil.copytree(evaluated.model, recipe / "exp/base")
    (recipe / "data/text").mkdir()
    shutil.copy(evaluated.root / "data/alignment/manifest.jsonl", recipe / "data/text/manifest.jsonl")
    saved(project / "egs/cc0/vocoder/exp/vocoder", card=CARD)
    said = run([recipe / "run.sh", "--release", "../../../out", "--stage", "release", "--jobs", "1"], project)
    assert ran(said) == ["release", "report"]
    load_generator(project / "out/vocoder")
    assert load_model(project / "out/voices/cc0").names.speakers == ("ada", "ben")
    card, results = (path.read_text() for path in (project / "out/voices/cc0/README.md", recipe / "exp/base/RESULTS.md"))
    assert "Rhasspy" in card and "## Results of cc0/base, cc0" in card and "### Synthesis, voice by voice" in card
    for text in (card, results):
        assert "tts evaluate recipe --model ../../../out/voices/cc0 --vocoder ../../../out/vocoder" in text and "Mel-cepstral distortion" in text
    assert "## As it is released" in results and results.index("# Results of small/base, try") < results.index("## As it is released")
    assert "Copies of people who were not heard" in (project / "out/vocoder/README.md").read_text()
    assert ran(run([recipe / "run.sh", "--release", "../../../out", "--stage", "release", "--jobs", "1"], project)) == []
