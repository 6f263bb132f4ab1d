#!/usr/bin/env bash
# Check what the paper claims: do styles lie together whatever the language, do voices speak them in a language that they never spoke, and is
# nothing lost for it? A plain VAE (exp/vae) and a model without style loss (exp/lcpvae_plain) are compared with where they are trained.
# reads:    data/alignment/manifest.jsonl data/features/index.jsonl exp/$name/model.safetensors
# if there: exp/recogniser/model.safetensors exp/vae/model.safetensors exp/lcpvae_plain/model.safetensors exp/style_classifier/model.safetensors
# writes:   exp/$name/claims/
# runs by:  cpu_cmd
set -euo pipefail

others=()
for baseline in vae lcpvae_plain; do
    [ ! -f "exp/$baseline/model.safetensors" ] || others+=(--baseline "exp/$baseline")
done
tts evaluate claims --system lcpvae --model "exp/$name" "${others[@]}" --output "exp/$name/claims" --jobs "$jobs"
