import pytest

from tests.studio.voice import record, singing


@pytest.fixture(scope="package")
def synthesizer(tmp_path_factory):
    return singing(tmp_path_factory.mktemp("singing") / "model")


@pytest.fixture(scope="package")
def manifest(synthesizer, tmp_path_factory):
    return record(synthesizer, tmp_path_factory.mktemp("recorded"))
