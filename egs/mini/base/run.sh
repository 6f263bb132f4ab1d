#!/usr/bin/env bash
# From nothing to voices, with no download: espeak-ng speaks a small corpus (several speakers, four languages, styles), an aligner and
# a voice model are trained on it, and a page shows how they sound. Some minutes on two cores.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh   # finds the project and its environment
. ./cmd.sh    # where the work runs: here, or on a cluster

name=base                # the experiment; what is trained and spoken goes to exp/<name>
config=conf/base.yaml    # the system
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

run_stages corpus text alignment features train synthesis recogniser evaluation report

[ -f "exp/$name/page.html" ] || exit 0
cat << END

Listen:  open $PWD/exp/$name/page.html
Speak:   . $root/.venv/bin/activate
         tts say "Hello, this is my own voice." --model $PWD/exp/$name -o hello.wav
END
