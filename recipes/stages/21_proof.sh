#!/usr/bin/env bash
# Check what the paper claims, over all pairs: does F0 follow what is asked, does what was made resemble the target, do the voices gain by it? The
# results are gathered in RESULTS.md.
# reads:    data/alignment/manifest.jsonl data/features/index.jsonl exp/$name/augmented/ exp/$name/voices/
# if there: exp/recogniser/model.safetensors
# writes:   exp/$name/claims/ exp/$name/RESULTS.md
# settings: pairs
# runs by:  cpu_cmd
set -euo pipefail

tts evaluate claims --system f0_augmentation --model "exp/$name" --output "exp/$name/claims" --jobs "$jobs"
tts report "exp/$name"
