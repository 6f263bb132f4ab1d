#!/usr/bin/env bash
# F0-conditioned data augmentation from nothing, with no download: four made-up targets have a minute and a half of one expressive style each, and each
# has a neutral supporter with eight times as much. A conversion model says what the supporter says in the target's voice with the target's melody, what
# passes the rules becomes a corpus, and a voice learns from it. Beside it, for comparison: with the supporter's departures from what was to be expected
# of them, without F0, with the supporter's own F0, and without augmentation. About two hours of a core.
# The voice can be a CopyCat2 by one option: --name copycat2 --voice conf/voice_copycat2.yaml
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. ./path.sh   # finds the project and its environment
. ./cmd.sh    # where the work runs: here, or on a cluster

name=f0_augmentation     # the experiment; what is trained and made goes to exp/<name>
config=conf/f0_augmentation.yaml # the conversion models
f0_model=conf/f0_model.yaml # what predicts F0
voice=conf/voice.yaml    # the voices that learn from what they make
overrides=               # single values on top of the first: "training.steps=100 augmentation.least_f0_correlation=0.9"
pairs="alma:beth carl:dan dora:elsa fritz:georg" # target:supporter, of one language and gender; all with the same configuration
cast=conf/cast.yaml      # the made-up speakers
seed=1                   # another one makes other sentences and other details of the voices
jobs=2                   # processes where work can be shared
processes=1              # processes that share the batches of a training step
stage=                   # first stage to run, by name or number
stop_stage=              # last stage to run
dry_run=false            # only say what would run, and why

. "$root/recipes/utils/parse_options.sh"

run_stages corpus text alignment features recogniser conversion augmentation voices proof

target=${pairs%%:*}
[ -d "exp/$name/voices/$target/predicted" ] || exit 0
cat << END

Read:    exp/$name/RESULTS.md
Speak:   tts say "Hello there." --model $PWD/exp/$name/voices/$target/predicted -o hello.wav
END
