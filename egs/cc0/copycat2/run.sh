#!/usr/bin/env bash
# CopyCat2 on real voices: American English, German and Flemish Dutch, four hours of CC0 recordings, or any folders with audio and a table.
# A GPU makes it hours instead of a day.
# What the claims compare it with is trained by the same script, before it:
#     ./run.sh --name base --config ../base/conf/base.yaml --stop-stage train
#     ./run.sh --name copycat --config conf/copycat.yaml --stop-stage train
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh   # finds the project and its environment
. ./cmd.sh    # where the work runs: here, or on a cluster

name=copycat2            # the experiment; what is trained and spoken goes to exp/<name>
config=conf/copycat2.yaml # the system
overrides=               # single values on top of it: "training.steps=100 model.decoder_layers=4"
reader=tsv               # form of the corpus, one of those in tts/corpus/readers
corpus=                  # folders with manifest.tsv; empty: the CC0 voices beside the checkout
unseen=                  # folders with recordings of people whom the voices are to imitate; empty: EmoDB's actors beside the checkout
import_options=          # for tts corpus import: "--speaker anna --language en-us" if the table does not say
release=                 # folder to write the voices and the vocoder into, to hand on, such as ../../../tts/data; empty: nothing is released
vocoder=../vocoder/exp/vocoder  # with --release: the vocoder's folder
dev=30                   # utterances set apart to watch the training
test=60                  # utterances set apart to be judged
seed=0                   # another one gives another dev and test
jobs=$(nproc)            # processes where work can be shared
processes=1              # processes that share the batches of a training step, one a GPU
stage=                   # first stage to run, by name or number
stop_stage=              # last stage to run
dry_run=false            # only say what would run, and why

. "$root/recipes/utils/parse_options.sh"

run_stages corpus text alignment features bert train prosody synthesis transfer evaluation claims unseen ${release:+release} report
