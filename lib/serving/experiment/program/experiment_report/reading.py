"""What may be said of an experiment now, by the rules that were declared before it began."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Dict, List, Optional, Tuple

from captured.times import text_of

from .balance import mismatch
from .fixed import Comparison, Sample, compare_means, compare_proportions
from .plan import FIXED, PROPORTION, Metric, Plan
from .sequential import Looks, looks
from .units import Outcomes, Series, Units, series_of, without_outcomes

# the looks of a sequential reading are at these steps from its start, whenever a report is made: what was found stays found
LOOK = timedelta(hours=1)
# units that saw both variants: above this part the assignment is not sticky, and the groups are not those of a lottery
MAX_MIXED = 0.01

NO_SPREAD = "all units of a variant have one value, and those of the other another: nothing is known of their spread"

NOT_STARTED, COLLECTING, INVALID, HARM = "NOT_STARTED", "COLLECTING", "INVALID", "HARM"
BETTER, WORSE, NO_DIFFERENCE = "TREATMENT_BETTER", "TREATMENT_WORSE", "NO_DIFFERENCE_SHOWN"


@dataclass
class Read:
    """A metric as it was read; without a comparison it must not be read yet."""

    metric: Metric
    counts: Dict[str, int]
    left_out: Dict[str, int]
    means: Optional[Dict[str, float]] = None
    comparison: Optional[Comparison] = None
    method: str = ""
    why_not: str = ""
    is_harm: bool = False
    # whether treatment has more of it, once a difference is found, and since when
    is_above: bool = False
    since: Optional[str] = None


@dataclass
class Reading:
    state: str
    reasons: List[str]
    units: Dict[str, int]
    mixed: int
    without_unit: int
    p_balance: float
    primary: Optional[Read] = None
    guards: List[Read] = field(default_factory=list)
    warnings: List[str] = field(default_factory=list)


def read(plan: Plan, units: Units, outcomes: Outcomes, now: datetime) -> Reading:
    counts = {variant: 0 for variant in plan.variants}
    for one in units.exposures.values():
        if not one.is_mixed and one.variant in counts:
            counts[one.variant] += 1
    p_balance, unbalanced = balance(plan, units, now)
    reading = Reading(COLLECTING, [], counts, units.mixed, units.without_unit, p_balance)
    if now < plan.window.since:
        reading.state, reading.reasons = NOT_STARTED, [f"it begins at {text_of(plan.window.since)}"]
        return reading
    every = max(1, len(units.exposures))
    if units.mixed / every > MAX_MIXED:
        reading.reasons.append(f"{units.mixed / every:.1%} of the units saw both variants, at most {MAX_MIXED:.0%} may: the assignment is not sticky")
    strangers = units.misassigned(plan)
    if strangers / every > MAX_MIXED:
        reading.reasons.append(f"{strangers / every:.1%} of the units have another variant than their hash gives them, at most {MAX_MIXED:.0%} may")
    if unbalanced:
        reading.reasons.append(
            f"the variants do not get their shares (sample ratio mismatch, p {p_balance:.2g} since {unbalanced}): "
            f"{', '.join(f'{name} {count:,}' for name, count in counts.items())}; look for requests that are lost in one of them"
        )
    lost = without_outcomes(units, outcomes, plan.maturity) if now >= plan.readable_from else None
    if lost:
        reading.reasons.append(lost)
    if reading.reasons:
        reading.state = INVALID
        return reading
    reading.guards = [guard(plan, metric, units, outcomes, now) for metric in plan.guards]
    reading.primary = primary(plan, series_of(plan.primary, plan, units, outcomes), now)
    decide(plan, reading, now)
    return reading


def balance(plan: Plan, units: Units, now: datetime) -> Tuple[float, Optional[str]]:
    """The smallest p-value of the shares over all looks, and the time of the first at which they were wrong."""
    times = {variant: sorted(one.at for one in units.exposures.values() if one.variant == variant) for variant in plan.variants}
    smallest, first = 1.0, None
    places = {variant: 0 for variant in plan.variants}
    for at in times_of_looks(plan, now, plan.window.until):
        for variant, found in times.items():
            while places[variant] < len(found) and found[places[variant]] <= at:
                places[variant] += 1
        smallest = min(smallest, mismatch(list(places.values()), [plan.shares[variant] for variant in places]))
        if first is None and smallest <= plan.balance_level:
            first = text_of(at)
    return smallest, first


def times_of_looks(plan: Plan, now: datetime, until: datetime) -> List[datetime]:
    last = min(now, until)
    found, at = [], plan.window.since + LOOK
    while at <= last:
        found.append(at)
        at += LOOK
    return found if not found or found[-1] == last or now < until else [*found, last]


def samples(plan: Plan, series: Dict[str, Series], now: datetime) -> List[Tuple[datetime, Tuple[Sample, Sample]]]:
    """The looks at which both variants had units enough."""
    found = []
    for at in times_of_looks(plan, now, plan.readable_from):
        control, treatment = (series[variant].sample(at) for variant in plan.variants)
        if control and treatment and min(control.count, treatment.count) >= plan.min_units:
            found.append((at, (control, treatment)))
    return found


def about(metric: Metric, series: Dict[str, Series], at: datetime) -> Read:
    counts = {variant: one.count(at) for variant, one in series.items()}
    return Read(metric, counts, {variant: one.left_out for variant, one in series.items()})


def means_of(plan: Plan, pair: Tuple[Sample, Sample]) -> Dict[str, float]:
    return {variant: one.mean for variant, one in zip(plan.variants, pair)}


def primary(plan: Plan, series: Dict[str, Series], now: datetime) -> Read:
    return fixed_primary(plan, series, now) if plan.design == FIXED else sequential_primary(plan, series, now)


def fixed_primary(plan: Plan, series: Dict[str, Series], now: datetime) -> Read:
    found = about(plan.primary, series, min(now, plan.readable_from))
    if now < plan.readable_from:
        # a look before the end is another test than the one that was declared: its level would not hold
        found.why_not = f"it is read once, at {text_of(plan.readable_from)}"
        return found
    control, treatment = (series[variant].sample(plan.readable_from) for variant in plan.variants)
    if not control or not treatment:
        found.why_not = "a variant has fewer than two units with an outcome"
        return found
    found.means = means_of(plan, (control, treatment))
    if plan.primary.kind == PROPORTION:
        sides = [series[variant].successes(plan.readable_from) for variant in plan.variants]
        found.comparison, found.method = compare_proportions(sides[0], sides[1], plan.level), "score test (Miettinen and Nurminen)"
    else:
        found.comparison, found.method = compare_means(control, treatment, plan.level), "Welch's t-test"
    if found.comparison is None:
        found.means, found.why_not = None, NO_SPREAD
        return found
    found.is_above = found.comparison.difference > 0
    return found


def sequential_primary(plan: Plan, series: Dict[str, Series], now: datetime) -> Read:
    found, result = sequential(plan, plan.primary, series, now, plan.level, 0.0)
    if result and result.looks.first is not None:
        found.since = text_of(result.times[result.looks.first])
        found.is_above = result.looks.first == result.looks.first_above
    return found


@dataclass(frozen=True)
class Sequence:
    times: List[datetime]
    looks: Looks


def sequential(
    plan: Plan, metric: Metric, series: Dict[str, Series], now: datetime, level: float, bound: float
) -> Tuple[Read, Optional[Sequence]]:
    found = about(metric, series, min(now, plan.readable_from))
    taken = samples(plan, series, now)
    if not taken:
        found.why_not = f"each variant needs {plan.min_units:,} units with a known outcome"
        return found, None
    result = looks([pair for _, pair in taken], level, metric.effect, bound)
    if result.last.low == -math.inf and result.last.high == math.inf and result.last.difference != 0:
        found.why_not = NO_SPREAD
        return found, None
    found.comparison, found.method = result.last, "mixture sequential probability ratio test"
    found.means = means_of(plan, taken[-1][1])
    return found, Sequence([at for at, _ in taken], result)


def guard(plan: Plan, metric: Metric, units: Units, outcomes: Outcomes, now: datetime) -> Read:
    """A guard may be read at any time, in a fixed design too: harm must not go on until the end."""
    series = series_of(metric, plan, units, outcomes)
    found, result = sequential(plan, metric, series, now, plan.guard_level, metric.effect)
    first = (result.looks.first_below if metric.higher else result.looks.first_above) if result else None
    if result and first is not None:
        found.is_harm, found.since = True, text_of(result.times[first])
    return found


def decide(plan: Plan, reading: Reading, now: datetime) -> None:
    harmed = [one for one in reading.guards if one.is_harm]
    found = reading.primary
    is_over = now >= plan.readable_from
    if harmed:
        reading.state = HARM
        reading.reasons = [f"{one.metric.name} is worse by more than {one.metric.effect:g} since {one.since}" for one in harmed]
        return
    if found is None or found.comparison is None:
        reading.state = INVALID if is_over else COLLECTING  # nothing was compared: that is no difference only to who does not read on
        reading.reasons = [found.why_not] if found else []
        return
    if found.comparison.p <= plan.level:
        is_better = found.is_above == plan.primary.higher
        reading.state = BETTER if is_better else WORSE
        reading.reasons = [f"{plan.primary.name} differs, p {found.comparison.p:.2g} is at most {plan.level:g}"]
    else:
        reading.state = NO_DIFFERENCE if is_over else COLLECTING
        reading.reasons = [f"{plan.primary.name}: p {found.comparison.p:.2g} is above {plan.level:g}"]
