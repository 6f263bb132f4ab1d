#!/usr/bin/env bash
# Measure mels, F0 and voicing of the recordings as they are: a vocoder needs neither texts nor alignments.
# reads:    data/corpus/manifest.jsonl
# writes:   data/features/
# config:   features
# runs by:  cpu_cmd
# once made: update
set -euo pipefail

# shellcheck disable=SC2086
tts features data/corpus/manifest.jsonl data/features --jobs "$jobs" $configuration
