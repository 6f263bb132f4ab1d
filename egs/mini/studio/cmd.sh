# Sourced by run.sh: what to put in front of a stage's command, by kind of stage. Empty means here, on this machine.
# shellcheck shell=bash disable=SC2034
cpu_cmd=""     # corpus, text, features, evaluation
train_cmd=""   # alignment and training: a GPU if there is one

# On a Slurm cluster whose machines share this folder, for instance:
# cpu_cmd="srun --cpus-per-task=8 --mem=16G --time=4:00:00"
# train_cmd="srun --gpus=1 --cpus-per-task=8 --mem=32G --time=24:00:00"
export cpu_cmd train_cmd
