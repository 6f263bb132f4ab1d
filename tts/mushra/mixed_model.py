"""The mixed model score ~ system + (1|listener) + (1|item), by restricted maximum likelihood (statsmodels, if it is
installed)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from tts.mushra.scores import ScoreTable

FORMULA = "score ~ system + (1|listener) + (1|item)"
LACKING = (
    "The mixed model needs statsmodels, which is not installed: python -m pip install -e '.[analysis]' -c tools/constraints.txt"
)
CAUTION = (
    "Its listeners and items shift all systems alike; where listeners differ in which system they like, its p-values are too"
    " small, as those of single ratings are."
)


@dataclass(frozen=True)
class Effect:
    """A system's mean minus the baseline's, as the model sees it, with a 95 % Wald interval."""

    system: str
    difference: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class MixedModel:
    """Standard deviations in points; p: that all systems are alike (Wald). converged: False is a warning about all of it."""

    formula: str
    baseline: str
    effects: list[Effect]
    listener_sd: float
    item_sd: float
    residual_sd: float
    p: float
    ratings: int
    converged: bool


def fit(table: ScoreTable, conditions: list[str], baseline: str) -> MixedModel:
    """The model over the conditions; ImportError where statsmodels is not installed."""
    import statsmodels.api as sm
    from statsmodels.regression.mixed_linear_model import VCSpec

    scores = table.scores[:, :, [table.conditions.index(name) for name in conditions]]
    listener, item, system = np.nonzero(np.isfinite(scores))
    values = scores[listener, item, system]
    others = [name for name in conditions if name != baseline]
    design = np.column_stack([np.ones(len(values))] + [system == conditions.index(name) for name in others]).astype(float)
    groups = [np.eye(count)[index] for count, index in ((len(table.listeners), listener), (len(table.items), item))]
    names = [[[f"{number}" for number in range(group.shape[1])]] for group in groups]
    effects = VCSpec(["listener", "item"], names, [{0: group} for group in groups])
    model = sm.MixedLM(values, design, groups=np.zeros(len(values)), exog_vc=effects)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what matters of them stands in `converged`
        fitted = model.fit(reml=True, method=["lbfgs", "powell"])
    interval, count = fitted.conf_int(), len(others) + 1
    wald = fitted.wald_test(np.eye(count, len(fitted.params))[1:], scalar=True)
    listener_sd, item_sd = np.sqrt(np.maximum(fitted.vcomp, 0))
    found = [
        Effect(name, float(fitted.params[n]), float(interval[n][0]), float(interval[n][1]), float(fitted.pvalues[n]))
        for n, name in enumerate(others, start=1)
    ]
    return MixedModel(
        FORMULA,
        baseline,
        found,
        float(listener_sd),
        float(item_sd),
        float(np.sqrt(fitted.scale)),
        float(wald.pvalue),
        len(values),
        bool(fitted.converged),
    )
