#!/usr/bin/env bash
# Train the voice of every target on its own recordings and what was made for it with detailed F0, then on the recordings alone; and, to compare with, on what was
# made with predicted F0 as it is and without F0, and on the recordings alone from the start.
# reads:    data/alignment/manifest.jsonl data/features/index.jsonl data/text/phones.json exp/$name/augmented/ exp/aligner/model.safetensors $voice
# writes:   exp/$name/voices/
# settings: pairs
# runs by:  train_cmd
# once made: keep
set -euo pipefail

train() {
    tts train --phones data/text/phones.json --aligner exp/aligner --processes "$processes" --config "$voice" "$@"
}
for pair in $pairs; do
    target=${pair%%:*}
    real=(--speakers "$target" --manifest data/alignment/manifest.jsonl --features data/features)
    train "${real[@]}" --folder "exp/$name/voices/$target/alone"
    for f0 in none predicted detailed; do
        made=exp/$name/augmented/$target/$f0
        train --speakers "$target" --manifest data/alignment/manifest.jsonl "$made/manifest.jsonl" --features data/features "$made/features" \
            --folder "exp/$name/voices/$target/$f0.both"
        train --part fine-tuning --start "exp/$name/voices/$target/$f0.both" "${real[@]}" --folder "exp/$name/voices/$target/$f0"
    done
done
