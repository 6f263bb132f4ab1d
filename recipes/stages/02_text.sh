#!/usr/bin/env bash
# Turn texts into words and the phones of each word, and keep the inventory of phones.
# reads:    data/corpus/manifest.jsonl
# writes:   data/text/manifest.jsonl data/text/phones.json
# runs by:  cpu_cmd
set -euo pipefail

tts text --manifest data/corpus/manifest.jsonl --output data/text/manifest.jsonl --inventory data/text/phones.json
