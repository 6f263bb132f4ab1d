import pytest

from tests.mushra.sounds import write_systems
from tts.errors import UserError
from tts.mushra.systems import check_conditions, common_utterances, open_condition, parse_system, read_descriptions, read_systems


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("systems")
    write_systems(folder, count=4)
    (folder / "ours" / "utt_1.wav").unlink()
    (folder / "theirs" / "utt_2.wav").write_bytes(b"no sound")
    return folder


def test_what_is_not_everywhere_is_named(folder):
    conditions = [open_condition(name, folder / name) for name in ("reference", "ours", "theirs")]
    common = common_utterances(conditions, {"utt_0": {"text": "Hello"}}, 0.5, 1.17)
    assert [candidate.id for candidate in common.candidates] == ["utt_0"] and common.candidates[0].text == "Hello"
    assert common.left_out.keys() == {"utt_1", "utt_2", "utt_3"}
    assert (
        common.left_out["utt_1"] == "missing in ours"
        and "not readable" in common.left_out["utt_2"]
        and "longer than 1.17 s" in common.left_out["utt_3"]
    )
    assert "shorter than 5 s" in common_utterances(conditions, {}, 5, 12).left_out["utt_0"]


@pytest.mark.parametrize(
    "name, text",
    [
        ("s.yaml", "- {name: ours, folder: ours, licence: CC0}\n- {name: theirs, folder: theirs}\n"),
        ("s.jsonl", '{"name": "ours", "folder": "ours", "licence": "CC0"}\n{"name": "theirs", "folder": "theirs"}\n'),
    ],
)
def test_a_file_of_systems(folder, name, text):
    (folder / name).write_text(text)
    systems = read_systems(folder / name)
    assert [(s.name, s.licence, len(s.sounds)) for s in systems] == [("ours", "CC0", 3), ("theirs", None, 4)]


@pytest.mark.parametrize(
    "text, said",
    [
        ("- {name: ours, folder: ours, license: CC0}", "unknown field 'license'"),
        ("- {name: ours}", "needs a name and either folder or manifest"),
        ("- {folder: ours}", "without name"),
        ("name: ours", "expected a list"),
        ("- [", "neither YAML nor JSON lines"),
        ("- {name: a/b, folder: ours}", "a name is made of"),
        ("- {name: ours, folder: nowhere}", "nowhere"),
    ],
)
def test_a_wrong_file_of_systems(folder, text, said):
    (folder / "wrong.yaml").write_text(text)
    with pytest.raises(UserError, match=said):
        read_systems(folder / "wrong.yaml")


def test_wrong_conditions(folder):
    ours, theirs = (open_condition(name, folder / name) for name in ("ours", "theirs"))
    for conditions, kind, said in (
        ([ours, ours], "mos", "two systems are named 'ours'"),
        ([ours], "preference", "at least 2 systems"),
        ([ours, theirs], "mushra", "add --reference"),
        ([open_condition("anchor35", folder / "ours")], "mos", "makes itself"),
    ):
        with pytest.raises(UserError, match=said):
            check_conditions(conditions, kind)
    check_conditions([ours], "mos")
    with pytest.raises(UserError, match="NAME=FOLDER"):
        parse_system("ours")


def test_descriptions_from_a_table(folder):
    (folder / "d.tsv").write_text('id\ttext\tstyle\nutt_0\tHe said "no".\tcalm\n')
    assert read_descriptions(folder / "d.tsv", None)["utt_0"] == {
        "text": 'He said "no".',
        "style": "calm",
        "speaker": "",
        "language": "",
    }
    assert read_descriptions(None, None) == {}
    (folder / "e.tsv").write_text("name\ttext\nutt_0\tHe\n")
    with pytest.raises(UserError, match="column id"):
        read_descriptions(folder / "e.tsv", None)
