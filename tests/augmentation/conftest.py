"""What the recipe leaves, made once."""

from tests.helpers.augmentation import augmented  # noqa: F401
