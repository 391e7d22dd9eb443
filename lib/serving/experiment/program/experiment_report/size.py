"""How many units a plan needs."""

from __future__ import annotations

import math

from scipy import optimize, stats

from captured import Failed

from .plan import PROPORTION, Plan
from .units import LARGEST


def units_for_means(deviation: float, effect: float, ratio: float, level: float, power: float) -> int:
    """Units of the control with which a two-sided t-test finds `effect` with a chance of `power`; the treatment has `ratio` times as many."""

    def missing(count: float) -> float:
        freedom = count * (1 + ratio) - 2
        center = effect / deviation * math.sqrt(count * ratio / (1 + ratio))
        critical = stats.t.ppf(1 - level / 2, freedom)
        return float(stats.nct.sf(critical, freedom, center) + stats.nct.cdf(-critical, freedom, center)) - power

    least = missing(2)
    if not least < 0:  # also where the distribution has no value any more: nobody needs more units for such an effect
        return 2
    normal = (stats.norm.ppf(1 - level / 2) + stats.norm.ppf(power)) ** 2 * (deviation / effect) ** 2 * (1 + 1 / ratio)
    return math.ceil(optimize.brentq(missing, 2, 4 * normal + 100))


def units_for_proportions(base: float, effect: float, ratio: float, level: float, power: float) -> int:
    """Units of the control for a test of two proportions, `base` and `base + effect`, by their normal approximation."""
    other = base + effect
    pooled = (base + ratio * other) / (1 + ratio)
    spread = math.sqrt(pooled * (1 - pooled) * (1 + 1 / ratio))
    apart = math.sqrt(base * (1 - base) + other * (1 - other) / ratio)
    return math.ceil(((stats.norm.ppf(1 - level / 2) * spread + stats.norm.ppf(power) * apart) / effect) ** 2)


def units_for(plan: Plan, base: float, deviation: float) -> int:
    """Units of the control that the primary metric of a plan needs. @param deviation standard deviation of a mean's units"""
    ratio = plan.shares[plan.treatment] / plan.shares[plan.control]
    metric = plan.primary
    if metric.kind == PROPORTION:
        effect = metric.effect if metric.higher else -metric.effect
        if not (0 <= base <= 1 and 0 <= base + effect <= 1):
            raise Failed(f"--base must be a proportion that the effect {effect:+g} leaves between 0 and 1, got {base:g}")
        return units_for_proportions(base, effect, ratio, plan.level, plan.power)
    if not 0 < deviation < LARGEST:
        raise Failed(f"--deviation must be a number above 0, got {deviation:g}")
    return units_for_means(deviation, metric.effect, ratio, plan.level, plan.power)
