#!/usr/bin/env bash
# Read the emotional German speakers and the neutral one (or the folders given by --corpus), keep the speakers of the pairs, set dev and test apart, check.
# writes:   data/imported/manifest.jsonl data/corpus/
# settings: reader corpus import_options dev test seed
# runs by:  cpu_cmd
set -euo pipefail

if [ -z "$corpus" ]; then
    home=$(python -c 'from tts.paths import real_speech; print(real_speech() or "")')
    corpus="$home/real-speech/emodb-de $home/cc0-voices/kerstin"
    if [ ! -d "$home/real-speech/emodb-de" ] || [ ! -d "$home/cc0-voices/kerstin" ]; then
        echo "cc0: no recordings found (no folders real-speech/emodb-de and cc0-voices/kerstin in \$TTS_REAL_SPEECH or in shared/data beside the" \
             "checkout); name folders with audio and a manifest.tsv: ./run.sh --corpus 'folder1 folder2'" >&2
        exit 1
    fi
fi
export corpus
bash "$root/recipes/stages/01_corpus.sh"
