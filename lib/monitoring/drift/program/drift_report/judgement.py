"""Which features have drifted, decided over all of them at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Dict, List, Optional, Sequence, Tuple

from captured.results import finite

from .distances import RARE, beyond, cells, holm, homogeneity, jensen_shannon, kolmogorov_smirnov, rates_differ, stability_index
from .profiles import Baseline, CategoryProfile, NumberProfile, Profile, binned, categories, numbers, same_precision
from .settings import Settings

# values of a feature without which its distribution is not judged, however many rows there are
FEW_VALUES = 50
TESTS = ("distribution", "missing", "beyond")
SHOWN_CATEGORIES = 20


@dataclass
class Finding:
    """What was found about one feature or prediction."""

    name: str
    kind: str
    rows: int
    missing_rate: float = 0.0
    baseline_missing_rate: float = 0.0
    # part of the rows whose value is no number, in a column of numbers; they count as missing
    invalid_rate: float = 0.0
    psi: Optional[float] = None
    kolmogorov_smirnov: Optional[float] = None
    jensen_shannon: Optional[float] = None
    new_rate: Optional[float] = None
    new_categories: Dict[str, int] = field(default_factory=dict)
    gone_categories: List[str] = field(default_factory=list)
    # part of the numbers that are below all, or above all, of the baseline
    beyond_rate: Optional[float] = None
    p_distribution: Optional[float] = None
    p_missing: Optional[float] = None
    p_beyond: Optional[float] = None
    # after Holm's correction over every test of the run
    adjusted_distribution: Optional[float] = None
    adjusted_missing: Optional[float] = None
    adjusted_beyond: Optional[float] = None
    drifted: bool = False
    reasons: List[str] = field(default_factory=list)
    not_judged: Optional[str] = None

    def as_json(self) -> Dict[str, Any]:
        words = {key.split("_")[0] + "".join(part.capitalize() for part in key.split("_")[1:]): key for key in asdict(self)}
        return {word: finite(value) if isinstance(value, float) else value for word, key in words.items() for value in [getattr(self, key)]}


def finding_of(name: str, profile: Profile, values: Sequence[Any]) -> Finding:
    """The distances of one column; what they mean is decided later, with all others."""
    finding = Finding(name, profile.kind, len(values))
    finding.baseline_missing_rate = profile.missing / max(1, profile.rows)
    if isinstance(profile, NumberProfile):
        lost = compare_numbers(finding, profile, values)
    elif isinstance(profile, CategoryProfile):
        lost = compare_categories(finding, profile, values)
    else:
        finding.not_judged = profile.reason
        lost = categories(values)[1]
    finding.missing_rate = lost / max(1, len(values))
    finding.p_missing = rates_differ((lost, len(values)), (profile.missing, profile.rows))
    return finding


def compare_numbers(finding: Finding, profile: NumberProfile, values: Sequence[Any]) -> int:
    found = numbers(values)
    finding.invalid_rate = found.invalid / max(1, len(values))
    if enough(finding, profile, len(found.values)):
        profile, present = same_precision(profile, found.values)
        finding.beyond_rate, finding.p_beyond = beyond(profile, present)
        finding.kolmogorov_smirnov, finding.p_distribution = kolmogorov_smirnov(profile, present)
        counts = binned(present, profile.edges)
        finding.psi, finding.jensen_shannon = stability_index(profile.counts, counts), jensen_shannon(profile.counts, counts)
    return found.missing + found.invalid


def compare_categories(finding: Finding, profile: CategoryProfile, values: Sequence[Any]) -> int:
    counts, missing = categories(values)
    counts = as_written(counts, profile)
    present = sum(counts.values())
    new = {name: count for name, count in counts.most_common() if name not in profile.counts}
    finding.new_rate = sum(new.values()) / max(1, present)
    finding.new_categories = dict(list(new.items())[:SHOWN_CATEGORIES])
    often = [name for name, count in profile.counts.items() if count * present >= 10 * profile.present and name not in counts]
    finding.gone_categories = often[:SHOWN_CATEGORIES]
    if enough(finding, profile, present):
        names, table = cells(profile.counts, counts)
        if names == [RARE]:
            finding.not_judged = "none of its values is frequent: an identifier; leave it out, or make groups of them"
            return missing
        finding.p_distribution = homogeneity(table)
        finding.psi, finding.jensen_shannon = stability_index(*table), jensen_shannon(*table)
    return missing


def as_written(counts: "Counter[str]", profile: CategoryProfile) -> "Counter[str]":
    """The counts with flags as the baseline writes them: one client sends true, another 1."""
    for words in (("false", "true"), ("0", "1")):
        other = dict(zip(("0", "1") if words[0] == "false" else ("false", "true"), words))
        if profile.counts and set(profile.counts) <= set(words):
            found: "Counter[str]" = Counter()
            for name, count in counts.items():
                found[other.get(name, name)] += count
            return found
    return counts


def enough(finding: Finding, profile: Profile, present: int) -> bool:
    least = min(present, profile.present)
    if least < FEW_VALUES:
        whose = "the window" if present == least else "the baseline"
        finding.not_judged = f"{whose} has {least} values, {FEW_VALUES} are needed"
    return least >= FEW_VALUES


def judge(baseline: Baseline, columns: Dict[str, List[Any]], settings: Settings) -> List[Finding]:
    """The findings of every column of the baseline, with their verdicts.

    A feature has drifted if a test rejects at the level, corrected over all tests of the run, and the change is large enough
    to matter. The first alone finds differences that no model notices once there are many rows; the second alone finds
    chance where there are few.
    """
    findings = [finding_of(name, profile, columns[name]) for name, profile in baseline.features.items() if name in columns]
    p_values: Dict[Tuple[str, str], float] = {}
    for one in findings:
        for test in TESTS:
            value = getattr(one, f"p_{test}")
            if value is not None:
                p_values[one.name, test] = value
    adjusted = holm(p_values)
    for one in findings:
        for test in TESTS:
            setattr(one, f"adjusted_{test}", adjusted.get((one.name, test)))
        one.reasons = reasons_of(one, settings)
        one.drifted = len(one.reasons) > 0
    return findings


def reasons_of(one: Finding, settings: Settings) -> List[str]:
    reasons = []
    if one.adjusted_distribution is not None and one.adjusted_distribution <= settings.level:
        if one.psi is not None and one.psi >= settings.psi:
            reasons.append(f"PSI {one.psi:.3g} is at least {settings.psi:g}")
        if one.new_rate is not None and one.new_rate >= settings.new_categories:
            reasons.append(f"{one.new_rate:.1%} of the rows have new categories, at least {settings.new_categories:.1%}")
    if one.adjusted_beyond is not None and one.adjusted_beyond <= settings.level:
        if one.beyond_rate is not None and one.beyond_rate >= settings.new_categories:
            reasons.append(f"{one.beyond_rate:.1%} of the values are beyond all of the baseline, at least {settings.new_categories:.1%}")
    if one.adjusted_missing is not None and one.adjusted_missing <= settings.level:
        change = one.missing_rate - one.baseline_missing_rate
        if abs(change) >= settings.missing:
            reasons.append(f"{one.missing_rate:.1%} are missing, {one.baseline_missing_rate:.1%} were")
    return reasons
