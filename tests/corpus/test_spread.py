from tts.corpus.spread import spread
from tts.corpus.utterance import Utterance


def test_voices_take_turns_and_new_sentences_come_first():
    utterances = [Utterance(f"{s}{i}", f"sentence {i}", s, "de") for s in "abc" for i in range(3)]
    chosen = spread(utterances, 5)
    assert [u.speaker for u in chosen] == ["a", "b", "c", "a", "b"]
    assert len({u.text for u in chosen[:3]}) == 3
    assert len(spread(utterances, 99)) == 9 and spread(utterances, 3) == chosen[:3]
