#!/usr/bin/env bash
# Measure mels, F0, voicing, energy and speaker vectors, frame by frame.
# reads:    data/alignment/manifest.jsonl
# writes:   data/features/
# config:   features
# runs by:  cpu_cmd
# once made: update
set -euo pipefail

# shellcheck disable=SC2086
tts features data/alignment/manifest.jsonl data/features --audio-root data/corpus --jobs "$jobs" $configuration
