"""The units of an experiment: whom each variant has served, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Dict, Iterable, List, Optional, Tuple

import numpy as np

from captured import Failed, Unreadable
from captured.records import Reading, Record, time_in

from .assignment import variant_of
from .fixed import Sample
from .plan import INFERENCE, PROPORTION, Metric, Plan


@dataclass
class Exposure:
    """The first request of a unit."""

    variant: str
    at: datetime
    is_mixed: bool = False


@dataclass
class Units:
    """The exposures by unit, and what was left out."""

    exposures: Dict[str, Exposure] = field(default_factory=dict)
    without_unit: int = 0

    def add(self, variant: str, record: Record, plan: Plan) -> None:
        if plan.unit == INFERENCE:
            unit = record.inference_id
        else:
            unit = record.attributes.get(plan.unit.partition(":")[2])
        if not unit:
            self.without_unit += 1
            return
        known = self.exposures.get(unit)
        if known is None:
            self.exposures[unit] = Exposure(variant, record.at)
            return
        known.is_mixed = known.is_mixed or known.variant != variant
        known.at = min(known.at, record.at)

    @property
    def mixed(self) -> int:
        return sum(one.is_mixed for one in self.exposures.values())

    def misassigned(self, plan: Plan) -> int:
        """Units whose variant is not the one of `variant_of`; 0 if the plan assigns them in another way."""
        if not plan.is_hashed:
            return 0
        shares = {variant: plan.shares[variant] for variant in plan.variants}
        return sum(one.variant != variant_of(plan.name, unit, shares) for unit, one in self.exposures.items())


def units_in(found: Iterable[Tuple[str, Record]], plan: Plan) -> Units:
    units = Units()
    for variant, record in found:
        units.add(variant, record, plan)
    return units


Rows = List[Tuple[Optional[datetime], Dict[str, Any]]]
Outcomes = Dict[str, Rows]
# of an outcome: squares of larger ones are no numbers any more
LARGEST = 1e100


def outcomes_by_key(rows: Iterable[Dict[str, Any]], plan: Plan) -> Outcomes:
    """Outcomes by unit with their times. Raises Failed if many have none that can be read: their units would count as 0."""
    outcomes: Outcomes = {}
    reading = Reading()
    wanted = [plan.outcome_key, *([plan.outcome_time] if plan.outcome_time else [])]
    columns = [metric.column for metric in (plan.primary, *plan.guards) if metric.aggregate != "count"]
    for row in rows:
        absent = [name for name in (*wanted, *columns) if name not in row]
        if absent:
            raise Failed(f"the outcomes lack the column {', '.join(sorted(set(absent)))}; they have {', '.join(row)}")
        try:
            at = time_in(row[plan.outcome_time]) if plan.outcome_time else None
        except Unreadable as fault:
            reading.refuse(f"{plan.outcome_time}: {fault}")
            continue
        reading.records += 1
        outcomes.setdefault(key_of(row[plan.outcome_key]), []).append((at, row))
    reading.check("outcomes")
    return outcomes


def key_of(value: Any) -> str:
    """A unit as clients send it: a data frame with a gap in a column of ids has 17.0 for 17."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def without_outcomes(units: Units, outcomes: Outcomes, maturity: timedelta) -> Optional[str]:
    """Why no unit has an outcome although there are some; None if one has. Whose outcomes are not found counts as 0."""
    found = {unit: outcomes[unit] for unit in units.exposures if unit in outcomes}
    if not units.exposures or not outcomes or any(within(units.exposures[unit], rows, maturity) for unit, rows in found.items()):
        return None
    if not found:
        return f"none of the {len(units.exposures):,} units is among the {len(outcomes):,} that have outcomes: the keys differ"
    return f"the outcomes of all {len(found):,} units came before their first requests, or too late"


def number_in(value: Any, column: str) -> Optional[float]:
    if value is None or (isinstance(value, str) and value.strip() in ("", "NaN", "nan", "NULL", "null", "\\N")):
        return None
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return float(value.strip().lower() == "true")
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise Failed(f"the outcome {column!r} must hold numbers or flags, got {str(value)[:50]!r}")
    if abs(found) > LARGEST:  # an infinity too
        raise Failed(f"the outcome {column!r} must hold numbers of at most {LARGEST:g}, got {found:g}")
    return None if np.isnan(found) else found


def within(exposure: Exposure, rows: Rows, maturity: timedelta) -> List[Dict[str, Any]]:
    """Only what came after the first request of a unit, and within the declared time."""
    return [row for at, row in rows if at is None or exposure.at <= at <= exposure.at + maturity]


def value_of(metric: Metric, counted: List[Dict[str, Any]]) -> Optional[float]:
    """The value of a unit."""
    if metric.aggregate == "count":
        return float(len(counted))
    found = [value for row in counted for value in [number_in(row[metric.column], metric.column)] if value is not None]
    if not found:
        return 0.0 if metric.missing == "zero" else None
    value = {"mean": np.mean, "sum": np.sum, "max": np.max, "min": np.min}[metric.aggregate](found)
    if metric.kind == PROPORTION and value not in (0.0, 1.0):
        raise Failed(f"{metric.name} is a proportion: {metric.column!r} must be 0 or 1 for each unit, got {value:g}")
    return float(value)


@dataclass
class Series:
    """Values of one variant's units in the order in which they became known, with running sums for any look."""

    times: "np.ndarray[Any, Any]"
    # sums are of the distances to it: of the squares of large numbers little would be left
    center: float
    deviations: "np.ndarray[Any, Any]"
    squares: "np.ndarray[Any, Any]"
    left_out: int

    @classmethod
    def of(cls, values: List[Tuple[datetime, Optional[float]]]) -> "Series":
        known = sorted((at.timestamp(), value) for at, value in values if value is not None)
        numbers = np.array([value for _, value in known], dtype="float64")
        center = float(numbers.mean()) if len(numbers) else 0.0
        apart = numbers - center
        return cls(np.array([at for at, _ in known]), center, np.cumsum(apart), np.cumsum(apart**2), len(values) - len(known))

    def count(self, until: datetime) -> int:
        return int(np.searchsorted(self.times, until.timestamp(), "right"))

    def sample(self, until: datetime) -> Optional[Sample]:
        """What was known at a time; None with fewer than two units."""
        count = self.count(until)
        if count < 2:
            return None
        deviation, square = float(self.deviations[count - 1]), float(self.squares[count - 1])
        return Sample(count, self.center + deviation / count, max(0.0, square - deviation**2 / count) / (count - 1))

    def successes(self, until: datetime) -> Tuple[int, int]:
        count = self.count(until)
        return (round(self.center * count + float(self.deviations[count - 1])) if count else 0), count


def series_of(metric: Metric, plan: Plan, units: Units, outcomes: Outcomes) -> Dict[str, Series]:
    """The values of each variant by the time at which a unit is mature. Units that saw both variants are left out."""
    values: Dict[str, List[Tuple[datetime, Optional[float]]]] = {variant: [] for variant in plan.variants}
    for unit, exposure in units.exposures.items():
        if not exposure.is_mixed and exposure.variant in values:
            value = value_of(metric, within(exposure, outcomes.get(unit, []), plan.maturity))
            values[exposure.variant].append((exposure.at + plan.maturity, value))
    return {variant: Series.of(found) for variant, found in values.items()}
