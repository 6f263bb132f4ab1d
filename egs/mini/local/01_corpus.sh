#!/usr/bin/env bash
# Let espeak-ng speak the mini corpus: several speakers, four languages, styles, known prosody, exact word and phone times.
# writes:   data/corpus/
# settings: speakers per_speaker seed
# runs by:  cpu_cmd
set -euo pipefail

# shellcheck disable=SC2086
tts corpus generate data/corpus --speakers $speakers --utterances-per-speaker "$per_speaker" --seed "$seed" --jobs "$jobs"
tts corpus validate data/corpus/manifest.jsonl --jobs "$jobs"
