from tts.text import phonemize
from tts.text.espeak import PhoneWords
from tts.text.phonemize import Phonemizer
from tts.text.tokens import Word


def phones(voice, *says):
    return Phonemizer(voice).phonemize([Word(say, (0, 1), say) for say in says])


def test_a_word_that_espeak_takes_for_several_stays_one():
    result = phones("en-us", "the", "iPhone", "of", "the", "McDonald")
    assert len(result.words) == 5 and all(result.words) and result.fall_backs == 0


def test_a_phrase_with_another_count_is_done_word_by_word_and_counted():
    result = phones("nl", "dat", "is", "'s", "zich")  # Dutch 's melts into the next word
    assert len(result.words) == 4 and all(result.words) and result.fall_backs == 1


def test_marks_that_are_no_sound_never_become_phones(monkeypatch):
    class Odd:
        def phones(self, text, voice):
            return PhoneWords([["ˈt͡ʃ", "_", ","], [":"]], 0)

    monkeypatch.setattr(phonemize, "get_espeak", Odd)
    assert phonemize._ask("xx", "anything") == ((("tʃ", 2),),)
