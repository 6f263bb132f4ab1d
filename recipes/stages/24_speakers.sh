#!/usr/bin/env bash
# Train an encoder of who speaks on the corpus, and measure with it the vector that each speaker is known by.
# reads:    data/alignment/manifest.jsonl data/features/index.jsonl data/features/fingerprint.json
# writes:   exp/speaker_encoder/ data/speakers/
# config:   speaker_encoder speaker_training
# runs by:  train_cmd
set -euo pipefail

# shellcheck disable=SC2086
tts speakers train --manifest data/alignment/manifest.jsonl --features data/features --folder exp/speaker_encoder $configuration
tts speakers vectors exp/speaker_encoder --manifest data/alignment/manifest.jsonl --features data/features --output data/speakers
