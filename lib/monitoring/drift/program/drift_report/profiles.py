"""The baseline: what is known of each column, without its rows."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple, Union

import numpy as np

from captured import Failed

VERSION = 1
# the end of a whole number that a data frame wrote, since others of the column were missing
CODE = re.compile(r"(?<=\d)\.0+$")
# places at which a profile in a file knows the distribution of a number: between two of them lies a thousandth of the rows
POINTS = 1001
# more different values are an identifier, or a number in disguise
MAX_CATEGORIES = 10_000
BINS = 10
# what stands for no value in text; "NA" does not, it is a text such as the code of Namibia
NULLS = frozenset(["", "NaN", "nan", "NULL", "null", "None", "\\N"])
PLAIN = {int, float, type(None)}


@dataclass
class NumberProfile:
    """Of a column of numbers: how many are below, and up to, some of its values; and how many are in each bin."""

    rows: int
    missing: int
    values: List[float]
    below: List[int]
    up_to: List[int]
    # inner edges of the bins, which are closed on the right
    edges: List[float]
    counts: List[int]
    kind: str = "number"

    @property
    def present(self) -> int:
        return self.rows - self.missing


@dataclass
class CategoryProfile:
    """Of a column of texts and flags: how many rows have each of its values."""

    rows: int
    missing: int
    counts: Dict[str, int]
    kind: str = "category"

    @property
    def present(self) -> int:
        return self.rows - self.missing


@dataclass
class SkippedProfile:
    """Of a column that cannot be judged, with the reason."""

    rows: int
    missing: int
    reason: str
    kind: str = "skipped"

    @property
    def present(self) -> int:
        return self.rows - self.missing


Profile = Union[NumberProfile, CategoryProfile, SkippedProfile]


@dataclass
class Baseline:
    rows: int
    features: Dict[str, Profile]
    # what it was made of
    source: str = ""
    sha256: str = ""

    def to_json(self) -> str:
        columns = {name: asdict(profile) for name, profile in self.features.items()}
        return json.dumps({"version": VERSION, "rows": self.rows, "source": self.source, "features": columns}, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Baseline":
        kinds = {"number": NumberProfile, "category": CategoryProfile, "skipped": SkippedProfile}
        try:
            given = json.loads(text)
            if given["version"] != VERSION:
                raise Failed(f"the baseline has version {given['version']}, this program reads {VERSION}; make it anew")
            columns = {name: kinds[one["kind"]](**one) for name, one in given["features"].items()}
            return cls(int(given["rows"]), columns, str(given.get("source", "")))
        except (ValueError, KeyError, TypeError) as fault:
            raise Failed(f"the baseline is no profile of this program: {type(fault).__name__} {fault}; make it with drift.py baseline")


def number(value: Any) -> Optional[float]:
    """A value as a number, or None if it is none. NaN is a missing value, see `is_missing`."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def is_missing(value: Any) -> bool:
    if value is None:
        return True
    if isinstance(value, str):
        return value.strip() in NULLS
    return isinstance(value, float) and math.isnan(value)


def text(value: Any) -> str:
    """A value as the name of a category. JSON, CSV and data frames write one flag or code as true and True, as 1 and 1.0."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if not isinstance(value, str):
        return json.dumps(value, sort_keys=True, default=str)
    word = value.strip()
    return word.lower() if word in ("True", "False", "TRUE", "FALSE") else CODE.sub("", word)


def numbers(values: Sequence[Any]) -> Tuple["np.ndarray[Any, Any]", int, int]:
    """Sorted numbers, how many are missing, and how many are no numbers."""
    if set(map(type, values)) <= PLAIN:  # of Parquet and JSON: no need to look at each
        plain = np.array(values, dtype="float64")
        missing, present = int(np.isnan(plain).sum()), plain[np.isfinite(plain)]
        return np.sort(present), missing, len(plain) - missing - len(present)
    found, missing, invalid = [], 0, 0
    for value in values:
        if is_missing(value):
            missing += 1
            continue
        one = number(value)
        if one is None:
            invalid += 1
        else:
            found.append(one)
    return np.sort(np.array(found, dtype="float64")), missing, invalid


def categories(values: Iterable[Any]) -> Tuple["Counter[str]", int]:
    """How often each category occurs, and how many are missing."""
    counts: "Counter[str]" = Counter()
    missing = 0
    # a list or an object is a category by its text; 1 and true are equal in Python
    for (_, value), count in Counter((type(one), json.dumps(one) if isinstance(one, (list, dict)) else one) for one in values).items():
        if is_missing(value):
            missing += count
        else:
            counts[text(value)] += count
    return counts, missing


def profile_of(values: Sequence[Any], is_category: bool, points: Optional[int] = None) -> Profile:
    """The profile of a column. @param points most values at which the distribution of numbers is kept; None for all"""
    first = next((value for value in values if not is_missing(value)), None)
    if not is_category and number(first) is not None:
        sorted_numbers, missing, invalid = numbers(values)
        if invalid == 0:
            return number_profile(sorted_numbers, missing, points)
    counts, missing = categories(values)
    if len(counts) > MAX_CATEGORIES:
        reason = f"it has {len(counts):,} different values: an identifier; leave it out, or make groups of them"
        return SkippedProfile(len(values), missing, reason)
    return CategoryProfile(len(values), missing, dict(counts.most_common()))


def number_profile(values: "np.ndarray[Any, Any]", missing: int, points: Optional[int]) -> NumberProfile:
    places = np.unique(values)
    if points is not None and len(places) > points:
        # values that occur, at even steps of rank, both ends among them
        places = np.unique(values[np.linspace(0, len(values) - 1, points).round().astype(int)])
    inner = np.unique(values[[max(0, math.ceil(len(values) * part / BINS) - 1) for part in range(1, BINS)]])
    return NumberProfile(
        rows=len(values) + missing,
        missing=missing,
        values=places.tolist(),
        below=np.searchsorted(values, places, "left").tolist(),
        up_to=np.searchsorted(values, places, "right").tolist(),
        edges=inner.tolist(),
        counts=binned(values, inner).tolist(),
    )


def binned(values: "np.ndarray[Any, Any]", edges: Sequence[float]) -> "np.ndarray[Any, Any]":
    """How many values are in each bin; the outer bins are open."""
    return np.bincount(np.searchsorted(np.asarray(edges), values, "left"), minlength=len(edges) + 1)


def baseline_of(columns: Dict[str, List[Any]], names: Iterable[str], points: Optional[int] = None) -> Baseline:
    """A baseline of columns. @param names those that hold categories although they look like numbers"""
    rows = max((len(values) for values in columns.values()), default=0)
    if rows == 0:
        raise Failed("the baseline has no rows")
    wanted = set(names)
    return Baseline(rows, {name: profile_of(values, name in wanted, points) for name, values in columns.items()})
