"""Comparison at one time that was declared before: Welch's test of means, the score test of proportions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Callable, Optional, Tuple

from scipy import optimize, stats

# of the ends of a range in which a proportion is looked for
NEAR = 1e-12


@dataclass(frozen=True)
class Sample:
    """Values of one variant: how many, their mean and their variance (of n - 1)."""

    count: int
    mean: float
    variance: float


@dataclass(frozen=True)
class Comparison:
    """Treatment less control, with the interval that belongs to the test: it leaves 0 out if `p <= level`."""

    difference: float
    low: float
    high: float
    p: float


def compare_means(control: Sample, treatment: Sample, level: float) -> Optional[Comparison]:
    """Welch's t-test: the variances may differ. As `scipy.stats.ttest_ind(equal_var=False)`.

    None if the means differ and nobody differs from the own one: nothing is known of the spread, so that two units would be proof.
    """
    difference = treatment.mean - control.mean
    parts = [one.variance / one.count for one in (control, treatment)]
    error = math.sqrt(sum(parts))
    if error == 0:
        return Comparison(0.0, 0.0, 0.0, 1.0) if difference == 0 else None
    freedom = sum(parts) ** 2 / sum(part**2 / (one.count - 1) for part, one in zip(parts, (control, treatment)))
    width = float(stats.t.ppf(1 - level / 2, freedom)) * error
    p = 2 * float(stats.t.sf(abs(difference) / error, freedom))
    return Comparison(difference, difference - width, difference + width, p)


def compare_proportions(control: Tuple[int, int], treatment: Tuple[int, int], level: float) -> Comparison:
    """The score test of Miettinen and Nurminen, each side `(how many, of how many)`.

    As `statsmodels.stats.proportion.test_proportions_2indep(method="score", compare="diff")`. Unlike Wald's, its interval keeps
    its level where a proportion is near 0 or 1, as conversions are.
    """
    (b, m), (a, n) = control, treatment
    difference = a / n - b / m
    critical = float(stats.norm.ppf(1 - level / 2))

    def score(delta: float) -> float:
        return score_of((a, n), (b, m), delta)

    return Comparison(
        difference,
        bound(score, -1.0, difference, critical),
        bound(score, difference, 1.0, -critical),
        2 * float(stats.norm.sf(abs(score(0.0)))),
    )


def score_of(treatment: Tuple[int, int], control: Tuple[int, int], delta: float) -> float:
    """How many standard errors, under the difference `delta`, the observed difference is away from it."""
    (a, n), (b, m) = treatment, control
    distance = a / n - b / m - delta
    second = constrained(treatment, control, delta)
    first = min(1.0, max(0.0, second + delta))
    variance = (first * (1 - first) / n + second * (1 - second) / m) * (n + m) / (n + m - 1)
    if variance <= 0:
        return 0.0 if distance == 0 else math.copysign(math.inf, distance)
    return distance / math.sqrt(variance)


def constrained(treatment: Tuple[int, int], control: Tuple[int, int], delta: float) -> float:
    """The likeliest proportion of the control if the treatment's is greater by `delta`."""
    (a, n), (b, m) = treatment, control
    low, high = max(0.0, -delta), min(1.0, 1.0 - delta)
    if high - low < 2 * NEAR:
        return (low + high) / 2

    def slope(q: float) -> float:
        """Of the likelihood, which is concave."""
        return a / (q + delta) - (n - a) / (1 - q - delta) + b / q - (m - b) / (1 - q)

    low, high = low + NEAR, high - NEAR
    if slope(low) <= 0:
        return low - NEAR
    if slope(high) >= 0:
        return high + NEAR
    return float(optimize.brentq(slope, low, high, xtol=1e-15))


def bound(score: Callable[[float], float], low: float, high: float, critical: float) -> float:
    """Where the score passes a critical value, or the end of what is possible."""
    low, high = max(-1.0, low), min(1.0, high)
    if (score(low) - critical) * (score(high) - critical) >= 0:
        return low if critical > 0 else high
    return float(optimize.brentq(lambda delta: score(delta) - critical, low, high, xtol=1e-12))
