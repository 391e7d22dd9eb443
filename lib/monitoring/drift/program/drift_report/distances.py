"""How far a sample is from the baseline, and how likely a distance is if nothing has changed."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np
from scipy import special, stats

from .profiles import NumberProfile

# counts of a cell in both samples together must expect so many in the smaller one: with fewer, the tail of the G statistic
# is not that of chi-square, and with many features it is the tail that decides
LEAST_EXPECTED = 10
SMOOTHING = 0.5
RARE = "(rare)"


def kolmogorov_smirnov(profile: NumberProfile, values: "np.ndarray[Any, Any]") -> Tuple[float, float]:
    """The largest distance of the two distributions, and the p-value of the two-sided test.

    `values` are sorted. At the places of the profile both distributions are known from the left and from the right: with all
    values of the baseline the distance is that of `scipy.stats.ks_2samp`, with some of them it is at most that, so that the
    p-value is never too small. It is the asymptotic one of scipy; ties make it larger than the true one.
    """
    n, m = len(values), profile.present
    places = np.asarray(profile.values)
    right = np.searchsorted(values, places, "right") / n - np.asarray(profile.up_to) / m
    left = np.searchsorted(values, places, "left") / n - np.asarray(profile.below) / m
    distance = float(max(np.abs(right).max(), np.abs(left).max()))
    return distance, float(np.clip(stats.kstwo.sf(distance, max(1, round(n * m / (n + m)))), 0, 1))


def cells(baseline: Mapping[str, int], sample: Mapping[str, int]) -> Tuple[List[str], "np.ndarray[Any, Any]"]:
    """The counts of both samples by category, rare ones together in a last cell.

    Which categories are rare is decided by both samples together: given those sums, every way to deal them out to the two
    samples is as likely as any other if nothing has changed. Chosen by the baseline alone, its own chance finds would look
    like a change of the sample, and so would every new category of a long tail.
    """
    n, m = sum(sample.values()), sum(baseline.values())
    part = min(n, m) / (n + m)
    common, rare = [], np.zeros(2)
    rows = []
    for name in dict.fromkeys([*baseline, *sample]):
        counts = (baseline.get(name, 0), sample.get(name, 0))
        if sum(counts) * part >= LEAST_EXPECTED:
            common.append(name)
            rows.append(counts)
        else:
            rare += counts
    if rare.sum() * part >= LEAST_EXPECTED or not rows:
        return [*common, RARE], np.array([*rows, rare], dtype="float64").T
    table = np.array(rows, dtype="float64").T
    table[:, int(table.sum(axis=0).argmin())] += rare  # too few for a cell of their own
    return common, table


def homogeneity(table: "np.ndarray[Any, Any]") -> Optional[float]:
    """The p-value of the G test: both rows of counts come from one distribution.

    None if there is one cell only: however the rows were dealt out, nothing could be found, so that it is no test to correct for.
    """
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2 or (table.sum(axis=1) == 0).any():
        return None
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    ratio = np.where(table > 0, table / expected, 1.0)
    return float(stats.chi2.sf(2 * float((table * np.log(ratio)).sum()), table.shape[1] - 1))


def rates_differ(first: Tuple[int, int], second: Tuple[int, int]) -> Optional[float]:
    """The p-value of Fisher's exact test for two rates, each `(how many, of how many)`; None if none, or all, have it."""
    (a, n), (b, m) = first, second
    if n == 0 or m == 0 or a + b == 0 or a + b == n + m:
        return None
    return float(stats.fisher_exact([[a, n - a], [b, m - b]])[1])


def beyond(profile: NumberProfile, values: "np.ndarray[Any, Any]") -> Tuple[float, float]:
    """The part of the values that are below all, or above all, of the baseline, and the p-value of as many by chance.

    If nothing has changed, the `k` largest values of both together are equally likely to be any of them: the chance that all
    are of the sample is that of drawing so. Both ends are tried, which doubles it. Bins see none of it: the outer ones are open.
    """
    n, m = len(values), profile.present
    counts = (int((values < profile.values[0]).sum()), int((values > profile.values[-1]).sum()))
    chances = [special.gammaln(n + 1) - special.gammaln(n - k + 1) + special.gammaln(n + m - k + 1) - special.gammaln(n + m + 1) for k in counts]
    return sum(counts) / n, float(min(1.0, 2 * np.exp(min(chances))))


def stability_index(baseline: Sequence[float], sample: Sequence[float]) -> float:
    """Population stability index of two lists of counts. Half a row is added to each cell, so that an empty one is finite."""
    first, second = (np.asarray(counts, dtype="float64") + SMOOTHING for counts in (baseline, sample))
    first, second = first / first.sum(), second / second.sum()
    return float(((second - first) * np.log(second / first)).sum())


def jensen_shannon(baseline: Sequence[float], sample: Sequence[float]) -> float:
    """Jensen-Shannon distance of two lists of counts, to base 2: 0 to 1."""
    first, second = (np.asarray(counts, dtype="float64") for counts in (baseline, sample))
    first, second = first / first.sum(), second / second.sum()
    middle = (first + second) / 2

    def divergence(one: "np.ndarray[Any, Any]") -> float:
        present = one > 0
        return float((one[present] * np.log2(one[present] / middle[present])).sum())

    return float(np.sqrt(max(0.0, (divergence(first) + divergence(second)) / 2)))


def holm(p_values: Mapping[Any, float]) -> Dict[Any, float]:
    """Adjusted p-values: with those up to a level rejected, the chance of any false rejection is at most the level.

    Holm's method holds however the tests depend on one another, and features do. The false discovery rate of Benjamini and
    Hochberg is not enough here: one false rejection is a false alarm, which may start a training.
    """
    adjusted: Dict[Any, float] = {}
    largest = 0.0
    for rank, (name, value) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * value))
        adjusted[name] = largest
    return adjusted
