import pytest

from tts.errors import UserError
from tts.text.languages import canonical, get_language


@pytest.mark.parametrize("code, expected", [("en-US", "en-us"), ("en_GB", "en-gb"), ("en", "en-us"), ("nl-BE", "nl"), ("fr-FR",
    "fr"), ("es-ES", "es"),
                                            ("de-DE", "de"), ("pl", "pl"), ("pl-PL", "pl"), ("ko-KR", "ko"), ("ja", "ja"), ("it",
                                                "it"), ("zh", "cmn")])
def test_codes_that_people_write(code, expected):
    assert canonical(code) == expected


def test_unknown_code_names_the_nearest():
    with pytest.raises(UserError, match="'dee'.*nearest: .*de"):
        canonical("dee")


def test_relatives_share_their_wording():
    assert (get_language("fr-be").wording, get_language("fr-be").numbers) == ("fr", "fr_BE")
