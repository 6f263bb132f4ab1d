#!/usr/bin/env bash
# Copy the test recordings through their mels, with Griffin-Lim and with the vocoder, and measure how far both are from the recordings; and the
# copies of exp/free_phase, to compare with, where it has made some.
# reads:    data/corpus/manifest.jsonl data/features/index.jsonl exp/$name/vocoder.safetensors exp/$name/config.yaml
# if there: exp/free_phase/wav/vocoder/
# writes:   exp/$name/wav/vocoder/ exp/$name/wav/griffin_lim/ exp/$name/evaluation/copies.md exp/$name/evaluation/copies.json
# runs by:  cpu_cmd
set -euo pipefail

copy() {
    tts vocode --features data/features --manifest data/corpus/manifest.jsonl --split test "$@"
}
copy --vocoder griffin-lim --output "exp/$name/wav/griffin_lim"
copy --vocoder "exp/$name" --output "exp/$name/wav/vocoder"
others=()
[ "$name" = free_phase ] || [ ! -d exp/free_phase/wav/vocoder ] || others+=("free_phase=exp/free_phase/wav/vocoder")
tts evaluate all data/corpus/manifest.jsonl "griffin_lim=exp/$name/wav/griffin_lim" "vocoder=exp/$name/wav/vocoder" "${others[@]}" --manifest data/corpus/manifest.jsonl \
    --split test --alignment none --jobs "$jobs" --output "exp/$name/evaluation/copies.md" --output "exp/$name/evaluation/copies.json" \
    --config "exp/$name/config.yaml" --allow-missing
