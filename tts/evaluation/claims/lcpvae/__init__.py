"""The claims of LCPVAE, on utterances that no encoder was trained on: which sounds are made, and which checks look at them.

recordings ─┬─ part "recogniser" ─→ the judge of styles, phones that tell languages apart
            ├─ posteriors ─→ do styles lie together, whatever the language and the speaker?
            └─ test texts ─┬─ in voices that never spoke their language, in every style    beside a plain VAE and one without style loss
                           ├─ in their own voice and style
                           └─ ours at several strengths, and between two styles

The roles are read off the models' own configurations; a baseline of the same training seed is preferred.
"""

from tts.evaluation.claims.lcpvae.judge import judge_model

__all__ = ["judge_model"]
