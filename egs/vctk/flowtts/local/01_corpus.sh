#!/usr/bin/env bash
# Read the recordings, mend what can be mended, drop what cannot be used (each by name), set dev, test and some speakers apart, check the result.
# writes:   data/imported/manifest.jsonl data/corpus/
# settings: reader corpus import_options dev test unseen_speakers seed
# runs by:  cpu_cmd
set -euo pipefail

bash "$root/recipes/stages/01_corpus.sh"
