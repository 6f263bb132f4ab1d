#!/usr/bin/env bash
# Train the predictor of prosody from text, for the words' latents that the trained model finds in the recordings.
# reads:    data/alignment/manifest.jsonl data/features/index.jsonl exp/$name/model.safetensors exp/bert/
# writes:   exp/$name/prosody/
# config:   bert.model predictor predictor_training
# runs by:  train_cmd
# once made: keep
set -euo pipefail

# shellcheck disable=SC2086
tts train --part prosody --manifest data/alignment/manifest.jsonl --features data/features --phones data/text/phones.json \
    --folder "exp/$name" --bert exp/bert $configuration
