#!/usr/bin/env bash
# F0-conditioned data augmentation on real speech: an actor with two minutes of anger, joy, sadness and none of them (EmoDB) says what a neutral voice
# of the same language has read (kerstin, CC0), as the actor would. Other pairs of one language by --pairs, their recordings by --corpus. Voices with an actor's emotions, or from
# recordings that are not free, stay where they are: experiments of this recipe are not released. The configurations are for a GPU; on a CPU, with
# eight times as much of the supporter as of the target, in an hour of a core:
#     ./run.sh --name cpu --config conf/cpu.yaml --f0-model conf/cpu_f0_model.yaml --voice conf/cpu_voice.yaml \
#         --import-options "--keep emodb16 kerstin --per-speaker 220"
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh   # finds the project and its environment
. ./cmd.sh    # where the work runs: here, or on a cluster

name=f0_augmentation     # the experiment; what is trained and made goes to exp/<name>
config=conf/f0_augmentation.yaml # the conversion models
f0_model=conf/f0_model.yaml # what predicts F0
voice=conf/voice.yaml    # the voices that learn from what they make
overrides=               # single values on top of the first: "training.steps=100 augmentation.least_f0_correlation=0.9"
pairs="emodb16:kerstin"  # target:supporter, of one language; all with the same configuration
reader=tsv               # form of the corpus, one of those in tts/corpus/readers
corpus=                  # folders with manifest.tsv; empty: EmoDB and kerstin beside the checkout
import_options="--keep emodb16 kerstin" # for tts corpus import: only the speakers of the pairs
dev=12                   # utterances set apart to watch the training
test=60                  # utterances set apart to be judged
seed=0                   # another one gives another dev and test
jobs=$(nproc)            # processes where work can be shared
processes=1              # processes that share the batches of a training step, one a GPU
stage=                   # first stage to run, by name or number
stop_stage=              # last stage to run
dry_run=false            # only say what would run, and why

. "$root/recipes/utils/parse_options.sh"

run_stages corpus text alignment features conversion augmentation voices proof
