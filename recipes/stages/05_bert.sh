#!/usr/bin/env bash
# Pre-train a small BERT on the corpus's own training texts, or check the one that bert.model names. bert.json says which it is.
# reads:    data/text/manifest.jsonl
# writes:   exp/bert/
# config:   bert
# runs by:  train_cmd
# once made: keep
set -euo pipefail

# shellcheck disable=SC2086
tts bert train data/text/manifest.jsonl --folder exp/bert $configuration
