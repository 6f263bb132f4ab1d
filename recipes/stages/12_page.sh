#!/usr/bin/env bash
# Write the page to listen to: recording, copy-synthesis and synthesis side by side, with spectrograms, F0 curves and the results.
# reads:    data/alignment/manifest.jsonl exp/$name/RESULTS.md exp/$name/evaluation/ exp/$name/wav/test/
# writes:   exp/$name/page.html
# runs by:  cpu_cmd
set -euo pipefail

tts page --model "exp/$name"
