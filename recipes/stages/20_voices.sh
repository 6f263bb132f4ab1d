#!/usr/bin/env bash
# Train the voice of every target on its own recordings and what was made for it with predicted F0, then on the recordings alone; and, to compare
# with, on what was made with detailed F0 and without F0, and on the recordings alone in both parts.
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
    for f0 in alone none predicted detailed; do  # all for as many steps, whatever they have to learn from
        made=exp/$name/augmented/$target/$f0 corpora=("${real[@]}")
        [ $f0 = alone ] || corpora=(--speakers "$target" --manifest data/alignment/manifest.jsonl "$made/manifest.jsonl" --features data/features "$made/features")
        train "${corpora[@]}" --folder "exp/$name/voices/$target/$f0.both"
        train --part fine-tuning --start "exp/$name/voices/$target/$f0.both" "${real[@]}" --folder "exp/$name/voices/$target/$f0"
    done
done
