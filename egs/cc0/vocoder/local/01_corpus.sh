#!/usr/bin/env bash
# Read the CC0 voices and whatever else beside them may be learned from and handed on (or the folders given by --corpus), mend what can be mended,
# drop the rest by name, set dev and test apart, check.
# writes:   data/imported/manifest.jsonl data/corpus/
# settings: reader corpus import_options dev test seed
# runs by:  cpu_cmd
set -euo pipefail

if [ -z "$corpus" ]; then
    home=$(python -c 'from tts.paths import real_speech; print(real_speech() or "")')
    for more in ljspeech-en speechocean-en vctk-en thorsten-de; do  # public domain, CC BY 4.0, CC BY 4.0, CC0
        [ ! -d "$home/real-speech/$more" ] || corpus+=" $home/real-speech/$more"
    done
    [ ! -d "$home/cc0-voices" ] || corpus="$(ls -d "$home"/cc0-voices/*/) $corpus"
    if [ -z "$corpus" ]; then
        echo "cc0: no recordings found (no folder cc0-voices in \$TTS_REAL_SPEECH or in shared/data beside the checkout);" \
             "name folders with audio and a manifest.tsv: ./run.sh --corpus 'folder1 folder2'" >&2
        exit 1
    fi
fi
export corpus
bash "$root/recipes/stages/01_corpus.sh"
