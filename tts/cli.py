"""The `tts` command: one thin verb per noun of the line. Each verb lives in its noun's `command.py` as two functions,
`configure(parser)` and `run(args) -> exit status or None`; only the verb that is asked for is imported."""

from __future__ import annotations

import argparse
import difflib
import importlib
import os
import sys

import tts
from tts import command_line
from tts.errors import UserError, refusal

VERBS = {
    "corpus": ("tts.corpus.command", "make, read, check, mend and split corpora"),
    "text": ("tts.text.command", "normalise text and turn it into words and phones"),
    "bert": ("tts.text.bert.command", "pre-train a small BERT on a corpus's own text, or look at word vectors"),
    "align": ("tts.alignment.command", "train the aligner, align, judge an alignment"),
    "features": ("tts.features.command", "extract mels, F0, energy and speaker vectors"),
    "speakers": ("tts.speakers.command", "train an encoder of who speaks, measure a corpus's speakers with one"),
    "f0": ("tts.augmentation.f0_command", "predict the melody that a voice would give to phones and durations"),
    "augment": ("tts.augmentation.command", "make more speech of a voice out of another speaker's recordings"),
    "train": ("tts.training.command", "train a system"),
    "say": ("tts.synthesis.command", "speak a text, or a file of lines"),
    "prosody": ("tts.prosody.command", "read the prosody of a recording, show, edit, mix and apply it"),
    "transfer": ("tts.prosody.transfer_command", "say what a recording says, as it says it, in another voice"),
    "studio": ("tts.studio.command", "shape the prosody of a sentence on a page in the browser"),
    "convert": ("tts.synthesis.convert_command", "a recording in another voice, its timing and melody kept"),
    "studio": ("tts.studio.command", "shape the prosody of a sentence on a page in the browser"),
    "voices": ("tts.synthesis.voices_command", "list, add, make and remove voices"),
    "vocode": ("tts.vocoder.command", "turn mels, or recordings through their mels, into sound"),
    "export": ("tts.export.command", "write a model or a vocoder to hand on: ONNX, or a folder with a card"),
    "evaluate": ("tts.evaluation.command", "measure speech: intelligibility, F0, cepstra"),
    "mushra": ("tts.mushra.command", "make, serve and analyse listening tests: MUSHRA, MOS, preference, ABX"),
    "report": ("tts.report.command", "gather what was measured, of an experiment (the page to listen to, RESULTS.md) or of all recipes"),
    "doctor": ("tts.doctor", "check the installation and say what is missing"),
}

# Read by libraries when torch is imported; what the user has set stays.
ENVIRONMENT = {
    "OMP_WAIT_POLICY": "PASSIVE",  # idle threads that spin steal the core from those that work, many times over on a shared machine
    # Every new shape of a batch leaves a compiled convolution with its scratch memory in these caches: by default a thousand of them,
    # some gigabytes, for no gain in speed.
    "LRU_CACHE_CAPACITY": "32",
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "64",
}


def main(argv: list[str] | None = None) -> int:
    """Run one verb; returns the exit status (0 good, 1 the user can mend it, 2 wrong usage)."""
    argv = sys.argv[1:] if argv is None else argv
    if not argv or argv[0] in ("-h", "--help"):
        print("usage: tts VERB ... (tts VERB --help tells more)\n")
        print("\n".join(f"  {verb:10} {what}" for verb, (_, what) in VERBS.items()))
        return 0 if argv else 2
    if argv[0] == "--version":
        print(tts.__version__)
        return 0
    if argv[0] not in VERBS:
        near = difflib.get_close_matches(argv[0], VERBS, n=1)
        print(f"tts: no verb {argv[0]!r}" + (f"; did you mean {near[0]}?" if near else "; tts --help lists them"), file=sys.stderr)
        return 2
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    command_line.begin(argv)
    module_name, what = VERBS[argv[0]]
    module = importlib.import_module(module_name)
    parser = argparse.ArgumentParser(prog=f"tts {argv[0]}", description=what, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    module.configure(parser)
    try:
        return module.run(parser.parse_args(argv[1:])) or 0
    except UserError as error:
        print(f"tts {argv[0]}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        sys.stderr.close()
        return 0
    except OSError as error:
        print(f"tts {argv[0]}: {refusal(error)}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
