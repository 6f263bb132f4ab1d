#!/usr/bin/env bash
# Write the page to listen to: recording, copy-synthesis and synthesis side by side, and transfers and edited words where the system has them, with
# spectrograms, F0 curves and the results.
# reads:    data/alignment/manifest.jsonl exp/$name/RESULTS.md exp/$name/evaluation/ exp/$name/wav/test/
# if there: exp/$name/wav/transfer/ exp/$name/wav/own/ exp/$name/wav/edited/ exp/$name/claims/
# writes:   exp/$name/page.html
# runs by:  cpu_cmd
set -euo pipefail

tts page --model "exp/$name"
