from tts.corpus.info import corpus_info


def test_amounts_by_column(clean, rows):
    table = rows(clean)
    table[0] |= {"split": "test", "style": "sad", "text": table[1]["text"].upper()}
    table[1].pop("seconds")
    rows(clean, table)
    info = corpus_info(clean / "manifest.jsonl")
    assert (info.total.utterances, info.texts, info.without_seconds) == (30, 29, 1)
    assert info.total.seconds == sum(row.get("seconds", 0.0) for row in table)
    assert {column: {name: a.utterances for name, a in values.items()} for column, values in info.by.items()} == {
        "speaker": {"ada": 6, "bob": 24}, "language": {"en-us": 30}, "style": {"read": 29, "sad": 1},
        "split": {"(none)": 29, "test": 1}}
    assert (info.shortest_seconds, info.longest_seconds) == (1.0, 1.6)
    assert "1 without known length" in str(info) and "ada" in info.table()
