#!/usr/bin/env bash
# Check that controls do together what they do alone: a recording's words, a style, a contour of F0, a voice, a voice that nobody has, another
# language.
# reads:    data/alignment/manifest.jsonl data/features/index.jsonl exp/$name/model.safetensors
# if there: exp/recogniser/model.safetensors
# writes:   exp/$name/claims/
# runs by:  cpu_cmd
set -euo pipefail

tts evaluate claims --system studio --model "exp/$name" --output "exp/$name/claims" --jobs "$jobs"
