#!/usr/bin/env bash
# Let espeak-ng speak a corpus in five styles: who speaks which language, and which styles how often, is in conf/cast.yaml.
# reads:    $cast
# writes:   data/corpus/
# settings: seed
# runs by:  cpu_cmd
set -euo pipefail

tts corpus generate data/corpus --cast "$cast" --seed "$seed" --jobs "$jobs"
tts corpus validate data/corpus/manifest.jsonl --jobs "$jobs"
