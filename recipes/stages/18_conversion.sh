#!/usr/bin/env bash
# Train the conversion model of every pair on both speakers, then on the target alone; and, to compare with, one that hears no F0.
# reads:    data/alignment/manifest.jsonl data/features/index.jsonl data/features/fingerprint.json data/text/phones.json
# writes:   exp/$name/conversion/ exp/$name/conversion_without_f0/ exp/$name/config.yaml
# settings: pairs
# config:   system features model copycat training fine_tuning
# runs by:  train_cmd
# once made: keep
set -euo pipefail

train() {
    # shellcheck disable=SC2086
    tts train --manifest data/alignment/manifest.jsonl --features data/features --phones data/text/phones.json --processes "$processes" $configuration "$@"
}
for pair in $pairs; do
    target=${pair%%:*} supporter=${pair##*:}
    for kind in conversion conversion_without_f0; do
        without=() folder=exp/$name/$kind/$target
        [ $kind = conversion ] || without=(--set model.f0_layers=0)
        train --speakers "$target" "$supporter" --folder "$folder/both" "${without[@]}"
        train --part fine-tuning --start "$folder/both" --speakers "$target" --folder "$folder/tuned" "${without[@]}"
    done
done
cp "exp/$name/conversion/$target/both/config.yaml" "exp/$name/config.yaml"
echo "conversion models of $pairs"
