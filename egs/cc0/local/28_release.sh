#!/usr/bin/env bash
# Write what is to be handed on, voices and vocoder as 16-bit weights with model cards, below the folder --release: voices/cc0/ and vocoder/. Then
# measure it on the test sentences, beside copies and recordings; the voices' card quotes that.
# reads:    data/text/manifest.jsonl data/alignment/manifest.jsonl exp/$name/model.safetensors $vocoder/vocoder.safetensors
# if there: exp/$name/prosody/
# writes:   exp/$name/release/
# settings: release vocoder
# runs by:  cpu_cmd
set -euo pipefail

voices=$release/voices/$(basename "$(dirname "$PWD")")
work=exp/$name/release
tts export "$vocoder" --output "$release/vocoder"
tts export "exp/$name" --output "$voices"
tts say --manifest data/text/manifest.jsonl --split test --model "$voices" --vocoder "$release/vocoder" --output "$work/wav/test"
tts evaluate recipe --model "$voices" --vocoder "$release/vocoder" --spoken "$work/wav/test" --output "$work/evaluation" --jobs "$jobs"
tts export "exp/$name" --output "$voices" --figures "$work/evaluation/results.json"
