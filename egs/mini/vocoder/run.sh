#!/usr/bin/env bash
# A vocoder from nothing, with no download: espeak-ng speaks a small corpus, the vocoder learns to copy it through mels, and is measured on
# recordings that it did not see, beside Griffin-Lim. Some minutes on one core.
# To compare phases that the network makes up:  ./run.sh --name free_phase --config conf/free_phase.yaml
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh   # finds the project and its environment
. ./cmd.sh    # where the work runs: here, or on a cluster

name=vocoder             # the experiment; what is trained and copied goes to exp/<name>
config=conf/vocoder.yaml # the vocoder and its training
overrides=               # single values on top of it: "vocoder_training.steps=100 vocoder.generator.layers=4"
start=                   # folder of a trained vocoder to go on from; empty: from nothing
mels=                    # folder of mels that a model predicted for these recordings (tts train --help); empty: the recordings' own
speakers="en-us en-us en-us en-gb es es de de"   # the made-up speakers' languages
per_speaker=112          # utterances each
seed=1                   # another one makes other speakers and sentences
jobs=2                   # processes where work can be shared
processes=1              # processes that share the batches of a training step
stage=                   # first stage to run, by name or number
stop_stage=              # last stage to run
dry_run=false            # only say what would run, and why

. "$root/recipes/utils/parse_options.sh"

run_stages corpus sounds vocoder copies

[ -f "exp/$name/vocoder.safetensors" ] || exit 0
cat << END

Listen:  exp/$name/wav/vocoder, exp/$name/wav/griffin_lim
Speak:   tts say "Hello there." --model MODEL --vocoder $PWD/exp/$name -o hello.wav
END
