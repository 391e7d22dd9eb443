"""Comparison that may be looked at whenever one likes: the mixture sequential probability ratio test and its intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Optional, Sequence

from .fixed import Comparison, Sample


@dataclass(frozen=True)
class Looks:
    """The comparison after every look so far, and the first look whose interval lies below, or above, a bound."""

    last: Comparison
    first_below: Optional[int]
    first_above: Optional[int]

    @property
    def first(self) -> Optional[int]:
        return min((one for one in (self.first_below, self.first_above) if one is not None), default=None)


def always_valid(control: Sample, treatment: Sample, level: float, effect: float) -> Comparison:
    """One look. The chance that any of all looks has `p <= level`, or an interval without the true difference, is at most `level`.

    The likelihood ratio of a difference of 0 against differences spread normally by `effect` around 0 is a martingale: by
    Ville's inequality it passes `1 / level` with a chance of at most `level`, ever (Robbins 1970; Johari et al., "Always valid
    inference", 2022). Means of many units are normal, and their variances known well enough, from `Plan.min_units` on.
    """
    difference = treatment.mean - control.mean
    variance = control.variance / control.count + treatment.variance / treatment.count
    if variance == 0:
        return Comparison(difference, -math.inf, math.inf, 1.0)  # nobody differs yet: nothing is known of the spread
    spread = effect**2
    log_ratio = spread * difference**2 / (2 * variance * (variance + spread)) - 0.5 * math.log1p(spread / variance)
    width = math.sqrt(variance * (variance + spread) / spread * (math.log1p(spread / variance) - 2 * math.log(level)))
    return Comparison(difference, difference - width, difference + width, math.exp(-max(0.0, log_ratio)))


def looks(samples: Sequence[Sequence[Sample]], level: float, effect: float, bound: float = 0.0) -> Looks:
    """All looks in their order, each `(control, treatment)`. With a bound of 0, an interval beyond it is one with `p <= level`.

    What is shown is the smallest p-value and what all intervals have in common: as valid as the last look, never wider.
    """
    low, high, p = -math.inf, math.inf, 1.0
    last, first_below, first_above = Comparison(0.0, low, high, p), None, None
    for index, (control, treatment) in enumerate(samples):
        one = always_valid(control, treatment, level, effect)
        low, high, p = max(low, one.low), min(high, one.high), min(p, one.p)
        if low > high:  # the data has changed in time; the newest interval is the one that is about now
            low, high = one.low, one.high
        last = Comparison(one.difference, low, high, p)
        if first_below is None and one.high < -bound:
            first_below = index
        if first_above is None and one.low > bound:
            first_above = index
    return Looks(last, first_below, first_above)
