"""YAML files in, one typed dataclass out. See load.py; recipe.py is the schema of recipes/conf/*.yaml."""

from tts.config.load import Resolved, load_config, resolve, save_config

__all__ = ["Resolved", "load_config", "resolve", "save_config"]
