#!/usr/bin/env bash
# Copies of people whom no vocoder of this recipe ever heard, in languages of which one is new to it: by Griffin-Lim, and by every vocoder that is
# trained here, and this experiment's with more rounds of settling. Writes the tables of RESULTS.md.
# reads:    exp/$name/vocoder.safetensors exp/$name/config.yaml
# if there: exp/vocoder/vocoder.safetensors exp/adversarial/vocoder.safetensors exp/base/vocoder.safetensors
#           exp/base_adversarial/vocoder.safetensors
# writes:   exp/unseen/ RESULTS.md
# settings: unseen
# runs by:  cpu_cmd
set -euo pipefail

if [ -z "$unseen" ]; then
    home=$(python -c 'from tts.paths import real_speech; print(real_speech() or "")')/real-speech
    unseen="$home/librispeech-en $home/emodb-de $home/dona-es"
fi
systems=()
for folder in exp/*/; do
    [ ! -f "$folder/vocoder.safetensors" ] || systems+=("$(basename "$folder")")
done
copy() {   # column options of tts vocode...
    tts vocode "$work/test" --output "$work/$1" --config "exp/$name/config.yaml" "${@:2}"
    columns+=("$1=$work/$1")
}
mkdir -p exp/unseen
tables=$(mktemp exp/unseen/.tables.XXXX)
trap 'rm -f "$tables"' EXIT
for folder in $unseen; do
    if [ ! -f "$folder/manifest.tsv" ]; then
        echo "unseen_copies: no recordings in $folder; name folders with audio and a manifest.tsv: ./run.sh --unseen 'folder1 folder2'" >&2
        exit 1
    fi
    corpus=$(basename "$folder")
    work=exp/unseen/$corpus
    tts corpus import tsv "$folder" --output "$work/corpus" --jobs "$jobs"
    tts corpus split "$work/corpus/manifest.jsonl" --dev 0 --test 12 --seed 0
    mkdir -p "$work/test"
    python - "$work" << 'PYTHON'
import sys
from pathlib import Path
from tts.corpus.manifest import read_manifest

work = Path(sys.argv[1])
for utterance in read_manifest(work / "corpus/manifest.jsonl"):
    link = work / "test" / f"{utterance.id}{Path(utterance.audio).suffix}"
    if utterance.split == "test" and not link.exists():
        link.symlink_to((work / "corpus" / utterance.audio).resolve())
PYTHON
    columns=()
    for iterations in 32 60; do copy "griffin_lim_$iterations" --vocoder griffin-lim --iterations "$iterations"; done
    for system in "${systems[@]}"; do copy "$system" --vocoder "exp/$system"; done
    for rounds in 16 32; do copy "${name}_$rounds" --vocoder "exp/$name" --iterations "$rounds"; done
    tts evaluate all "$work/corpus/manifest.jsonl" "${columns[@]}" --split test --alignment none --jobs "$jobs" --config "exp/$name/config.yaml" \
        --output "$work/copies.md" --output "$work/copies.json" --allow-missing
    { echo "## $corpus"; echo; sed '/^$/,$d' "$work/copies.md"; echo; } >> "$tables"
done
{
    echo "# Copies of people who were not heard in training"
    echo
    echo "Recordings through their mels and back, 12 each; means over utterances with 95 % intervals (bootstrap). \`griffin_lim_N\`: N iterations;" \
        "\`${name}_N\`: N rounds of settling in place of those of its configuration."
    echo "How each measure is defined stands in exp/unseen/CORPUS/copies.md. Made by \`./run.sh\`, stage unseen_copies, at" \
        "$(python -c 'from tts.recipe.history import in_words, provenance; print(in_words(provenance()))')."
    echo
    cat "$tables"
} > RESULTS.md
