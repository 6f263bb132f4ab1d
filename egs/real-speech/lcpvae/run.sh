#!/usr/bin/env bash
# LCPVAE on the emotional recordings beside the checkout: German (EmoDB), Polish (nEMO) and Korean actors share anger, happiness, neutral and
# sadness; 25 minutes in all, so this shows how far the method carries, not a voice to use. What is trained on the nc- folders stays an
# experiment and may not be released. What the claims compare it with is trained by the same script, before it:
#     for system in vae lcpvae_plain; do ./run.sh --name $system --config conf/$system.yaml --stop-stage train; done
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh   # finds the project and its environment
. ./cmd.sh    # where the work runs: here, or on a cluster

name=lcpvae              # the experiment; what is trained and spoken goes to exp/<name>
config=conf/lcpvae.yaml  # the system
overrides=               # single values on top of it: "training.steps=100 lcpvae.kl_weight=1e-3"
reader=tsv               # form of the corpus, one of those in tts/corpus/readers
corpus=                  # folders with manifest.tsv; empty: the emotional ones beside the checkout
import_options=          # for tts corpus import: "--style neutral" if the table does not say
dev=100                  # utterances set apart to watch the training, and to fit the judge of styles on
test=90                  # utterances set apart to be judged
seed=0                   # another one gives another dev and test
jobs=$(nproc)            # processes where work can be shared
processes=1              # processes that share the batches of a training step, one a GPU
stage=                   # first stage to run, by name or number
stop_stage=              # last stage to run
dry_run=false            # only say what would run, and why

. "$root/recipes/utils/parse_options.sh"

run_stages corpus text alignment features classifier train synthesis styles evaluation style_claims report
