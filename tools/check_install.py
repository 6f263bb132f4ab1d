"""Check the installation part by part; the same as `tts doctor`, for the moment when it is not sure that `tts` itself works."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tts.cli import main  # noqa: E402

sys.exit(main(["doctor", *sys.argv[1:]]))
