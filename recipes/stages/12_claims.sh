#!/usr/bin/env bash
# Check what the paper claims: does prosody transfer, does the voice stay, does the text predict it? Frame-level CopyCats (exp/copycat,
# exp/copycat_wide) and the base system (exp/base) are compared with where they are trained.
# reads:    data/alignment/manifest.jsonl data/features/index.jsonl exp/$name/model.safetensors exp/$name/prosody/
# if there: exp/copycat/model.safetensors exp/copycat_wide/model.safetensors exp/base/model.safetensors
# writes:   exp/$name/claims/
# runs by:  cpu_cmd
set -euo pipefail

others=()
for baseline in copycat copycat_wide; do
    [ ! -f "exp/$baseline/model.safetensors" ] || others+=(--baseline "exp/$baseline")
done
[ ! -f exp/base/model.safetensors ] || others+=(--base exp/base)
tts evaluate claims --system copycat2 --model "exp/$name" "${others[@]}" --output "exp/$name/claims" --jobs "$jobs"
