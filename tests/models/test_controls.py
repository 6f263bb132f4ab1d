"""What every system says that it can be given is what its `synthesize` takes."""

import dataclasses
import inspect

import numpy as np
import pytest

from tests.helpers.tiny import CONFIG, NAMES
from tests.helpers.voice import FLOW
from tts.config.recipe import SYSTEMS, Recipe
from tts.models.backbone.controls import Controls
from tts.models.load import build_model
from tts.text.inventory import PhoneInventory

SIZES = {"word_latent_dim": 2, "frame_latent_dim": 2, "style_latent_dim": 2}
CONTROLS = {
    "base": Controls(f0=True),
    "copycat2": Controls(f0=True, words=True),
    "copycat": Controls(f0=True, text=False),
    "lcpvae": Controls(f0=True, style=True),
    "flowtts": Controls(f0=True, noise=True, recording=True),
    "studio": Controls(f0=True, words=True, style=True, recording=True),
}
ARGUMENTS = {"latents": "words", "edits": "words", "style_latent": "style", "temperature": "noise"}


def model_of(system, **changes):
    config = dataclasses.replace(CONFIG, **SIZES, **changes)
    speakers = {name: {"vector": list(np.eye(2)[place])} for place, name in enumerate(NAMES.speakers)}
    recipe = dataclasses.replace(Recipe(), system=system, model=config, flowtts=FLOW)
    return build_model(recipe, PhoneInventory.from_counts({"a": 1}, "test"), NAMES, speakers)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_model_says_what_it_can_be_given(system):
    model = model_of(system)
    assert model.controls == CONTROLS[system]
    assert model_of(system, speaker_vectors="features").controls == dataclasses.replace(CONTROLS[system], speaker_vector=True)


@pytest.mark.parametrize("system", [name for name in SYSTEMS if CONTROLS[name].text])
def test_a_control_is_an_argument_of_synthesis(system):
    model = model_of(system)
    taken = set(inspect.signature(model.synthesize).parameters)
    for argument, control in ARGUMENTS.items():
        if getattr(model.controls, control):
            assert argument in taken, (system, argument)
    if model.controls.recording:
        assert {"batch", "target", "source"} <= set(inspect.signature(model.convert).parameters)
        assert {"batch", "target"} <= set(inspect.signature(model.say_in_timing).parameters)


def test_without_an_f0_model_there_is_no_f0_to_give():
    assert not model_of("copycat2", f0_layers=0).controls.f0
