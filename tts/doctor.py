"""`tts doctor`: is everything there, does it work, and if not, what to do?

Each part of the installation is one small function that returns a `Check`; a part counts as working when it was used, not when
it was found. tools/install.sh ends with the same checks. Parts that only some tasks need are reported and never make the exit status 1.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from tts import paths
from tts.errors import UserError

INSTALL = "run tools/install.sh again"
NEEDED_DISK_GB = 2.0  # the mini recipe with everything it writes takes less than one
NEEDED_MEMORY_GB = 3.0


@dataclass(frozen=True)
class Check:
    """One row of the table. `state` is "ok", "note" (works, but something is worth knowing or an optional part is absent) or "broken"."""

    part: str
    found: str
    state: str = "ok"
    remedy: str = ""


def check_python() -> Check:
    found = f"{platform.python_version()} ({sys.prefix})"
    if sys.version_info < (3, 10):
        return Check("Python", found, "broken", "Python 3.10 or newer is needed: PYTHON=/path/to/python3 tools/install.sh")
    return Check("Python", found)


def check_compiler() -> Check:
    for name in ("cc", "gcc", "clang"):
        if shutil.which(name):
            return Check("C compiler", shutil.which(name))
    return Check("C compiler", "none", "note", "only needed to install pyworld: install gcc or clang (package build-essential)")


def check_torch() -> Check:
    try:
        import torch
    except (ImportError, OSError) as error:
        return Check("torch", _reason(error), "broken", f"PyTorch cannot be loaded: {INSTALL}")
    gpu_here = _gpu_names()
    if torch.cuda.is_available():
        return Check("torch", f"{torch.__version__}, CUDA on {torch.cuda.get_device_name(0)} ({torch.cuda.device_count()} device(s))")
    found = f"{torch.__version__}, CPU, {torch.get_num_threads()} thread(s) on {os.cpu_count()} core(s)"
    if gpu_here:
        build = "without CUDA" if torch.version.cuda is None else f"for CUDA {torch.version.cuda}"
        return Check("torch", found, "note", f"{gpu_here[0]} is not used: this PyTorch is built {build}; check the driver (nvidia-smi), "
                     "or delete .venv and run tools/install.sh with TORCH_INDEX_URL set to PyTorch's index for your CUDA")
    if torch.get_num_threads() > 1:
        return Check("torch", found, "note", "several threads on a shared machine cost more than they bring: export OMP_NUM_THREADS=1 there")
    return Check("torch", found)


def check_torchaudio() -> Check:
    try:
        import torchaudio
    except (ImportError, OSError) as error:
        remedy = ("it does not fit this PyTorch and takes transformers down with it: delete torchaudio/lib/*.so in .venv (it then works as "
                  f"pure Python), or {INSTALL}")
        if importlib.util.find_spec("torchaudio") is None:
            return Check("torchaudio", "none", "note", f"only some tools beside this project need it; {INSTALL}")
        return Check("torchaudio", _reason(error), "broken", remedy)
    return Check("torchaudio", torchaudio.__version__)


def check_pyworld() -> Check:
    try:
        import numpy

        with warnings.catch_warnings():  # pyworld's way of asking for its version is deprecated, which is no news to anybody here
            warnings.simplefilter("ignore")
            import pyworld
    except ImportError as error:
        if "pkg_resources" in str(error):
            return Check("pyworld", _reason(error), "broken", "pyworld needs an older setuptools: pip install 'setuptools<82'")
        return Check("pyworld", _reason(error), "broken",
                     f"pyworld measures F0 and is built from source: with a C compiler and Python's headers present, {INSTALL}")
    tone = numpy.sin(2 * numpy.pi * 220 * numpy.arange(8000) / 16000)
    f0_hz = numpy.median(pyworld.dio(tone, 16000)[0][20:-20])
    if not 219 < f0_hz < 221:
        return Check("pyworld", f"a tone of 220 Hz measured as {f0_hz:.0f} Hz", "broken", f"the build is faulty: {INSTALL}")
    return Check("pyworld", f"{metadata.version('pyworld')}, measures 220 Hz as {f0_hz:.1f} Hz")


def check_espeak() -> Check:
    try:
        from tts.text.espeak import get_espeak

        words = get_espeak().phones("hello world", get_espeak().voice_name("en-us") or "en-us").words
        languages = len(get_espeak().languages())
    except (UserError, ImportError, OSError) as error:
        return Check("espeak-ng", _reason(error), "broken", "it comes with the package espeakng-loader, no system package is needed: "
                     ".venv/bin/python -m pip install --force-reinstall espeakng-loader")
    if len(words) != 2:
        return Check("espeak-ng", f"two words came back as {words}", "broken", f"the library does not work as it should: {INSTALL}")
    return Check("espeak-ng", f"{metadata.version('espeakng-loader')}, {languages} languages")


def check_soundfile() -> Check:
    try:
        import soundfile

        formats = set(soundfile.available_formats())
        missing = {"WAV", "FLAC", "OGG", "MP3"} - formats
        if "OPUS" not in soundfile.available_subtypes("OGG"):
            missing.add("Opus")
    except (ImportError, OSError) as error:
        return Check("soundfile", _reason(error), "broken", f"no audio can be read or written: {INSTALL}")
    found = f"{soundfile.__version__} with libsndfile {soundfile.__libsndfile_version__}"
    if missing & {"WAV", "FLAC"}:
        return Check("soundfile", found, "broken", f"it cannot read {', '.join(sorted(missing))}: {INSTALL}")
    if missing:
        return Check("soundfile", found, "note", f"it cannot read {', '.join(sorted(missing))}; convert such recordings to FLAC first")
    return Check("soundfile", f"{found}: WAV, FLAC, Opus, MP3")


def check_numba() -> Check:
    """Compiled functions are kept beside the source, or in $NUMBA_CACHE_DIR; where neither can be written each start compiles anew."""
    try:
        import numba
    except ImportError as error:
        return Check("numba", _reason(error), "broken", f"alignment cannot run: {INSTALL}")
    wanted = os.environ.get("NUMBA_CACHE_DIR")
    folder = Path(wanted) if wanted else Path(__file__).resolve().parent / "alignment"
    if os.access(folder, os.W_OK) or (wanted and not folder.exists()):
        return Check("numba", f"{numba.__version__}, keeps what it compiles in {'$NUMBA_CACHE_DIR' if wanted else '__pycache__'}")
    return Check("numba", numba.__version__, "note", f"{folder} cannot be written, so alignment compiles anew at each start (some seconds): "
                 "export NUMBA_CACHE_DIR=<a folder of yours>")


def check_libraries() -> Iterator[Check]:
    """Libraries that are needed and have no check of their own: each is imported, for being installed is not enough."""
    for name, purpose in (("numpy", "everything"), ("scipy", "evaluation"), ("librosa", "mels"), ("soxr", "resampling"),
                          ("safetensors", "checkpoints"), ("jsonargparse", "configuration"), ("num2words", "numbers in texts"), ("tqdm", "progress"),
                          ("transformers", "prosody from text")):
        yield _import(name, f"needed for {purpose}: {INSTALL}", required=True)


def check_optional() -> Iterator[Check]:
    for name, purpose, extra in (("tensorboard", "curves of a training", "train"), ("matplotlib", "pictures on pages and in TensorBoard", "train"),
                                 ("jinja2", "the page to listen to", "train"),
                                 ("submitit", "Slurm clusters", "cluster"), ("pocketsphinx", "word error rates on English", "asr"),
                                 ("onnxruntime", "models as ONNX files", "export"), ("onnx", "models as ONNX files", "export"),
                                 ("pyloudnorm", "loudness (BS.1770)", "train"),
                                 ("starlette", "tts mushra serve and tts studio", "studio"), ("uvicorn", "tts mushra serve and tts studio", "studio"),
                                 ("statsmodels", "the mixed model of tts mushra analyse", "analysis"), ("pytest", "the tests", "test")):
        yield _import(name, f"only for {purpose}: .venv/bin/python -m pip install -e '.[{extra}]' -c tools/constraints.txt", required=False)


def check_disk() -> Check:
    free_gb = shutil.disk_usage(".").free / 1e9
    if free_gb < NEEDED_DISK_GB:
        return Check("disk", f"{free_gb:.1f} GB free here", "note", f"the mini recipe wants {NEEDED_DISK_GB:.0f} GB; make room, or work in another folder")
    return Check("disk", f"{free_gb:.0f} GB free here")


def check_memory() -> Check:
    total_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    if total_gb < NEEDED_MEMORY_GB:
        return Check("memory", f"{total_gb:.1f} GB", "note", f"the mini recipe wants {NEEDED_MEMORY_GB:.0f} GB; use smaller training.batch_frames")
    return Check("memory", f"{total_gb:.0f} GB")


def check_voices() -> Check:
    from tts.synthesis.voices import installed_models, released_models

    models = [(model, "") for model in installed_models()] + [(model, ", released") for model in released_models()]
    if not models:
        return Check("voices", f"none in {paths.voices_home()}", "note", "make demo trains some; tts voices add installs a trained model's voices")
    return Check("voices", ", ".join(f"{model.name} ({len(model.speakers)}{released})" for model, released in models))


def check_vocoder() -> Check:
    """Which trained vocoder speaks where its mels fit; no sound is missing without one, it is only rougher."""
    from tts.vocoder.load import trained_vocoders

    found = trained_vocoders()
    if not found:
        return Check("vocoder", "none, Griffin-Lim speaks", "note", "egs/mini/vocoder/run.sh trains one in minutes; tts voices add installs it")
    return Check("vocoder", str(found[0]))


def check_real_speech() -> Check:
    folder = paths.real_speech()
    if folder is None:
        return Check("real speech", "none", "note", "only egs/cc0 and some tests use it, and skip without it; TTS_REAL_SPEECH names its folder")
    return Check("real speech", str(folder))


CHECKS: tuple[Callable[[], Check | Iterator[Check]], ...] = (
    check_python, check_compiler, check_torch, check_torchaudio, check_libraries, check_soundfile, check_pyworld, check_espeak, check_numba,
    check_optional, check_disk, check_memory, check_voices, check_vocoder, check_real_speech)


def examine() -> Iterator[Check]:
    """All checks, one after the other. A check that fails itself is a broken part: the table is always finished."""
    for check in CHECKS:
        try:
            result = check()
            yield from [result] if isinstance(result, Check) else result
        except Exception as error:
            yield Check(check.__name__.removeprefix("check_"), _reason(error), "broken", f"it could not even be looked at: {INSTALL}")


def configure(parser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def run(args) -> int:
    results = list(examine())
    if args.json:
        print(json.dumps([asdict(check) for check in results], indent=1, ensure_ascii=False))
    else:
        for check in results:
            print(f"{check.state:6}  {check.part:12}  {check.found}")
            if check.remedy:
                print(f"{'':22}→ {check.remedy}")
    broken = [check.part for check in results if check.state == "broken"]
    if not args.json:
        print(f"{len(results)} parts checked, " + (f"broken: {', '.join(broken)}" if broken else "all that is needed works"))
    return 1 if broken else 0


def _import(name: str, remedy: str, required: bool) -> Check:
    try:
        importlib.import_module(name)
    except (ImportError, OSError) as error:
        absent = isinstance(error, ModuleNotFoundError) and error.name == name
        if absent and not required:
            return Check(name, "none", "note", remedy)
        return Check(name, _reason(error), "broken" if required else "note", remedy)
    return Check(name, metadata.version(name))


def _reason(error: BaseException) -> str:
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _gpu_names() -> list[str]:
    """Names of NVIDIA devices according to the driver, whatever PyTorch thinks."""
    if not shutil.which("nvidia-smi"):
        return []
    answer = subprocess.run(["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"], capture_output=True, text=True, check=False)
    return answer.stdout.strip().splitlines() if answer.returncode == 0 else []
