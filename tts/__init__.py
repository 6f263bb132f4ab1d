"""Expressive text-to-speech: corpus → text → alignment → features → model → mel → vocoder → wav → evaluation.

Three lines to a wav::

    from tts import Synthesizer
    voice = Synthesizer.load("mini")
    voice.say("Hello there.", voice="ada").save("hello.wav")
"""

__version__ = "0.1.0"


def __getattr__(name: str):
    if name == "Synthesizer":  # imported on demand: `import tts` stays instant
        from tts.synthesis.synthesizer import Synthesizer

        return Synthesizer
    raise AttributeError(f"module 'tts' has no attribute {name!r}")
