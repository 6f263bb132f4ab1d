#!/usr/bin/env bash
# A vocoder for any voice and language, learned from real recordings: the CC0 voices, four hours, and some minutes of thirty other people, or any
# folders with audio and a table.
# A GPU makes it hours instead of a day.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh   # finds the project and its environment
. ./cmd.sh    # where the work runs: here, or on a cluster

name=vocoder             # the experiment; what is trained and copied goes to exp/<name>
config=conf/vocoder.yaml # the vocoder and its training
overrides=               # single values on top of it: "vocoder_training.steps=100 vocoder.generator.layers=4"
start=                   # folder of a trained vocoder to go on from; empty: from nothing
mels=                    # folder of mels that a model predicted for these recordings (tts train --help); empty: the recordings' own
reader=tsv               # form of the corpus, one of those in tts/corpus/readers
corpus=                  # folders with manifest.tsv; empty: the CC0 voices beside the checkout
import_options=          # for tts corpus import: "--speaker anna --language en-us" if the table does not say
dev=30                   # utterances set apart to watch the training
test=60                  # utterances set apart to be judged
unseen=                  # folders with manifest.tsv, each of people whom no vocoder heard; empty: English, German and Spanish ones beside the checkout
seed=0                   # another one gives another dev and test
jobs=$(nproc)            # processes where work can be shared
processes=1              # processes that share the batches of a training step, one a GPU
stage=                   # first stage to run, by name or number
stop_stage=              # last stage to run
dry_run=false            # only say what would run, and why

. "$root/recipes/utils/parse_options.sh"

run_stages corpus sounds vocoder copies unseen_copies
