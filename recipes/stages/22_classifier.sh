#!/usr/bin/env bash
# Train the classifier of styles that the style loss asks, on recordings of all languages.
# reads:    data/alignment/manifest.jsonl data/features/index.jsonl data/features/fingerprint.json data/text/phones.json
# writes:   exp/style_classifier/
# config:   features style_classifier style_training
# runs by:  train_cmd
set -euo pipefail

# shellcheck disable=SC2086
tts train --part style-classifier --manifest data/alignment/manifest.jsonl --features data/features --phones data/text/phones.json \
    --folder exp/style_classifier $configuration
