#!/usr/bin/env bash
# Read the English recordings beside the checkout (or the folders given by --corpus), mend, set dev, test and some speakers apart, check. Of a voice that has
# hours, the first 300 sentences: more teach the phones, but all of them would be most of the corpus.
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
    if [ -d "$folder/../cc0-voices/kathleen" ]; then
        corpus="$corpus $folder/../cc0-voices/kathleen"
    else
        echo "real-speech: no folder cc0-voices/kathleen beside $folder; going on with half an hour of the others" >&2
    fi
    import_options=${import_options:---per-speaker 300}
fi
export corpus import_options
bash "$root/recipes/stages/01_corpus.sh"
