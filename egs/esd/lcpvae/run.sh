#!/usr/bin/env bash
# LCPVAE on ESD: ten speakers of English and ten of Mandarin share five emotions, 29 hours; each is then spoken in the other language in every
# emotion. Download and unpack ESD first. What the claims compare it with is trained by the same script, before it:
#     for system in vae lcpvae_plain; do ./run.sh --name $system --config conf/$system.yaml --stop-stage train; done
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh   # finds the project and its environment
. ./cmd.sh    # where the work runs: here, or on a cluster

name=lcpvae              # the experiment; what is trained and spoken goes to exp/<name>
config=conf/lcpvae.yaml  # the system
overrides=               # single values on top of it: "training.steps=100 lcpvae.kl_weight=1e-3"
reader=esd               # form of the corpus, one of those in tts/corpus/readers
corpus=data/ESD          # where it was unpacked: the folder with 0001/ to 0020/
import_options=          # for tts corpus import
dev=600                  # utterances set apart to watch the training, and to fit the judge of styles on
test=400                 # utterances set apart to be judged
seed=0                   # another one gives another dev and test
jobs=$(nproc)            # processes where work can be shared
processes=1              # processes that share the batches of a training step, one a GPU
stage=                   # first stage to run, by name or number
stop_stage=              # last stage to run
dry_run=false            # only say what would run, and why

. "$root/recipes/utils/parse_options.sh"

run_stages corpus text alignment features classifier train synthesis styles evaluation style_claims report
