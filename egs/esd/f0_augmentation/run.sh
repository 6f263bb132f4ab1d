#!/usr/bin/env bash
# F0-conditioned data augmentation on ESD: the surprised half hour of one speaker, with the neutral half hour of another of the same gender; four pairs, all
# with the same configuration. Download and unpack ESD first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh   # finds the project and its environment
. ./cmd.sh    # where the work runs: here, or on a cluster

name=f0_augmentation     # the experiment; what is trained and made goes to exp/<name>
config=conf/f0_augmentation.yaml # the conversion models
f0_model=conf/f0_model.yaml # what predicts F0
voice=conf/voice.yaml    # the voices that learn from what they make
overrides=               # single values on top of the first: "training.steps=100 augmentation.least_f0_correlation=0.9"
pairs="0011:0012 0013:0014 0015:0016 0017:0018" # target:supporter, of one language and gender
reader=esd               # form of the corpus, one of those in tts/corpus/readers
corpus=data/ESD          # where it was unpacked: the folder with 0001/ to 0020/
import_options="--keep 0011:surprise 0012:neutral 0013:surprise 0014:neutral 0015:surprise 0016:neutral 0017:surprise 0018:neutral" # for tts corpus import
dev=80                   # utterances set apart to watch the training
test=240                 # utterances set apart to be judged
seed=0                   # another one gives another dev and test
jobs=$(nproc)            # processes where work can be shared
processes=1              # processes that share the batches of a training step, one a GPU
stage=                   # first stage to run, by name or number
stop_stage=              # last stage to run
dry_run=false            # only say what would run, and why

. "$root/recipes/utils/parse_options.sh"

run_stages corpus text alignment features conversion augmentation voices proof
