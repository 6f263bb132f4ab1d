#!/usr/bin/env bash
# Make the project's Python environment in .venv: PyTorch for this machine (CUDA if it has a GPU, else CPU), then everything
# else in the versions of constraints.txt, then a check of each part. Needs Python >= 3.10 and a C compiler; no root.
# A second call finds nothing to do and takes no time. What pip says goes to .venv/install.log.
#
#   PYTHON            the interpreter to build on (default: the newest python3 on the path that is recent enough)
#   TORCH_INDEX_URL   where to take PyTorch from instead of pip's own index; without a GPU, PyTorch's index of CPU builds
#                     saves some gigabytes (the address stands in PyTorch's own installation guide)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

torch_version=$(sed -n 's/^torch==//p' tools/constraints.txt)
extras=train,listening,studio,analysis,cluster,test   # what recipes and tests need
optional="asr export"       # an install without them is complete; `tts doctor` says what is missing then
log=.venv/install.log
stamp=.venv/installed

say() { echo "install: $*"; }
stop() { echo "install: $*" >&2; exit 1; }

fingerprint() {   # of all that decides what the environment holds
    { pwd; .venv/bin/python --version; cat setup.cfg pyproject.toml tools/constraints.txt tools/install.sh; } 2>&1 | cksum
}

recent_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2> /dev/null; }

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        recent_enough "$PYTHON" || stop "PYTHON=$PYTHON is no Python >= 3.10; name another, or unset it"
        echo "$PYTHON"
        return
    fi
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 python3.10; do
        if recent_enough "$candidate"; then echo "$candidate"; return; fi
    done
    stop "no Python >= 3.10 found (python3 is $(python3 --version 2> /dev/null || echo absent)); install one, or name it: PYTHON=/path/to/python3 make install"
}

check_compiler() {   # pyworld is built from source
    command -v cc > /dev/null || command -v gcc > /dev/null || command -v clang > /dev/null ||
        stop "no C compiler found (cc, gcc or clang); install one, for instance the package build-essential or gcc"
    "$1" -c 'import os, sys, sysconfig; sys.exit(not os.path.isfile(sysconfig.get_paths()["include"] + "/Python.h"))' ||
        stop "$1 comes without its header Python.h; install the package python3-dev (python3-devel), or use another Python: PYTHON=..."
}

make_venv() {
    "$1" -m venv .venv > "$log" 2>&1 && .venv/bin/python -m pip --version >> "$log" 2>&1 && return
    tail -n 5 "$log" >&2
    stop "$1 cannot make a virtual environment; install the package python3-venv, or use another Python: PYTHON=..."
}

pip_install() {
    echo "== pip install $*" >> "$log"
    .venv/bin/python -m pip install --disable-pip-version-check --no-input --no-compile -c tools/constraints.txt "$@" >> "$log" 2>&1
}

need() {   # what... : pip install it, or stop with the end of the log
    pip_install "$@" && return
    tail -n 15 "$log" >&2
    stop "pip could not install the above; the whole log is in $log. Is the network reachable, and is there disk space?"
}

has_gpu() { command -v nvidia-smi > /dev/null && nvidia-smi -L 2> /dev/null | grep -q GPU; }

install_torch() {
    if [ -n "${TORCH_INDEX_URL:-}" ]; then
        say "PyTorch $torch_version from TORCH_INDEX_URL"
        need --index-url "$TORCH_INDEX_URL" "torch==$torch_version"
    elif has_gpu; then
        say "PyTorch $torch_version with CUDA, for $(nvidia-smi -L | grep -c GPU) GPU(s)"
        pip_install "torch===$torch_version" || need "torch==$torch_version"
    elif pip_install "torch==$torch_version+cpu"; then
        say "PyTorch $torch_version for the CPU (no GPU found)"
    else
        say "PyTorch $torch_version (no GPU found; pip knows no CPU build, so this one brings CUDA along: some gigabytes)"
        need "torch==$torch_version"
    fi
}

mend_torchaudio() {   # its compiled part needs CUDA; without that part it works as pure Python, with that part it cannot be imported
    if .venv/bin/python -c 'import torchaudio' >> "$log" 2>&1; then return; fi
    .venv/bin/python - << 'PYTHON' >> "$log" 2>&1
import importlib.util, pathlib
for library in (pathlib.Path(importlib.util.find_spec("torchaudio").origin).parent / "lib").glob("*.so"):
    print("removing", library)
    library.unlink()
PYTHON
}

mkdir -p .venv
if command -v flock > /dev/null; then   # two calls at once: the second waits
    exec 9> .venv/lock
    flock 9
fi
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint)" ]; then
    exit 0
fi

SECONDS=0
rm -f "$stamp"
if [ -n "${PYTHON:-}" ] || ! recent_enough .venv/bin/python; then
    python=$(find_python)
    make_venv "$python"
fi
check_compiler .venv/bin/python
say "into .venv with $(.venv/bin/python --version); takes some minutes, the log is $log"
install_torch
say "everything else (extras: $extras)"
need -e ".[$extras]"
for part in $optional; do
    pip_install -e ".[$part]" || say "the optional part [$part] could not be installed; see the end of $log"
done
mend_torchaudio
.venv/bin/python -m pip check >> "$log" 2>&1 || { .venv/bin/python -m pip check >&2 || true; stop "installed packages do not fit together"; }
.venv/bin/python tools/check_install.py
.venv/bin/python tools/compile_imports.py >> "$log" 2>&1 || stop "tts cannot be imported; see the end of $log"
fingerprint > "$stamp"
say "done in $SECONDS s"
