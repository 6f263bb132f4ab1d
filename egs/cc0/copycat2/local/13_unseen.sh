#!/usr/bin/env bash
# The same claims for people whom the model never heard: their recordings as sources, our voices of their language as targets. Without --unseen
# these are the German actors of EmoDB beside the checkout (anger, happiness, neutral, sadness).
# reads:    data/text/phones.json exp/aligner/model.safetensors exp/$name/model.safetensors
# if there: exp/$name/prosody/card.json
# writes:   exp/$name/unseen/
# settings: unseen
# runs by:  cpu_cmd
set -euo pipefail

if [ -z "$unseen" ]; then
    unseen=$(python -c 'from tts.paths import real_speech; print(real_speech() or "")')/real-speech/emodb-de
    if [ ! -d "$unseen" ]; then
        echo "unseen: no recordings found; name folders with audio and a manifest.tsv: ./run.sh --unseen 'folder1 folder2'" >&2
        exit 1
    fi
fi
work=exp/$name/unseen
# shellcheck disable=SC2086  # several folders
tts corpus import tsv $unseen --output "$work/corpus" --jobs "$jobs"
tts corpus split "$work/corpus/manifest.jsonl" --dev 0 --test 64 --seed 0
tts text --manifest "$work/corpus/manifest.jsonl" --output "$work/text/manifest.jsonl" --inventory "$work/text/phones.json"
tts align "$work/text/manifest.jsonl" "$work/alignment/manifest.jsonl" --audio-root "$work/corpus" --phones data/text/phones.json \
    --folder exp/aligner --jobs "$jobs"
tts features "$work/alignment/manifest.jsonl" "$work/features" --audio-root "$work/corpus" --jobs "$jobs"
tts evaluate claims --system copycat2 --model "exp/$name" --manifest "$work/alignment/manifest.jsonl" --audio-root "$work/corpus" \
    --features "$work/features" --output "$work/claims" --jobs "$jobs"
