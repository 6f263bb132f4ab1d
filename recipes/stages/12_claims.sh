#!/usr/bin/env bash
# Check what the paper claims: does prosody transfer, does the voice stay, does the text predict it? Frame-level CopyCat (exp/copycat) and the
# base system (exp/base) are compared with where they are trained.
# reads:    data/alignment/manifest.jsonl data/features/index.jsonl exp/$name/model.safetensors exp/$name/prosody/
# if there: exp/copycat/model.safetensors exp/base/model.safetensors
# writes:   exp/$name/claims/
# runs by:  cpu_cmd
set -euo pipefail

others=()
[ ! -f exp/copycat/model.safetensors ] || others+=(--baseline exp/copycat)
[ ! -f exp/base/model.safetensors ] || others+=(--base exp/base)
tts evaluate claims --system copycat2 --model "exp/$name" "${others[@]}" --output "exp/$name/claims" --jobs "$jobs"
