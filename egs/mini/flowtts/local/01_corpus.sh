#!/usr/bin/env bash
# Let espeak-ng speak the mini corpus of many speakers: sixty of four Englishes, and eight whom nothing is trained on.
# writes:   data/corpus/
# settings: cast seed
# runs by:  cpu_cmd
set -euo pipefail

tts corpus generate data/corpus --cast "$cast" --seed "$seed" --jobs "$jobs"
tts corpus validate data/corpus/manifest.jsonl --jobs "$jobs"
