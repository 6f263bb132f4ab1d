"""Flow-TTS's recipe from nothing to a trained flow, in debug size, and then what README.md does with it."""

import re

from tests.helpers.project import ROOT, ran, run

CAST = """
speakers:
  - &us {language: en-us, utterances: {train: 4, dev: 1, test: 1, recogniser: 1}}
  - &gb {language: en-gb, utterances: {train: 4, dev: 1, test: 1, recogniser: 1}}
  - *gb
  - *us
  - *us
  - *gb
  - *gb
  - *us
  - {language: en-us, utterances: {unseen: 3}}
"""
FLOW_BLOCK = re.compile(r"<!-- flow -->\n```bash\n(.*?)\n```\n", re.S)


def test_from_nothing_to_a_voice_that_nobody_has(project, tmp_path):
    (tmp_path / "cast.yaml").write_text(CAST)
    tiny = ("--config", "conf/debug.yaml", "--cast", str(tmp_path / "cast.yaml"), "--jobs", "2", "--processes", "1")
    recipe = project / "egs/mini/flowtts"
    assert ran(run([recipe / "run.sh", *tiny, "--stop-stage", "train"], project)) == ["corpus", "text", "alignment", "features",
                                                                                      "speakers", "train"]
    for path in ("exp/flowtts/model.safetensors", "exp/flowtts/speaker_encoder/model.safetensors",
                 "data/speakers/vectors.safetensors"):
        assert (recipe / path).stat().st_size > 0, path
    assert ran(run([recipe / "run.sh", *tiny, "--stop-stage", "train"], project)) == []
    (code,) = FLOW_BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    code = code.replace("tts convert ", "tts convert --trust-text ")  # an aligner of debug size cannot tell what was said
    code = code.replace("alice 0.3", "alice 0.0")  # to an encoder of debug size all speakers are alike
    said = run(code, project, TTS_HOME=str(tmp_path / "home"))
    assert "nobody's in particular" in said and "made voice of accent en-gb" in said
    assert all((project / name).stat().st_size > 1000 for name in ("ada.wav", "eve.wav"))
