"""Whether the variants get the shares of the units that they should: if not, the two groups differ in more than the model."""

from __future__ import annotations

import math
from typing import Sequence

from scipy.special import gammaln

# how sharply the alternative is spread around the declared shares (Lindon and Malek 2022)
CONCENTRATION = 100.0


def mismatch(counts: Sequence[int], shares: Sequence[float]) -> float:
    """A p-value that may be looked at after every unit: the chance that any look has `p <= level` is at most `level`.

    One over the Bayes factor of multinomial counts, with shares spread by a Dirichlet distribution around those declared,
    against the declared ones: a martingale if these are right (Lindon and Malek, "Anytime-valid inference for multinomial count
    data", 2022). A chi-square test that is repeated each day calls almost every right experiment wrong in the end.
    """
    prior = [CONCENTRATION * share for share in shares]
    total, whole = sum(prior), sum(counts)
    log_ratio = float(gammaln(total) - gammaln(total + whole))
    for alpha, count, share in zip(prior, counts, shares):
        log_ratio += float(gammaln(alpha + count) - gammaln(alpha)) - count * math.log(share)
    return math.exp(-max(0.0, log_ratio))
