#!/usr/bin/env bash
# Convert everything that the supporters say into the targets' voices, with the F0 that the target would use, by itself and with the supporter's
# departures; and, to compare with, with the supporter's own and without any. What breaks a rule is rejected, by name.
# reads:    data/alignment/manifest.jsonl data/features/index.jsonl exp/$name/f0_model/ exp/$name/conversion/
#           exp/$name/conversion_without_f0/ exp/aligner/model.safetensors
# if there: exp/recogniser/model.safetensors
# writes:   exp/$name/augmented/
# settings: pairs
# config:   augmentation
# runs by:  cpu_cmd
# once made: keep
set -euo pipefail

judges=(--aligner exp/aligner)
[ ! -f exp/recogniser/model.safetensors ] || judges+=(--recogniser exp/recogniser)
for pair in $pairs; do
    target=${pair%%:*} supporter=${pair##*:}
    for f0 in predicted detailed original none; do
        model=conversion
        [ $f0 != none ] || model=conversion_without_f0
        # shellcheck disable=SC2086
        tts augment --model "exp/$name/$model/$target/tuned" --f0-model "exp/$name/f0_model/$target/tuned" \
            --manifest data/alignment/manifest.jsonl --features data/features --target "$target" --supporter "$supporter" --f0 $f0 --output "exp/$name/augmented/$target/$f0" \
            "${judges[@]}" --jobs "$jobs" $configuration
    done
done
