"""The baseline: what is known of each column, without its rows."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple, Union

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
NULLS = frozenset(["", "NaN", "nan", "NAN", "-nan", "-NaN", "<NA>", "NaT", "NULL", "null", "None", "\\N"])
PLAIN = {int, float, bool, type(None)}
FLAGS = {"true": 1.0, "false": 0.0}
TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?")
# part of a column's values that may be texts, such as "unknown", before it is one of categories
FEW_WORDS = 0.05


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
    """A value as a number, or None if it is none. A flag is 0 or 1, as in most training data; NaN is a missing value, see `is_missing`."""
    if value is None:
        return None
    if isinstance(value, str):
        if value.strip().lower() in FLAGS:
            return FLAGS[value.strip().lower()]
        if "_" in value:
            return None  # a code: 12_34 is a number to Python alone
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    except OverflowError:
        return math.inf if value > 0 else -math.inf
    return None if math.isnan(found) else found


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


class Numbers(NamedTuple):
    # finite ones, sorted
    values: "np.ndarray[Any, Any]"
    missing: int
    infinite: int
    # that are no numbers
    words: int

    @property
    def invalid(self) -> int:
        return self.infinite + self.words


def numbers(values: Sequence[Any]) -> Numbers:
    missing, words = 0, 0
    try:
        if not set(map(type, values)) <= PLAIN:  # of Parquet and JSON: no need to look at each
            raise OverflowError
        found = np.array(values, dtype="float64")
        missing = int(np.isnan(found).sum())
    except OverflowError:
        kept = []
        for value in values:
            one = None if is_missing(value) else number(value)
            if one is not None:
                kept.append(one)
            elif is_missing(value):
                missing += 1
            else:
                words += 1
        found = np.array(kept, dtype="float64")
    infinite = int(np.isinf(found).sum())
    return Numbers(np.sort(found[np.isfinite(found)]), missing, infinite, words)


def is_flag(value: Any) -> bool:
    return isinstance(value, bool) or (isinstance(value, str) and value.strip().lower() in FLAGS)


def is_time(value: Any) -> bool:
    return isinstance(value, date) or (isinstance(value, str) and TIME.fullmatch(value.strip()) is not None)


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
    """The profile of a column. @param points most values at which the distribution of numbers is kept; None for all

    All values decide what a column holds, not the first: a text or an infinity among numbers is a value that is missing.
    """
    present = [value for value in values if not is_missing(value)]
    if present and not is_category:
        if all(map(is_time, present)):
            reason = "it holds times, which are new in each window: ignore it, or make a feature of them"
            return SkippedProfile(len(values), len(values) - len(present), reason)
        found = numbers(values)
        if len(found.values) > 0 and found.words <= FEW_WORDS * len(present) and not all(map(is_flag, present)):
            return number_profile(found.values, found.missing + found.invalid, points)
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
    inner = inner_edges(values)
    return NumberProfile(
        rows=len(values) + missing,
        missing=missing,
        values=places.tolist(),
        below=np.searchsorted(values, places, "left").tolist(),
        up_to=np.searchsorted(values, places, "right").tolist(),
        edges=inner.tolist(),
        counts=binned(values, inner).tolist(),
    )


def inner_edges(values: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Tenths of the values; one that so many rows have gets a bin of its own, so that others just below it are seen."""
    inner = np.unique(values[[max(0, math.ceil(len(values) * part / BINS) - 1) for part in range(1, BINS)]])
    often = inner[np.searchsorted(values, inner, "right") - np.searchsorted(values, inner, "left") >= len(values) / BINS]
    with np.errstate(over="ignore"):  # in single precision, as some data is: see `same_precision`
        below = np.nextafter(often.astype("float32"), np.float32(-np.inf)).astype("float64")
    return np.unique(np.concatenate([inner, below[np.isfinite(below)]]))


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


def is_single(values: "np.ndarray[Any, Any]") -> bool:
    with np.errstate(over="ignore"):
        return bool((values.astype("float32") == values).all())


def same_precision(profile: NumberProfile, values: "np.ndarray[Any, Any]") -> Tuple[NumberProfile, "np.ndarray[Any, Any]"]:
    """Both in single precision if one of them is: 0.7 and 0.699999988, as a data frame or a model gives it, are one value."""
    places = np.asarray(profile.values)
    if is_single(places) == is_single(values):
        return profile, values
    with np.errstate(over="ignore"):
        places, first = np.unique(places.astype("float32").astype("float64"), return_index=True)
        values = values.astype("float32").astype("float64")
        edges = np.asarray(profile.edges).astype("float32").astype("float64").tolist()
    last = np.append(first[1:], len(profile.values)) - 1
    below, up_to = ([counts[at] for at in where] for counts, where in ((profile.below, first), (profile.up_to, last)))
    return replace(profile, values=places.tolist(), below=below, up_to=up_to, edges=edges), values
