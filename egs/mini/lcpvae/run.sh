#!/usr/bin/env bash
# LCPVAE from nothing, with no download: espeak-ng speaks English and Spanish in five styles, a style classifier and LCPVAE are trained on it, and
# what its paper claims is checked: voices that only ever spoke one language speak the other in every style. What it is compared with is
# trained by the same script, before it, here for one seed of three:
#     for system in vae lcpvae_plain; do ./run.sh --name $system --config conf/$system.yaml --stop-stage train; done
# and with another seed:
#     for system in vae lcpvae_plain lcpvae; do
#         ./run.sh --name ${system}_1 --config conf/$system.yaml --overrides training.seed=1 --stop-stage train
#     done
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh   # finds the project and its environment
. ./cmd.sh    # where the work runs: here, or on a cluster

name=lcpvae              # the experiment; what is trained and spoken goes to exp/<name>
config=conf/lcpvae.yaml  # the system
overrides=               # single values on top of it: "training.steps=100 lcpvae.kl_weight=1e-3"
cast=conf/cast.yaml      # who speaks which language, and which styles how often
seed=1                   # another one makes other sentences
jobs=2                   # processes where work can be shared
processes=1              # processes that share the batches of a training step
stage=                   # first stage to run, by name or number
stop_stage=              # last stage to run
dry_run=false            # only say what would run, and why

. "$root/recipes/utils/parse_options.sh"

run_stages corpus text alignment features classifier train synthesis styles recogniser evaluation style_claims report

[ -f "exp/$name/page.html" ] || exit 0
cat << END

Listen:    open $PWD/exp/$name/page.html
Speak:     . $root/.venv/bin/activate
           tts say "¿Dónde está la estación?" --language es --voice ada --style excited --model $PWD/exp/$name -o excited.wav
END
