# Sourced by a recipe's path.sh, which has set `root`: use the project's Python environment, or say what is missing.
# shellcheck shell=bash disable=SC2154
if [ -x "$root/.venv/bin/tts" ]; then
    PATH="$root/.venv/bin:$PATH"
elif ! command -v tts > /dev/null; then
    echo "path.sh: the environment is not installed; run: make -C $root install" >&2
    exit 1
fi
export PATH root
export PYTHONUTF8=1 HF_HUB_OFFLINE=1
export PYTHONWARNINGS="ignore:pkg_resources is deprecated:UserWarning"   # pyworld asks for its own version in an old way
