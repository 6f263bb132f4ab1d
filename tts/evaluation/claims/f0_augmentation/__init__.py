"""The claims of F0-conditioned augmentation, over all pairs of a recipe, on utterances that nothing was trained on.

augmented corpora ─────────────────→ how far their F0 is from the target's recordings (distribution.py)
supporters' unseen utterances ─────→ converted with predicted, own, flat, waving and rising F0, and without: does F0 follow, who is heard? (control.py,
                                     likeness.py)
targets' unseen texts ─────────────→ spoken by voices with and without augmentation (voices.py); their F0 predicted from phones (control.py)
"""

from tts.evaluation.claims.f0_augmentation.judge import judge_model

__all__ = ["judge_model"]
