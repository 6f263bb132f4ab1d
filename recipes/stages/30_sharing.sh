#!/usr/bin/env bash
# Check what it costs the studio to share: the claims of CopyCat2 and of LCPVAE, on it and on the two, each trained alone on the same recordings
# (exp/copycat2, exp/lcpvae), where they are trained.
# reads:    data/alignment/manifest.jsonl data/features/index.jsonl exp/$name/model.safetensors
# if there: exp/copycat2/model.safetensors exp/lcpvae/model.safetensors exp/recogniser/model.safetensors
# writes:   exp/$name/sharing/
# runs by:  cpu_cmd
set -euo pipefail

others=()
for system in copycat2 lcpvae; do
    [ ! -f "exp/$system/model.safetensors" ] || others+=(--baseline "exp/$system")
done
mkdir -p "exp/$name/sharing"
if [ ${#others[@]} -eq 0 ]; then
    echo "neither exp/copycat2 nor exp/lcpvae is trained, so there is nothing to compare with; the head of run.sh says how they are"
else
    tts evaluate claims --system sharing --model "exp/$name" "${others[@]}" --output "exp/$name/sharing/claims" --jobs "$jobs"
fi
