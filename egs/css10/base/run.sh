#!/usr/bin/env bash
# CSS10: ten languages, one speaker each, 4 to 24 hours each. Download and unpack the ones you want first and name them:
# --corpus "data/german data/dutch". Chinese and Japanese need a text front end that espeak-ng does not give.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh   # finds the project and its environment
. ./cmd.sh    # where the work runs: here, or on a cluster

name=base                # the experiment; what is trained and spoken goes to exp/<name>
config=conf/base.yaml    # the system
overrides=               # single values on top of it: "training.steps=100 model.decoder_layers=4"
reader=css10             # form of the corpus, one of those in tts/corpus/readers
corpus=data/german       # where they were unpacked: folders with transcript.txt
import_options=          # for tts corpus import: "--speaker anna --language en-us" if the table does not say
dev=100                  # utterances set apart to watch the training
test=200                 # utterances set apart to be judged
seed=0                   # another one gives another dev and test
jobs=$(nproc)            # processes where work can be shared
processes=1              # processes that share the batches of a training step, one a GPU
stage=                   # first stage to run, by name or number
stop_stage=              # last stage to run
dry_run=false            # only say what would run, and why

. "$root/recipes/utils/parse_options.sh"

run_stages corpus text alignment features train synthesis evaluation report
