import numpy as np
import pytest

from tts.evaluation.claims.likeness import closest, nearest_other

VOICES = {
    name: np.array(v) / np.linalg.norm(v)
    for name, v in {"ada": [1.0, 0.1, 0], "cleo": [1.0, 0.5, 0], "ben": [1.0, 0.0, 0.05], "dan": [0, 0, 1.0]}.items()
}


@pytest.mark.parametrize(
    "genders, nearest", [({}, "ben"), ({"ada": "f", "cleo": "f", "ben": "m", "dan": "m"}, "cleo"), ({"ada": "f"}, None)]
)
def test_nearest_other_is_of_the_gender_if_that_is_known(genders, nearest):
    assert nearest_other("ada", VOICES, genders) == nearest


def test_closest():
    assert closest(np.array([0.1, 0, 0.9]), VOICES) == "dan"
