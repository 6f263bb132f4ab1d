"""A copy of the project to run things in."""

from tests.helpers.augmentation import augmented  # noqa: F401
from tests.helpers.project import demo, project  # noqa: F401
