from tests.evaluation.conftest import evaluated  # noqa: F401 - the fixture, for this folder too
