#!/usr/bin/env bash
# Read the recordings, mend what can be mended, drop what cannot be used (each by name), set dev and test apart, check the result.
# writes:   data/imported/manifest.jsonl data/corpus/
# settings: reader corpus import_options dev test seed
# runs by:  cpu_cmd
set -euo pipefail

# shellcheck disable=SC2086  # several folders, several options
tts corpus import "$reader" $corpus $import_options --output data/imported --jobs "$jobs"
tts corpus fix data/imported/manifest.jsonl --output data/corpus --jobs "$jobs"
tts corpus split data/corpus/manifest.jsonl --dev "$dev" --test "$test" ${unseen_speakers:+--unseen "$unseen_speakers"} --seed "$seed"
tts corpus info data/corpus/manifest.jsonl
tts corpus validate data/corpus/manifest.jsonl --jobs "$jobs"
