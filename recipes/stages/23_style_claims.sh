#!/usr/bin/env bash
# Check what the paper claims: do styles lie together whatever the language, do voices speak them in a language that they never spoke, and is
# nothing lost for it? A plain VAE (exp/vae) and a model without style loss (exp/lcpvae_plain) are compared with where they are trained; where there are
# models of further training seeds (exp/${name}_1, exp/vae_1 and so on), claims are about the mean of all.
# reads:    data/alignment/manifest.jsonl data/features/index.jsonl exp/$name/model.safetensors
# if there: exp/recogniser/model.safetensors exp/vae/model.safetensors exp/lcpvae_plain/model.safetensors exp/style_classifier/model.safetensors
#           exp/${name}_1/model.safetensors exp/vae_1/model.safetensors exp/lcpvae_plain_1/model.safetensors
#           exp/${name}_2/model.safetensors exp/vae_2/model.safetensors exp/lcpvae_plain_2/model.safetensors
# writes:   exp/$name/claims/
# runs by:  cpu_cmd
set -euo pipefail

models=() others=()
for seed in "" _1 _2; do
    [ ! -f "exp/$name$seed/model.safetensors" ] || models+=(--model "exp/$name$seed")
    for baseline in "vae$seed" "lcpvae_plain$seed"; do
        [ ! -f "exp/$baseline/model.safetensors" ] || others+=(--baseline "exp/$baseline")
    done
done
tts evaluate claims --system lcpvae "${models[@]}" "${others[@]}" --output "exp/$name/claims" --jobs "$jobs"
