"""YAML files in, one typed dataclass out. See load.py; recipe.py is the schema of recipes/conf/*.yaml."""

from tts.config.load import Resolved, from_mapping, load_config, resolve, save_config

__all__ = ["Resolved", "from_mapping", "load_config", "resolve", "save_config"]
