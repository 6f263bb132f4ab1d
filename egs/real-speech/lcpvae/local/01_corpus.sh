#!/usr/bin/env bash
# Read the emotional recordings (or the folders given by --corpus), mend what can be mended, drop the rest by name, set dev and test apart, check.
# writes:   data/imported/manifest.jsonl data/corpus/
# settings: reader corpus import_options dev test seed
# runs by:  cpu_cmd
set -euo pipefail

if [ -z "$corpus" ]; then
    found=$(python -c 'from tts.paths import real_speech; print(real_speech() or "")')/real-speech
    for folder in emodb-de nc-nemo-pl nc-emotiontts-ko; do
        if [ ! -d "$found/$folder" ]; then
            echo "real-speech: no recordings found (no folder real-speech/$folder in \$TTS_REAL_SPEECH or in shared/data beside the checkout);" \
                 "name folders with audio and a manifest.tsv: ./run.sh --corpus 'folder1 folder2'" >&2
            exit 1
        fi
        corpus="$corpus $found/$folder"
    done
fi
export corpus
bash "$root/recipes/stages/01_corpus.sh"
