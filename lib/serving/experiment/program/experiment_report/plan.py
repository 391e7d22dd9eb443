"""What is declared before an experiment begins."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Dict, List, Optional, Tuple

from captured import Failed, Unreadable
from captured.tables import FORMATS
from captured.times import Window, instant

FIXED, SEQUENTIAL = "fixed", "sequential"
PROPORTION, MEAN = "proportion", "mean"
AGGREGATES = ("mean", "sum", "max", "min", "count")
INFERENCE = "inferenceId"
ATTRIBUTE = "attribute:"


@dataclass(frozen=True)
class Metric:
    """A value of each unit: whether something happened (a proportion), or a number (a mean)."""

    name: str
    column: str
    kind: str
    # what of several outcomes of one unit counts
    aggregate: str
    # units without an outcome: count as 0, or are left out
    missing: str
    # whether more is better
    higher: bool
    # change that matters, in the unit of the metric: the smallest that the experiment must find, or the largest harm allowed
    effect: float


@dataclass(frozen=True)
class Plan:
    name: str
    control: str
    treatment: str
    # parts of the units, by variant
    shares: Dict[str, float]
    window: Window
    # how long after its first request a unit's outcomes count
    maturity: timedelta
    unit: str
    # whether `variant_of` gives the units their variants
    is_hashed: bool
    outcome_format: str
    outcome_key: str
    outcome_time: Optional[str]
    design: str
    primary: Metric
    guards: Tuple[Metric, ...] = ()
    # chance of calling a difference where there is none
    level: float = 0.05
    power: float = 0.8
    # a sequential reading begins with so many units of each variant
    min_units: int = 100
    # chance of calling the shares wrong where they are right
    balance_level: float = 0.001
    namespace: str = "MLOps/Experiment"
    text: str = field(default="", compare=False)

    @property
    def variants(self) -> Tuple[str, str]:
        return self.control, self.treatment

    @property
    def readable_from(self) -> datetime:
        """When the outcomes of the last units are known."""
        return self.window.until + self.maturity

    @property
    def guard_level(self) -> float:
        """The level of each guard: the chance that any of them calls harm where there is none is at most `level`."""
        return self.level / max(1, len(self.guards))

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()


class Checked:
    """Reads declared values, and collects what is wrong with them."""

    def __init__(self, given: Dict[str, Any]):
        self.given, self.wrong = given, []  # type: Dict[str, Any], List[str]

    def one_of(self, value: Any, allowed: Tuple[str, ...], name: str) -> Any:
        if value not in allowed:
            self.wrong.append(f"{name} must be one of {', '.join(allowed)}, got {value!r}")
        return value

    def between(self, value: Any, low: float, high: float, name: str) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            self.wrong.append(f"{name} must be a number of {low:g} to {high:g}, got {value!r}")
            return low
        return value

    def instant(self, name: str) -> datetime:
        try:
            return instant(str(self.given.get(name)))
        except Unreadable as fault:
            self.wrong.append(f"{name}: {fault}")
            return instant("1970-01-01T00:00:00Z")

    def name(self, name: str, value: Any) -> str:
        if not isinstance(value, str) or not value:
            self.wrong.append(f"{name} must be a text, got {value!r}")
        return str(value)

    def metric(self, place: str, given: Any) -> Metric:
        given = given if isinstance(given, dict) else {}
        kind = self.one_of(given.get("kind"), (PROPORTION, MEAN), f"{place}.kind")
        return Metric(
            name=self.name(f"{place}.name", given.get("name")),
            column=self.name(f"{place}.column", given.get("column")),
            kind=kind,
            aggregate=self.one_of(given.get("aggregate", "max" if kind == PROPORTION else "mean"), AGGREGATES, f"{place}.aggregate"),
            missing=self.one_of(given.get("missing", "zero" if kind == PROPORTION else "exclude"), ("zero", "exclude"), f"{place}.missing"),
            higher=self.one_of(given.get("better", "higher"), ("higher", "lower"), f"{place}.better") == "higher",
            effect=self.between(given.get("effect"), 1e-12, 1e12, f"{place}.effect"),
        )


def plan_of(text: str) -> Plan:
    """The plan of a text in JSON. Raises Failed with everything that is wrong."""
    try:
        given = json.loads(text)
    except ValueError as fault:
        raise Failed(f"the plan is no json: {fault}")
    check = Checked(given)
    shares = given.get("shares") if isinstance(given.get("shares"), dict) else {}
    control, treatment = (check.name(one, given.get(one)) for one in ("control", "treatment"))
    if set(shares) != {control, treatment} or control == treatment or not all(isinstance(one, (int, float)) and 0 < one < 1e12 for one in shares.values()):
        check.wrong.append(f"shares must give {control!r} and {treatment!r} a number above 0 each, got {shares!r}")
        shares = {control: 1, treatment: 1}
    since, until = check.instant("start"), check.instant("end")
    if since >= until:
        check.wrong.append(f"end must be after start, got {given.get('start')!r} to {given.get('end')!r}")
    outcomes = given.get("outcomes") if isinstance(given.get("outcomes"), dict) else {}
    unit = check.name("unit", given.get("unit", INFERENCE))
    if unit != INFERENCE and not (unit.startswith(ATTRIBUTE) and len(unit) > len(ATTRIBUTE)):
        check.wrong.append(f"unit must be {INFERENCE} or {ATTRIBUTE}<name>, got {unit!r}")
    guards = tuple(check.metric(f"guards[{index}]", one) for index, one in enumerate(given.get("guards") or []))
    primary = check.metric("primary", given.get("primary"))
    names = [primary.name, *(one.name for one in guards)]
    if len(set(names)) < len(names):
        check.wrong.append(f"metrics must have different names, got {', '.join(names)}")
    plan = Plan(
        name=check.name("name", given.get("name")),
        control=control,
        treatment=treatment,
        shares={name: share / sum(shares.values()) for name, share in shares.items()},
        window=Window(since, until),
        maturity=timedelta(hours=check.between(given.get("maturityHours", 0), 0, 24 * 366, "maturityHours")),
        unit=unit,
        is_hashed=check.one_of(given.get("assignment", "other"), ("hash", "other"), "assignment") == "hash",
        outcome_format=check.one_of(outcomes.get("format"), FORMATS, "outcomes.format"),
        outcome_key=check.name("outcomes.key", outcomes.get("key")),
        outcome_time=outcomes.get("time"),
        design=check.one_of(given.get("design"), (FIXED, SEQUENTIAL), "design"),
        primary=primary,
        guards=guards,
        level=check.between(given.get("level", 0.05), 1e-6, 0.5, "level"),
        power=check.between(given.get("power", 0.8), 0.5, 0.999, "power"),
        min_units=int(check.between(given.get("minUnits", 100), 20, 1e9, "minUnits")),
        balance_level=check.between(given.get("balanceLevel", 0.001), 1e-6, 0.1, "balanceLevel"),
        namespace=str(given.get("namespace", "MLOps/Experiment")),
        text=json.dumps(given, sort_keys=True),
    )
    if check.wrong:
        raise Failed(f"the plan is wrong: {'; '.join(check.wrong)}")
    return plan
