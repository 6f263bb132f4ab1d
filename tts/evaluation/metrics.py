"""What every score is called, its unit, which way is better and how it is defined. The definition travels with every result.

Where a unit has no place elsewhere it is part of the key (`f0_rmse_cents`); shares (`voicing_decision_error`) are stored from
0 to 1 and shown in percent.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """How a score is named and read; `scale` turns what is stored into what is shown in `unit`."""

    name: str
    unit: str
    better: str  # "lower", "higher", or "" where neither is
    digits: int
    scale: float
    meaning: str
    short: str  # beside a single utterance
    headline: bool = True  # among the few that a page shows first


def _share(name: str, better: str, meaning: str, short: str, headline: bool = True) -> Metric:
    return Metric(name, "%", better, 1, 100, meaning, short, headline)


METRICS = {
    # -- of a pair
    "mcd": Metric(
        "Mel-cepstral distortion",
        "dB",
        "lower",
        2,
        1,
        "SPTK mel-cepstra of WORLD's spectra, floored 90 dB below the loudest bin, c0 left out",
        "MCD",
    ),
    "mel_distance": Metric(
        "Mel distance", "nepers", "lower", 3, 1, "L1 of log-mels by the features' definition, frame by frame", "mel", headline=False
    ),
    "log_spectral_distance": Metric(
        "Log-spectral distance", "dB", "lower", 2, 1, "root mean square over bins of 50 ms spectra, mean over frames", "LSD", headline=False
    ),
    "periodicity_error": Metric(
        "Periodicity error", "", "lower", 3, 1, "root mean square difference of the tracker's certainty that a frame is voiced, 0 to 1",
        "periodicity", headline=False,
    ),
    "log_f0_rmse": Metric("log-F0 RMSE", "ln Hz", "lower", 3, 1, "frames voiced in both", "log-F0", headline=False),
    "f0_rmse_cents": Metric("F0 RMSE", "cents", "lower", 0, 1, "the same in 1/100 of a semitone", "F0 RMSE"),
    "f0_rmse_hz": Metric("F0 RMSE", "Hz", "lower", 1, 1, "frames voiced in both", "F0 RMSE", headline=False),
    "f0_correlation": Metric("F0 correlation", "r", "higher", 3, 1, "Pearson's r of log-F0, frames voiced in both", "F0 r"),
    "gross_pitch_error": _share(
        "Gross pitch error", "lower", "share off by more than 20 %, frames voiced in both", "gross F0", headline=False
    ),
    "voicing_decision_error": _share("Voicing error", "lower", "share of all frames voiced in only one", "voicing error"),
    "voicing_f1": _share("Voicing F1", "higher", "harmonic mean of recall and precision of the frames called voiced", "voicing F1", headline=False),
    "f0_frame_error": _share(
        "F0 frame error", "lower", "share of all frames with a gross pitch or voicing error", "F0 frames", headline=False
    ),
    "word_f0_correlation": Metric(
        "Word F0 correlation",
        "r",
        "higher",
        3,
        1,
        "Pearson's r of the words' mean F0 in semitones, each relative to its utterance's words, pooled over all words with "
        "at least 3 frames voiced in both",
        "word F0 r",
    ),
    "word_f0_difference_cents": Metric(
        "Word F0 difference", "cents", "", 0, 1, "of the word's mean F0, system minus reference", "word F0", headline=False
    ),
    # -- of distributions, over all utterances
    "f0_kld_reference_system_bits": Metric(
        "F0 KLD(reference‖system)",
        "bits",
        "lower",
        3,
        1,
        "Kullback-Leibler divergence of histograms of voiced F0, 4 Hz bins from 60 to 500 Hz, 1e-4 added to each bin",
        "KLD",
    ),
    "f0_kld_system_reference_bits": Metric("F0 KLD(system‖reference)", "bits", "lower", 3, 1, "the other way round", "KLD"),
    "f0_jsd_bits": Metric("F0 JSD", "bits", "lower", 3, 1, "Jensen-Shannon divergence of the same histograms, 0 to 1", "JSD"),
    "f0_wasserstein_st": Metric(
        "F0 Wasserstein-1", "semitones", "lower", 2, 1, "mean distance of equal quantiles of voiced F0", "W1 of F0"
    ),
    "delta_f0_wasserstein_st_per_s": Metric(
        "Delta-F0 Wasserstein-1",
        "semitones/s",
        "lower",
        2,
        1,
        "the same of F0's change from frame to frame, where both frames are voiced",
        "W1 of delta-F0",
    ),
    "log_f0_std_ratio": Metric(
        "F0 spread ratio",
        "x",
        "",
        2,
        1,
        "standard deviation of log-F0 about each speaker's mean, over the reference's; below 1 is flatter",
        "F0 spread",
    ),
    # -- understanding
    "per": _share("Phone error rate", "lower", "a phone recogniser's, pooled over all phones", "phone errors"),
    "wer": _share(
        "Word error rate", "lower", "a word recogniser's, pooled over all words; which one is said below", "word errors"
    ),
    "cer": _share("Character error rate", "lower", "the same over letters", "letter errors", headline=False),
    # -- time
    "length_ratio": Metric("Length", "x", "", 2, 1, "length over the recording's", "length", headline=False),
    "duration_rmse_ms": Metric(
        "Phone duration RMSE", "ms", "lower", 0, 1, "phones without pauses, against the recording's alignment", "durations"
    ),
    "duration_correlation": Metric("Phone duration correlation", "r", "higher", 3, 1, "phones without pauses", "durations"),
    "duration_std_ratio": Metric(
        "Phone duration spread ratio",
        "x",
        "",
        2,
        1,
        "standard deviation of log durations of phones, pauses left out, over the reference's; below 1 is more even",
        "duration spread",
    ),
    "phones_per_second": Metric("Articulation rate", "phones/s", "", 1, 1, "phones over their time, pauses left out", "rate"),
    "pause_share": _share("Pauses", "", "share of the time between the first and the last speech", "pauses"),
    "pauses_per_minute": Metric("Pauses", "per minute", "", 1, 1, "between the first and the last speech", "pauses"),
    "pause_mean_ms": Metric("Pause length", "ms", "", 0, 1, "mean; utterances without a pause have none", "pause"),
    # -- who speaks
    "speaker_likeness": Metric(
        "Speaker likeness",
        "cos",
        "higher",
        3,
        1,
        "cosine with the mean direction of the speaker's other recordings in the reference",
        "likeness",
    ),
    "speaker_pair_similarity": Metric(
        "Likeness to the same recording",
        "cos",
        "higher",
        3,
        1,
        "cosine with the recording of the same id",
        "pair",
        headline=False,
    ),
    "speaker_found": _share(
        "Right speaker nearest", "higher", "share whose own speaker is the nearest of the reference's speakers", "speaker"
    ),
    # -- the signal
    "loudness_lufs": Metric("Loudness", "LUFS", "", 1, 1, "ITU-R BS.1770-4, gated", "loudness"),
    "loudness_difference_lu": Metric("Loudness difference", "LU", "", 1, 1, "from the reference", "loudness"),
    "peak_dbfs": Metric("Peak", "dBFS", "", 1, 1, "largest sample", "peak", headline=False),
    "clipping_share": Metric(
        "Clipped", "%", "lower", 3, 100, "share of samples in runs of two or more at full scale", "clipped", headline=False
    ),
    "predicted_mos": Metric(
        "Predicted MOS", "1-5", "higher", 2, 1, "a model's guess, which one is said below; no listener", "MOS"
    ),
}

WEIGHTED = {"per": "phones", "wer": "words", "cer": "characters"}  # rates pooled over these, so weighted by how many there are
SAME_TEST = {"log_f0_rmse": "f0_rmse_cents"}  # the first is a multiple of the second: one test serves both
