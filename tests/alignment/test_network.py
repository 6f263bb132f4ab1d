"""The network scores an utterance alike alone and in a batch, and hidden patches hide what they say."""

import torch

from tts.alignment.config import NetworkConfig
from tts.alignment.network import PhoneNetwork, hide_patches


def test_padding_changes_nothing():
    torch.manual_seed(0)
    network = PhoneNetwork(8, 5, 2, NetworkConfig(dim=12, dilations=(1, 2))).eval()
    lengths = [31, 20, 7]
    mels = [torch.randn(length, 8) for length in lengths]
    batch = torch.nn.utils.rnn.pad_sequence(mels, batch_first=True)
    together = network(batch, torch.tensor(lengths))
    assert together.shape == (3, 32, 5)
    for row, mel in zip(together, mels):
        alone = network(mel[None], torch.tensor([len(mel)]))[0]
        torch.testing.assert_close(row[:len(mel)], alone[:len(mel)], atol=1e-5, rtol=1e-5)


def test_hidden_patches_are_stripes_within_the_real_frames():
    torch.manual_seed(1)
    hidden = hide_patches(torch.ones(200, 50, 20), torch.full((200,), 50)) == 0
    whole_bands, whole_frames = hidden.all(1), hidden.all(2)
    assert torch.equal(hidden, whole_bands[:, None] | whole_frames[:, :, None])
    assert 0 < whole_bands.sum(1).max() <= 12 and 0 < whole_frames.sum(1).max() <= 24
    assert (hidden.float().mean() > 0.1).all()
