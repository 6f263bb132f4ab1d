import pytest

from tests.helpers.voice import voice_folder


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory):
    return voice_folder(tmp_path_factory.mktemp("voice") / "model")


@pytest.fixture(scope="session")
def styled_folder(tmp_path_factory):
    return voice_folder(tmp_path_factory.mktemp("styled") / "model", system="lcpvae")


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty place for installed voices."""
    monkeypatch.setenv("TTS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def released(tmp_path, monkeypatch, home):
    """An empty place for voices that come with the package; none is installed."""
    monkeypatch.setenv("TTS_RELEASED", str(tmp_path / "package"))
    return tmp_path / "package" / "voices"
