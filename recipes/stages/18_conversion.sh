#!/usr/bin/env bash
# Train, for every pair, what predicts F0 and what converts, each on both speakers and then on the target alone; and, to compare with, a plain CopyCat,
# which is told no F0: its latents are to carry the source's, so their encoder hears it.
# reads:    data/alignment/manifest.jsonl data/features/index.jsonl data/features/fingerprint.json data/text/phones.json $f0_model
# writes:   exp/$name/f0_model/ exp/$name/conversion/ exp/$name/conversion_without_f0/ exp/$name/config.yaml
# settings: pairs
# config:   system features model copycat training fine_tuning
# runs by:  train_cmd
# once made: keep
set -euo pipefail

train() {
    tts train --manifest data/alignment/manifest.jsonl --features data/features --phones data/text/phones.json --processes "$processes" "$@"
}
for pair in $pairs; do
    target=${pair%%:*} supporter=${pair##*:}
    for kind in f0_model conversion conversion_without_f0; do
        case $kind in
            f0_model) options="--config $f0_model" ;;
            conversion) options=$configuration ;;
            *) options="$configuration --set model.f0_layers=0 --set copycat.encoder_f0=true" ;;
        esac
        folder=exp/$name/$kind/$target
        # shellcheck disable=SC2086
        train --speakers "$target" "$supporter" --folder "$folder/both" $options
        # shellcheck disable=SC2086
        train --part fine-tuning --start "$folder/both" --speakers "$target" --folder "$folder/tuned" $options
    done
done
cp "exp/$name/conversion/$target/both/config.yaml" "exp/$name/config.yaml"
echo "conversion models of $pairs"
