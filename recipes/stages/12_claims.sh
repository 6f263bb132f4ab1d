#!/usr/bin/env bash
# Check what the paper claims: does prosody transfer, does the voice stay, does the text predict it? Frame-level CopyCats (exp/copycat,
# exp/copycat_wide) and the base system (exp/base) are compared with where they are trained; where there are models of further training seeds (exp/${name}_1,
# exp/${name}_2), claims are about the mean of all.
# reads:    data/alignment/manifest.jsonl data/features/index.jsonl exp/$name/model.safetensors exp/$name/prosody/
# if there: exp/copycat/model.safetensors exp/copycat_wide/model.safetensors exp/base/model.safetensors
#           exp/${name}_1/model.safetensors exp/${name}_2/model.safetensors
# writes:   exp/$name/claims/
# runs by:  cpu_cmd
set -euo pipefail

models=() others=()
for seed in "" _1 _2; do
    [ ! -f "exp/$name$seed/model.safetensors" ] || models+=(--model "exp/$name$seed")
done
for baseline in copycat copycat_wide; do
    [ ! -f "exp/$baseline/model.safetensors" ] || others+=(--baseline "exp/$baseline")
done
[ ! -f exp/base/model.safetensors ] || others+=(--base exp/base)
tts evaluate claims --system copycat2 "${models[@]}" "${others[@]}" --output "exp/$name/claims" --jobs "$jobs"
