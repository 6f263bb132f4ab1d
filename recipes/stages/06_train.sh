#!/usr/bin/env bash
# Train the voices. An interrupted training continues from its last checkpoint.
# reads:    data/alignment/manifest.jsonl data/features/index.jsonl data/features/fingerprint.json data/text/phones.json
#           exp/aligner/model.safetensors
# if there: exp/style_classifier/model.safetensors data/speakers/vectors.safetensors data/speakers/speakers.json
# writes:   exp/$name/model.safetensors exp/$name/config.yaml exp/$name/card.json exp/$name/phones.json exp/$name/names.json
#           exp/$name/speakers.json exp/$name/fingerprint.json exp/$name/aligner/ exp/$name/metrics.jsonl exp/$name/checkpoints/
#           exp/$name/tensorboard/
# config:   system features model copycat2 copycat lcpvae flowtts studio training
# runs by:  train_cmd
# once made: keep
set -euo pipefail

more=()
[ ! -f exp/style_classifier/model.safetensors ] || more+=(--style-classifier exp/style_classifier)
[ ! -f data/speakers/vectors.safetensors ] || more+=(--speaker-vectors data/speakers)
# shellcheck disable=SC2086
tts train --manifest data/alignment/manifest.jsonl --features data/features --phones data/text/phones.json \
    --aligner exp/aligner "${more[@]}" --folder "exp/$name" --processes "$processes" $configuration
