#!/usr/bin/env bash
# Say the test sentences as their recordings say them, in another voice; and some of them in their own voice, as they are and with one word edited.
# reads:    data/alignment/manifest.jsonl exp/$name/model.safetensors exp/$name/config.yaml
# writes:   exp/$name/wav/transfer/ exp/$name/wav/own/ exp/$name/wav/edited/
# runs by:  cpu_cmd
set -euo pipefail

transfer() {
    tts transfer --manifest data/alignment/manifest.jsonl --audio-root data/corpus --split test --model "exp/$name" "$@"
}
transfer --voices own --limit 8 --output "exp/$name/wav/own"
transfer --voices own --limit 8 --edit "longest: semitones=4 stretch=1.4" --output "exp/$name/wav/edited"
transfer --voices next --output "exp/$name/wav/transfer"
