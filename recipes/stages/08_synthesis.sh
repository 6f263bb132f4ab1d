#!/usr/bin/env bash
# Speak the test sentences with the trained voices.
# reads:    data/text/manifest.jsonl exp/$name/model.safetensors exp/$name/config.yaml
# if there: exp/$name/prosody/
# writes:   exp/$name/wav/test/
# runs by:  cpu_cmd
set -euo pipefail

tts say --manifest data/text/manifest.jsonl --split test --model "exp/$name" --output "exp/$name/wav/test"
