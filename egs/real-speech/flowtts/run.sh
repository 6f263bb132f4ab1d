#!/usr/bin/env bash
# Flow-TTS on less than an hour of real English: 36 people, most of them heard for a few sentences. More than a trial only with --corpus.
# The variants that are told less are trained by the same script, before it: --name nothing --config conf/nothing.yaml --stop-stage train, and so on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh   # finds the project and its environment
. ./cmd.sh    # where the work runs: here, or on a cluster

name=flowtts             # the experiment; what is trained and spoken goes to exp/<name>
config=conf/flowtts.yaml # the system
overrides=               # single values on top of it: "training.steps=100 flowtts.layers=3"
reader=tsv               # form of the corpus, one of those in tts/corpus/readers
corpus=                  # folders with manifest.tsv; empty: the English recordings beside the checkout
import_options=          # for tts corpus import: "--speaker anna --language en-us" if the table does not say
dev=15                   # utterances set apart to watch the training
test=30                  # utterances set apart to be judged
unseen_speakers=4        # speakers set apart whom nothing is trained on
seed=0                   # another one gives another dev and test
jobs=$(nproc)            # processes where work can be shared
processes=1              # processes that share the batches of a training step, one a GPU
stage=                   # first stage to run, by name or number
stop_stage=              # last stage to run
dry_run=false            # only say what would run, and why

. "$root/recipes/utils/parse_options.sh"

run_stages corpus text alignment features speakers train synthesis evaluation flow_claims report
