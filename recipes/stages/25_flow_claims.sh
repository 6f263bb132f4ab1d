#!/usr/bin/env bash
# Check what the papers of the flow claim: nothing lost, every condition worth its while, conversion, new voices, speed. The variants that are told less
# (exp/nothing, exp/phones, exp/speaker, exp/accent, exp/f0) are compared with where they are trained.
# reads:    data/alignment/manifest.jsonl data/features/index.jsonl exp/$name/model.safetensors exp/$name/speakers.json
# if there: exp/nothing/model.safetensors exp/phones/model.safetensors exp/speaker/model.safetensors exp/accent/model.safetensors
#           exp/f0/model.safetensors exp/recogniser/model.safetensors
# writes:   exp/$name/claims/
# runs by:  cpu_cmd
set -euo pipefail

others=()
for variant in nothing phones speaker accent f0; do
    [ ! -f "exp/$variant/model.safetensors" ] || others+=(--baseline "exp/$variant")
done
[ ! -f exp/copycat/model.safetensors ] || others+=(--base exp/copycat)
tts evaluate claims --system flowtts --model "exp/$name" "${others[@]}" --output "exp/$name/claims" --jobs "$jobs"
