"""The mini recipe of LCPVAE, from nothing to its page, in debug size, with a plain VAE to compare with."""

import json

from tests.helpers.project import ran, run

SPEAKERS = [("en-us", "ada"), ("es", "dora")]
TINY = ("--config", "conf/debug.yaml", "--cast", "conf/tiny.yaml", "--jobs", "1")


def test_from_nothing_to_a_page(project):
    recipe = project / "egs/mini/lcpvae"
    rows = [f"  - {{language: {language}, name: {name}, utterances: {{train: 12, dev: 5, test: 2, recogniser: 12}}}}" for language, name in SPEAKERS]
    (recipe / "conf/tiny.yaml").write_text("speakers:\n" + "\n".join(rows) + "\n")
    vae = "lcpvae.prior=normal lcpvae.encoder_style=false lcpvae.style_loss=none"
    assert ran(run(["egs/mini/lcpvae/run.sh", *TINY, "--name", "vae", "--overrides", vae, "--stop-stage", "train"], project))[-1] == "train"
    output = run(["egs/mini/lcpvae/run.sh", *TINY], project)
    assert ran(output) == ["train", "synthesis", "styles", "recogniser", "evaluation", "style_claims", "report"] and "--style excited" in output
    claims = json.loads((recipe / "exp/lcpvae/claims/claims.json").read_text())
    names = {f"{c['group']}: {c['name']}": c["verdict"] for c in claims["claims"]}
    assert names["structure: silhouette by style above the plain VAE's"] in ("reached", "missed")
    assert names["other language: style heard: both above the plain VAE"] in ("reached", "missed")
    assert names["other language: style heard: the style loss above the learned prior alone"] == "not measured"  # no such model was trained
    assert names["not gamed: the loss's classifier hears no more than the judge"] in ("reached", "missed")
    assert not claims["failures"]
    page = (recipe / "exp/lcpvae/page.html").read_text()
    assert "data:image/svg+xml" in page and "who never spoke es" in page and "in every style, by a voice" in page
    spoken = [json.loads(line) for line in (recipe / "exp/lcpvae/wav/test/manifest.jsonl").read_text().splitlines()]
    assert len({row["style"] for row in spoken}) > 1
    run(["tts", "say", "Hola.", "--language", "es", "--voice", "ada", "--style", "excited=0.6,dj=0.4", "--style-strength", "1.3", "--model",
         "egs/mini/lcpvae/exp/lcpvae", "-o", "hola.wav"], project)
    assert (project / "hola.wav").stat().st_size > 1000
