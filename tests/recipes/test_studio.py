"""The studio's recipe from nothing to its page in debug size, and then what README.md does with it: all controls in one call."""

import json
import re

from tests.helpers.project import ROOT, ran, run

CAST = """
speakers:
  - {language: en-us, utterances: {train: 5, dev: 2, test: 1, recogniser: 5}}
  - {language: es, utterances: {train: 5, dev: 2, test: 1, recogniser: 5}}
  - &es {language: es, utterances: {train: 5, dev: 1, recogniser: 5}}
  - &en {language: en-us, utterances: {train: 5, dev: 1, recogniser: 5}}
  - *en
  - *es
  - *es
  - *en
"""
STAGES = ["corpus", "text", "alignment", "features", "speakers", "bert", "train", "prosody", "synthesis", "styles", "recogniser", "evaluation",
          "studio_claims", "report"]
STUDIO_BLOCK = re.compile(r"<!-- studio -->\n```bash\n(.*?)\n```\n", re.S)


def test_from_nothing_to_all_at_once(project, tmp_path):
    (tmp_path / "cast.yaml").write_text(CAST)
    tiny = ("--config", "conf/debug.yaml", "--cast", str(tmp_path / "cast.yaml"), "--jobs", "1", "--processes", "1",
            "--overrides", "predictor.bert=none")  # a BERT takes as long to start as all the rest
    recipe = project / "egs/mini/studio"
    output = run([recipe / "run.sh", *tiny], project)
    assert ran(output) == STAGES and "--style excited" in output
    assert ran(run([recipe / "run.sh", *tiny], project)) == []
    (recipe / "conf/copycat2.debug.yaml").write_text("include: [../../../../recipes/conf/copycat2.debug.yaml]\nmodel: {speaker_vectors: features}\n"
                                                     "predictor: {bert: none}\n")
    tiny += ("--alone", "conf/copycat2.debug.yaml")
    assert ran(run([recipe / "run.sh", *tiny], project)) == ["sharing", "report"]
    shared = {f"{c['group']}: {c['name']}" for c in json.loads((recipe / "exp/studio/sharing/claims/claims.json").read_text())["claims"]}
    assert {"kept: claims of copycat2", "copycat2: transfer: word duration"} <= shared
    assert "\n## Claims of sharing, beside the systems that it is made of\n" in (recipe / "exp/studio/RESULTS.md").read_text()
    claims = json.loads((recipe / "exp/studio/claims/claims.json").read_text())
    verdicts = {f"{c['group']}: {c['name']}": c["verdict"] for c in claims["claims"]}
    assert all("nothing voiced" in reason for reason in claims["failures"].values())  # so little training may leave a voice without any
    assert verdicts["alone: words: word duration"] == "stated"
    assert verdicts["two at once: words with style: word duration"] in ("reached", "missed")
    assert "in every style, by a voice" in (recipe / "exp/studio/page.html").read_text()
    (code,) = STUDIO_BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    first = json.loads((recipe / "data/alignment/manifest.jsonl").read_text().splitlines()[0])
    code = code.replace("wav/alice/alice_00000.flac", first["audio"]).replace("There is a dreary bottle under the piano.", first["text"])
    code = code.replace("tts prosody extract ", "tts prosody extract --trust-text ")  # an aligner of debug size cannot tell what was said
    run(code, project, TTS_HOME=str(tmp_path / "home"))
    assert all((project / name).stat().st_size > 1000 for name in ("out.wav", "drawn.wav"))
