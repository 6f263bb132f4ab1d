#!/usr/bin/env bash
# Judge what was spoken, beside copy-synthesis and recordings: are the words understood, is the melody right?
# reads:    data/alignment/manifest.jsonl data/text/phones.json exp/$name/config.yaml exp/$name/wav/test/
# writes:   exp/$name/evaluation/
# runs by:  cpu_cmd
set -euo pipefail

tts evaluate recipe --model "exp/$name" --jobs "$jobs"
