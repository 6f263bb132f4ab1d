#!/usr/bin/env bash
# CopyCat2 from nothing, with no download: espeak-ng speaks a small corpus (several speakers, four languages, styles, emphasis), an aligner, a small
# BERT, and CopyCat2 are trained on it, what its paper claims is checked against the known truth, and a page shows how it sounds.
# Some minutes on two cores. What it is compared with is trained by the same script, before it:
#     ./run.sh --name base --config conf/base.yaml --stop-stage train
#     ./run.sh --name copycat --config conf/copycat.yaml --stop-stage train
#     ./run.sh --name copycat_wide --config conf/copycat_wide.yaml --stop-stage train
# and with further training seeds, over which claims are then the mean:
#     for seed in 1 2; do ./run.sh --name copycat2_$seed --overrides training.seed=$seed --stop-stage prosody; done
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh   # finds the project and its environment
. ./cmd.sh    # where the work runs: here, or on a cluster

name=copycat2            # the experiment; what is trained and spoken goes to exp/<name>
config=conf/copycat2.yaml # the system
overrides=               # single values on top of it: "training.steps=100 model.decoder_layers=4"
speakers="en-us en-us en-us en-gb es es de de"   # the made-up speakers' languages
per_speaker=112          # utterances each
seed=1                   # another one makes other speakers and sentences
jobs=2                   # processes where work can be shared
processes=2              # processes that share the batches of a training step
stage=                   # first stage to run, by name or number
stop_stage=              # last stage to run
dry_run=false            # only say what would run, and why

. "$root/recipes/utils/parse_options.sh"

run_stages corpus text alignment features bert train prosody synthesis transfer recogniser evaluation claims report

[ -f "exp/$name/page.html" ] || exit 0
cat << END

Listen:    open $PWD/exp/$name/page.html
Speak:     . $root/.venv/bin/activate
           tts say "Hello, this is my own voice." --model $PWD/exp/$name -o hello.wav
Transfer:  tts transfer recording.wav --text "What it says." --voice brian --model $PWD/exp/$name -o brian.wav
END
