#!/usr/bin/env bash
# Train a small aligner on the corpus itself, then find the frames of every phone with it.
# reads:    data/text/manifest.jsonl data/text/phones.json
# writes:   data/alignment/manifest.jsonl exp/aligner/
# config:   features.sample_rate features.hop_samples features.window_samples aligner
# runs by:  train_cmd
set -euo pipefail

# shellcheck disable=SC2086
tts align data/text/manifest.jsonl data/alignment/manifest.jsonl --audio-root data/corpus --phones data/text/phones.json \
    --folder exp/aligner --jobs "$jobs" $configuration
