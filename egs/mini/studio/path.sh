# Sourced by run.sh: find the project (the folder above that holds recipes/, or $TTS_ROOT) and use its environment.
# shellcheck shell=bash disable=SC1091
root=${TTS_ROOT:-$PWD}
while [ ! -f "$root/recipes/utils/environment.sh" ]; do
    if [ "$root" = / ]; then echo "path.sh: no project folder above $PWD; export TTS_ROOT=<its folder>" >&2; exit 1; fi
    root=$(dirname "$root")
done
. "$root/recipes/utils/environment.sh"
