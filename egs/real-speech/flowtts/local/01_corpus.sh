#!/usr/bin/env bash
# Read the English recordings beside the checkout (or the folders given by --corpus), mend, set dev, test and some speakers apart, check.
# writes:   data/imported/manifest.jsonl data/corpus/
# settings: reader corpus import_options dev test unseen_speakers seed
# runs by:  cpu_cmd
set -euo pipefail

if [ -z "$corpus" ]; then
    folder=$(python -c 'from tts.paths import real_speech; print(real_speech() or "")')/real-speech
    if [ ! -d "$folder/speechocean-en" ]; then
        echo "real-speech: no recordings found (no folder real-speech in \$TTS_REAL_SPEECH or in shared/data beside the checkout);" \
             "name folders with audio and a manifest.tsv: ./run.sh --corpus 'folder1 folder2'" >&2
        exit 1
    fi
    corpus="$folder/librispeech-en $folder/ljspeech-en $folder/speechocean-en $folder/vctk-en"
fi
export corpus
bash "$root/recipes/stages/01_corpus.sh"
