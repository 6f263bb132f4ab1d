from types import SimpleNamespace

import pytest

from tests.helpers.voice import voice_folder
from tests.vocoder.test_griffin_lim import glide
from tts.cli import main
from tts.corpus.manifest import read_manifest, write_manifest
from tts.corpus.utterance import Utterance
from tts.features.audio import save_audio
from tts.features.config import FeatureConfig
from tts.synthesis.many import manifest_to_requests, speak_all
from tts.synthesis.synthesizer import Request, Synthesizer

TEXTS = {
    "u_1": ("Hello there, is this my voice?", "ada", "en-us"),
    "u_10": ("Guten Tag, wie geht es dir?", "ben", "de"),
    "u_2": ("The quick brown fox jumps over the lazy dog.", "ada", "en-us"),
}


@pytest.fixture(scope="package")
def evaluated(tmp_path_factory):
    """A recipe's folder whose "recordings" are what its model says, so that the synthesis must be perfect; u_2 was never spoken.

    u_1 is replaced by a glide on both sides, the only one with a pitch; the other recordings are the random model's noise.
    """
    root = tmp_path_factory.mktemp("recipe") / "egs" / "small" / "base"
    model = voice_folder(root / "exp" / "try", features=FeatureConfig(f0_method="dio"))
    texts = [
        Utterance(name, text, voice, language, audio=f"wav/{name}.wav", split="test")
        for name, (text, voice, language) in TEXTS.items()
    ]
    write_manifest(root / "texts.jsonl", texts)
    synthesizer = Synthesizer.load(model)
    for folder, spoken in ((root / "data" / "corpus" / "wav", texts), (model / "wav" / "test", texts[:2])):
        write_manifest(root / "texts.jsonl", spoken)
        speak_all(synthesizer, manifest_to_requests(root / "texts.jsonl", "test", Request("")), folder)
    for folder in (root / "data" / "corpus" / "wav", model / "wav" / "test"):
        rows = {u.id: u for u in read_manifest(folder / "manifest.jsonl")}
        save_audio(folder / "u_1.wav", glide(110, 160, sum(rows["u_1"].durations) * 0.0125).numpy(), 24000)
        if folder.parent.name == "corpus":
            for utterance in texts:
                utterance.units = rows[utterance.id].units
    texts[0].text = 'Tom & <b>Jerry</b> say "hi" there'
    write_manifest(root / "data" / "corpus" / "manifest.jsonl", texts)
    write_manifest(root / "data" / "alignment" / "manifest.jsonl", texts)
    status = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        for command in (["evaluate", "recipe", "--model", "exp/try"], ["report", "exp/try"]):
            status.append(main(command))
    return SimpleNamespace(root=root, model=model, status=status)
