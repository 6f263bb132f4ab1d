#!/usr/bin/env bash
# Say some test sentences in every style, in voices that never spoke their language.
# reads:    data/text/manifest.jsonl exp/$name/model.safetensors exp/$name/config.yaml
# writes:   exp/$name/wav/styles/
# runs by:  cpu_cmd
set -euo pipefail

tts say --manifest data/text/manifest.jsonl --split test --foreign 8 --model "exp/$name" --output "exp/$name/wav/styles"
