"""The vocoder's recipe, from nothing to its table, in debug size, and again."""

from tests.helpers.project import ran, run

TINY = ("--config", "conf/debug.yaml", "--speakers", "en-us es", "--per-speaker", "12", "--jobs", "1")


def test_from_nothing_to_a_table(project):
    output = run(["egs/mini/vocoder/run.sh", *TINY], project)
    assert ran(output) == ["corpus", "sounds", "vocoder", "copies"] and "Listen:" in output
    folder = project / "egs/mini/vocoder/exp/vocoder"
    for name in ("vocoder.safetensors", "config.yaml", "fingerprint.json", "card.json", "command.sh"):
        assert (folder / name).stat().st_size > 0, name
    table = (folder / "evaluation/copies.md").read_text()
    assert all(word in table for word in ("griffin_lim", "vocoder", "Log-spectral distance", "F0 RMSE"))
    assert len(list((folder / "wav/vocoder").glob("*.wav"))) == len(list((folder / "wav/griffin_lim").glob("*.wav"))) > 0
    assert ran(run(["egs/mini/vocoder/run.sh", *TINY], project)) == []
