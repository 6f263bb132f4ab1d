"""A copy of the project to run things in."""

from tests.helpers.project import demo, project  # noqa: F401
