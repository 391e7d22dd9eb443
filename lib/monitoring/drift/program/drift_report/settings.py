"""What was declared about a monitor: a file of JSON beside the program."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

from captured import Failed

# metrics by feature that can be published
FEATURE_METRICS = ("PSI", "KolmogorovSmirnov", "JensenShannon", "MissingRate", "NewCategories", "Drifted")


@dataclass(frozen=True)
class Settings:
    # name of the monitor in reports and metrics
    monitor: str = ""
    # names of the features in the order of CSV; None if the data names them
    features: Optional[Tuple[str, ...]] = None
    # names of the values of an answer; None for prediction, prediction[0], prediction.score
    predictions: Optional[Tuple[str, ...]] = None
    # columns that are no features: ids, times
    ignored: Tuple[str, ...] = ()
    # columns whose numbers are names: postcodes, product ids
    categories: Tuple[str, ...] = ()
    variants: Tuple[str, ...] = ("",)
    window_hours: float = 24
    # minutes that the service may take to write what it captured
    delay_minutes: float = 15
    # chance of a false alarm in a run
    level: float = 0.01
    min_rows: int = 500
    max_rows: int = 200_000
    psi: float = 0.1
    missing: float = 0.05
    new_categories: float = 0.01
    max_unreadable: float = 0.05
    seed: int = 1
    namespace: str = "MLOps/Drift"
    feature_metrics: Tuple[str, ...] = ("PSI", "MissingRate")
    # of a data set as the baseline: csv, parquet, json
    baseline_format: Optional[str] = None

    def __post_init__(self) -> None:
        wrong = [
            f"{name} must be {rule}, got {getattr(self, name)!r}"
            for name, (holds, rule) in RULES.items()
            if not holds(getattr(self, name))
        ]
        if wrong:
            raise Failed(f"the settings are wrong: {'; '.join(wrong)}")


RULES: Dict[str, Tuple[Any, str]] = {
    "window_hours": (lambda value: 0 < value <= 24 * 31, "more than 0, at most 744"),
    "level": (lambda value: 0 < value <= 0.2, "more than 0, at most 0.2"),
    "min_rows": (lambda value: value >= 50, "at least 50"),
    "max_rows": (lambda value: value >= 1000, "at least 1000"),
    "feature_metrics": (lambda value: set(value) <= set(FEATURE_METRICS), f"of {', '.join(FEATURE_METRICS)}"),
}


def settings_in(path: str) -> Settings:
    """The settings of a file, whose keys are written as in TypeScript: `minRows`. An unknown key is refused."""
    try:
        given = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise Failed(f"the settings {path} cannot be read: {fault}")
    known = {camel(field.name): field.name for field in fields(Settings)}
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise Failed(f"the settings have {', '.join(unknown)}, which this program does not know")
    return Settings(**{known[key]: tuple(value) if isinstance(value, list) else value for key, value in given.items()})


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
