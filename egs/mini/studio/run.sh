#!/usr/bin/env bash
# One model for all of it, from nothing, with no download: espeak-ng speaks English and Spanish with twenty-four speakers in five styles; an aligner,
# an encoder of who speaks, a small BERT and the studio are trained on it; and it is checked that words, style, F0, language and voice do together
# what each does alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh   # finds the project and its environment
. ./cmd.sh    # where the work runs: here, or on a cluster

name=studio              # the experiment; what is trained and spoken goes to exp/<name>
config=conf/studio.yaml  # the system
overrides=               # single values on top of it: "training.steps=100 studio.drop_words=0.5"
cast=conf/cast.yaml      # the made-up speakers
seed=1                   # another one makes other speakers and sentences
alone=                   # what it is made of, to be trained alone too, to see what sharing costs, as long again each: "conf/copycat2.yaml conf/copycat.yaml conf/lcpvae.yaml conf/flowtts.yaml"
jobs=2                   # processes where work can be shared
processes=2              # processes that share the batches of a training step
stage=                   # first stage to run, by name or number
stop_stage=              # last stage to run
dry_run=false            # only say what would run, and why

. "$root/recipes/utils/parse_options.sh"

run_stages corpus text alignment features speakers bert train prosody synthesis styles recogniser evaluation studio_claims ${alone:+sharing} report

[ -f "exp/$name/page.html" ] || exit 0
cat << END

Listen:    open $PWD/exp/$name/page.html
New voice: tts voices new --accent es --seed 7 --name ada --model $PWD/exp/$name
Source:    tts prosody extract recording.wav --text "What it says." --model $PWD/exp/$name -o source.json
Speak:     . $root/.venv/bin/activate
           tts say "¿Dónde está la estación?" --voice ada --prosody source.json --style excited --language es --model $PWD/exp/$name -o out.wav
END
