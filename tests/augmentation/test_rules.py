import math

from tts.augmentation.config import AugmentationConfig
from tts.augmentation.rules import breaches, rules_of

GOOD = {"f0_correlation": 0.9, "likeness_margin": 0.1, "alignment_loss": 0.2, "phone_errors": 0.1, "in_range": 0.99}


def test_each_rule_rejects_what_it_is_there_for_and_a_score_that_was_not_measured_breaks_none():
    rules = rules_of(AugmentationConfig())
    assert breaches(rules, GOOD) == []
    for name, bad in {"f0_correlation": 0.5, "likeness_margin": -0.01, "alignment_loss": 1.5, "phone_errors": 0.6,
                      "in_range": 0.5}.items():
        assert breaches(rules, {**GOOD, name: bad}) == [name]
        assert breaches(rules, {**GOOD, name: None}) == []
    assert breaches(rules, {**GOOD, "f0_correlation": math.nan}) == ["f0_correlation"]  # measured, and there was nothing
    assert all(rule.reason and rule.score in GOOD for rule in rules)
