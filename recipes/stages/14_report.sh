#!/usr/bin/env bash
# Gather what was measured: a page to read and to listen to (recording, copy-synthesis and synthesis side by side, transfers and edited words where
# the system has them, spectrograms, F0 curves, results, claims, listening tests, model card), and the same numbers as RESULTS.md.
# reads:    data/alignment/manifest.jsonl exp/$name/evaluation/ exp/$name/wav/test/
# if there: exp/$name/wav/transfer/ exp/$name/wav/own/ exp/$name/wav/edited/ exp/$name/wav/styles/ exp/$name/claims/ exp/$name/unseen/claims/
#           exp/$name/sharing/claims/ exp/$name/listening/ exp/$name/release/evaluation/ conf/about.yaml
# writes:   exp/$name/page.html exp/$name/RESULTS.md
# runs by:  cpu_cmd
set -euo pipefail

tts report "exp/$name"
