#!/usr/bin/env bash
# Flow-TTS from nothing, with no download: espeak-ng speaks a corpus of 68 speakers with four English accents, an aligner, an encoder of who speaks, and
# the flow are trained on it, what its papers claim is checked, and a page shows how it sounds. An hour of a core.
# The variants that are told less, and the frame-level CopyCat, are trained by the same script, before it:
#     for variant in nothing phones speaker accent f0 copycat; do
#         ./run.sh --name $variant --config conf/$variant.yaml --stop-stage train
#     done
# The papers' flow without what this project adds to it (conf/papers.yaml) is trained alike, and judged by
#     tts evaluate claims --system flowtts --model exp/papers --base exp/copycat --output exp/papers/claims && tts report exp/papers
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh   # finds the project and its environment
. ./cmd.sh    # where the work runs: here, or on a cluster

name=flowtts             # the experiment; what is trained and spoken goes to exp/<name>
config=conf/flowtts.yaml # the system
overrides=               # single values on top of it: "training.steps=100 flowtts.layers=3"
cast=conf/cast.yaml      # the made-up speakers
seed=1                   # another one makes other speakers and sentences
jobs=2                   # processes where work can be shared
processes=2              # processes that share the batches of a training step
stage=                   # first stage to run, by name or number
stop_stage=              # last stage to run
dry_run=false            # only say what would run, and why

. "$root/recipes/utils/parse_options.sh"

run_stages corpus text alignment features speakers train synthesis recogniser evaluation flow_claims report

[ -f "exp/$name/page.html" ] || exit 0
cat << END

Listen:    open $PWD/exp/$name/page.html
Speak:     . $root/.venv/bin/activate
           tts say "Hello, this is my own voice." --model $PWD/exp/$name -o hello.wav
Convert:   tts convert recording.wav --text "What it says." --voice brian --model $PWD/exp/$name -o brian.wav
New voice: tts voices new --accent en-gb --seed 7 --name ada --model $PWD/exp/$name
END
