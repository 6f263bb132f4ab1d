"""The claims of F0-conditioned augmentation, over all pairs of a recipe, on utterances that nothing was trained on.

    augmented corpora               how far is their F0 from the target's recordings? (distribution.py)
    supporters' unseen utterances   converted with predicted, own, flat, waving and rising F0, and without:
                                    does F0 follow (control.py), who is heard (likeness.py)?
    targets' unseen recordings      is their F0 predicted from phones? (control.py)
    targets' unseen texts           spoken with and without augmentation: what is gained? (voices.py)
"""

from tts.evaluation.claims.f0_augmentation.judge import judge_model

__all__ = ["judge_model"]
