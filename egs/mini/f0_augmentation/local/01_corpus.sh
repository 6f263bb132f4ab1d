#!/usr/bin/env bash
# Let espeak-ng speak a corpus with the cast of conf/cast.yaml: targets with a little expressive speech, supporters with much neutral speech.
# reads:    $cast
# writes:   data/corpus/
# settings: seed
# runs by:  cpu_cmd
set -euo pipefail

tts corpus generate data/corpus --cast "$cast" --seed "$seed" --jobs "$jobs"
tts corpus validate data/corpus/manifest.jsonl --jobs "$jobs"
