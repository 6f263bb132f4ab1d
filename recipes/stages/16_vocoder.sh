#!/usr/bin/env bash
# Train the vocoder. An interrupted training continues from its last checkpoint. With --start FOLDER it goes on from a trained one, and with
# --mels FOLDER it learns from mels that a model predicted for the recordings.
# reads:    data/corpus/manifest.jsonl data/features/index.jsonl data/features/fingerprint.json
# writes:   exp/$name/vocoder.safetensors exp/$name/config.yaml exp/$name/card.json exp/$name/fingerprint.json exp/$name/model.safetensors
#           exp/$name/metrics.jsonl exp/$name/checkpoints/ exp/$name/tensorboard/
# settings: start mels
# config:   features vocoder vocoder_training
# runs by:  train_cmd
# once made: keep
set -euo pipefail

# shellcheck disable=SC2086
tts train --part vocoder --manifest data/corpus/manifest.jsonl --features data/features --folder "exp/$name" --processes "$processes" \
    ${start:+--start "$start"} ${mels:+--mels "$mels"} $configuration
