import copy

import numpy as np
import pytest
import yaml

from tests.mushra.sounds import quick_test
from tts.errors import UserError
from tts.features.audio import save_audio
from tts.mushra.webmushra import check_configuration, require_valid


@pytest.fixture(scope="module")
def test_folder(tmp_path_factory):
    return quick_test(tmp_path_factory.mktemp("web")).test


@pytest.fixture
def configuration(test_folder):
    return yaml.safe_load((test_folder.folder / "webmushra.yaml").read_text())


def check(configuration, test_folder):
    return check_configuration(configuration, lambda path: test_folder.folder / path.removeprefix("configs/tests/test/"))


def mushra_page(configuration) -> dict:
    return next(page[1] for page in configuration["pages"] if isinstance(page, list))


def test_what_prepare_writes_passes(configuration, test_folder):
    assert check(configuration, test_folder) == []
    kinds = [page if isinstance(page, str) else page["type"] for page in configuration["pages"] if not isinstance(page, list)]
    shuffled = next(page for page in configuration["pages"] if isinstance(page, list))
    assert kinds == ["generic", "volume", "mushra", "finish"] and shuffled[0] == "random" and len(shuffled) == 4
    page = mushra_page(configuration)
    letters = test_folder.key["items"][page["id"]]["letters"]
    assert {letters[letter] for letter in page["stimuli"]} == {
        "ours",
        "theirs",
        "anchor35",
    }  # the hidden reference is webMUSHRA's to add
    assert not page["createAnchor35"] and page["reference"].startswith("configs/tests/test/stimuli/")
    assert "Sentence &lt;" in page["content"]


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda c: c.update(bufferSize=1000), "bufferSize is 1000"),
        (lambda c: c.pop("testId"), "testId is missing"),
        (lambda c: c["pages"].pop(), "last page must be of type finish"),
        (lambda c: c["pages"][0].update(type="welcome"), "no known type: 'welcome'"),
        (lambda c: mushra_page(c).pop("reference"), "reference is missing"),
        (lambda c: mushra_page(c).update(id="t01"), "two pages have the id t01"),
        (lambda c: mushra_page(c)["stimuli"].update(anchor35=mushra_page(c)["reference"]), "named anchor35"),
        (
            lambda c: mushra_page(c)["stimuli"].update({f"x{n}": mushra_page(c)["reference"] for n in range(9)}),
            "13 signals; at most 12",
        ),
        (lambda c: mushra_page(c)["stimuli"].update(x="configs/tests/test/none.wav"), "none.wav"),
    ],
)
def test_what_webmushra_would_refuse(configuration, test_folder, change, said):
    change(configuration)
    problems = check(configuration, test_folder)
    assert len(problems) == 1 and said in problems[0]


@pytest.mark.parametrize(
    "seconds, rate, said",
    [(0.5, 48000, "samples, the reference"), (None, 24000, "24000 Hz, the reference 48000"), (12.5, 48000, "12.50 s long")],
)
def test_sounds_that_do_not_fit(configuration, test_folder, tmp_path, seconds, rate, said):
    page = copy.deepcopy(mushra_page(configuration))
    save_audio(tmp_path / "odd.wav", np.zeros(round((seconds or 0.7) * rate)), rate)
    page["stimuli"]["odd"] = "odd.wav"

    def find(path):
        return tmp_path / path if path == "odd.wav" else test_folder.folder / path.removeprefix("configs/tests/test/")

    configuration["pages"] = [page, configuration["pages"][-1]]
    assert any(said in problem for problem in check_configuration(configuration, find))
    page["strict"] = False
    assert any("samples, the reference" in problem or "Hz" in problem for problem in check_configuration(configuration, find))


def test_all_problems_in_one_sentence(configuration, tmp_path):
    configuration["bufferSize"] = 3
    (tmp_path / "webmushra.yaml").write_text(yaml.safe_dump(configuration))
    with pytest.raises(UserError, match="bufferSize is 3.*B"):
        require_valid(tmp_path / "webmushra.yaml")
