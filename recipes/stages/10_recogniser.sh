#!/usr/bin/env bash
# Train a recogniser of phones, to judge with, on a part of the corpus (split "recogniser") that the voices never see.
# reads:    data/alignment/manifest.jsonl data/text/phones.json
# writes:   exp/recogniser/
# config:   recogniser
# runs by:  train_cmd
set -euo pipefail

# shellcheck disable=SC2086
tts align recogniser data/alignment/manifest.jsonl --audio-root data/corpus --phones data/text/phones.json \
    --folder exp/recogniser $configuration
