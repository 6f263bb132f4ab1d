#!/usr/bin/env bash
# See what it costs the studio to share: train systems that it is made of alone, on the same recordings, and check their claims on them and on it.
# reads:    data/alignment/manifest.jsonl data/features/index.jsonl exp/$name/model.safetensors exp/bert/ $alone
# if there: exp/recogniser/model.safetensors
# writes:   exp/$name/sharing/
# settings: alone
# runs by:  train_cmd
# once made: keep
set -euo pipefail

others=()
for config in $alone; do
    system=$(basename "$config")
    system=${system%%.*}
    folder=exp/$name/sharing/$system
    corpus=(--manifest data/alignment/manifest.jsonl --features data/features --phones data/text/phones.json --config "$config")
    tts train "${corpus[@]}" --aligner exp/aligner --speaker-vectors data/speakers --folder "$folder" --processes "$processes"
    [ "$system" != copycat2 ] || tts train --part prosody "${corpus[@]}" --folder "$folder" --bert exp/bert
    others+=(--baseline "$folder")
done
tts evaluate claims --system sharing --model "exp/$name" "${others[@]}" --output "exp/$name/sharing/claims" --jobs "$jobs"
