"""The page of a model whose prosody is an object: transfers, an edited word, and the claims."""

import json
import shutil

import pytest

from tests.report.test_page import Elements
from tests.vocoder.test_griffin_lim import glide
from tts.cli import main
from tts.corpus.manifest import read_manifest, write_manifest
from tts.evaluation.claims.claims import Check, above_zero, at_least, claims_of, stated
from tts.evaluation.claims.report import write_claims
from tts.evaluation.figure import mean_of
from tts.features.audio import save_audio
from tts.recipe.history import provenance
from tts.report.spoken_prosody import asked


@pytest.fixture(scope="module")
def page(evaluated, tmp_path_factory):
    """The page of `evaluated` after u_1 was transferred to ben, and its third unit raised by 4 semitones and made twice as long."""
    root = tmp_path_factory.mktemp("copy") / "egs" / "small" / "copycat2"
    shutil.copytree(evaluated.root, root)
    [u] = [u for u in read_manifest(root / "data" / "alignment" / "manifest.jsonl") if u.id == "u_1"]
    frames = [unit.frames for unit in u.units]
    steady = glide(150, 150, sum(frames) * 0.0125).numpy()
    at = sum(frames[:2]) * 300, sum(frames[:3]) * 300
    raised = glide(150 * 2 ** (4 / 12), 150 * 2 ** (4 / 12), 2 * frames[2] * 0.0125).numpy()
    edited = [*steady[: at[0]], *raised, *steady[at[1] :]]
    wav = root / "exp" / "try" / "wav"
    for kind, voice, samples in (("transfer", "ben", steady), ("own", "ada", steady), ("edited", "ada", edited)):
        row = type(u).from_dict({**u.to_dict(), "id": f"u_1--{voice}", "speaker": voice, "audio": f"u_1--{voice}.wav"})
        if kind == "edited":
            for phone in row.units[2].phones:
                phone.frames *= 2
        save_audio(wav / kind / row.audio, samples, 24000)
        write_manifest(wav / kind / "manifest.jsonl", [row])
    facts = {"edited": {"u_1--ada": [{"unit": 2, "text": u.units[2].text, "semitones": 4.0, "stretch": 2.0}]}}
    (wav / "edited" / "transfer.json").write_text(json.dumps(facts))
    write_some_claims(root / "exp" / "try" / "claims")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert main(["report", "exp/try"]) == 0
    return (root / "exp" / "try" / "page.html").read_text(encoding="utf-8")


def write_some_claims(folder):
    values = mean_of([("a", 0.5), ("b", 0.7)])
    checks = [Check("transfer", "reaches", "what is compared", "r", at_least(0.5), values, beside={"mean latents": values}),
              Check("transfer", "misses", "what is compared", "r", at_least(0.8), values),
              Check("transfer", "cannot", "", "r", above_zero(), None, "no pair of voices"),
              Check("transfer", "is told", "what is compared", "r", stated(), values)]
    facts = {"system": "copycat2", "models": ["try"], "utterances": 2, "split": "test", "notes": ["a note"]}
    write_claims(folder, claims_of([checks]), [], {**facts, **provenance()})


def test_the_transfer_and_the_edit_stand_on_their_card(page):
    elements = Elements(page)
    text = " ".join("".join(elements.text).split())
    assert len(elements.all("audio")) == 6 + 3 and len([a for _, a in elements.tags if a.get("role") == "img"]) == 2 + 2
    assert "ada → ben" in text and "melody, ben," in text and "each from its own median" in text
    assert "asked: +4 st, 2 × as long" in text and "measured: +4.0 st, 2.00 × as long" in text
    assert page.count('class="marked"') == 2  # under the edited sound, and where the melodies are drawn
    assert [tag for tag, _ in elements.tags].count("kbd") == 6 + 3


def test_misses_come_first(page):
    text = " ".join("".join(Elements(page).text).split())
    assert "1 reached, 1 missed, 1 not measured" in text and "no pair of voices" in text and "mean latents 0.60" in text
    places = [text.index(word) for word in ("transfer: misses", "transfer: reaches", "transfer: cannot", "transfer: is told")]
    assert places == sorted(places)


def test_without_claims_there_is_no_table(evaluated):
    assert "Claims" not in (evaluated.model / "page.html").read_text(encoding="utf-8")


def test_an_edit_in_words():
    assert asked({"unit": 3, "text": "x", "semitones": -2.0, "gain_db": 3.0}) == "-2 st, +3 dB"
