"""The report of an experiment as JSON, as Markdown and as metrics."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Dict, List, Optional

from captured.records import Reading as Captured
from captured.results import finite, markdown_table, metric, shown
from captured.times import text_of

from .plan import MEAN, SEQUENTIAL, Plan
from .reading import HARM, INVALID, Read, Reading

VERSION = 1
FEW_UNITS = 30
FINAL = ("TREATMENT_BETTER", "TREATMENT_WORSE", "NO_DIFFERENCE_SHOWN", HARM, INVALID)


def report_of(plan: Plan, reading: Reading, captured: Captured, declared_at: str, now: datetime) -> Dict[str, Any]:
    return {
        "version": VERSION,
        "experiment": plan.name,
        "state": reading.state,
        "reasons": reading.reasons,
        "warnings": reading.warnings,
        "at": text_of(now),
        "plan": {"sha256": plan.sha256, "declaredAt": declared_at, "design": plan.design, "level": plan.level},
        "window": {"since": text_of(plan.window.since), "until": text_of(plan.window.until), "readableFrom": text_of(plan.readable_from)},
        "variants": {
            variant: {"role": role, "share": plan.shares[variant], "units": reading.units[variant]}
            for variant, role in zip(plan.variants, ("control", "treatment"))
        },
        "units": {"mixed": reading.mixed, "recordsWithoutUnit": reading.without_unit},
        "balance": {"p": reading.p_balance, "level": plan.balance_level},
        "captured": {
            "files": captured.files,
            "records": captured.records,
            "smokeTests": captured.smoke_tests,
            "unreadable": captured.unreadable,
            "reasons": captured.reasons,
        },
        "primary": read_as_json(reading.primary),
        "guards": [read_as_json(one) for one in reading.guards],
    }


def read_as_json(read: Optional[Read]) -> Optional[Dict[str, Any]]:
    if read is None:
        return None
    found = read.comparison
    interval = {"low": finite(found.low), "high": finite(found.high)} if found else None
    return {
        "metric": read.metric.name,
        "kind": read.metric.kind,
        "better": "higher" if read.metric.higher else "lower",
        "effect": read.metric.effect,
        "units": read.counts,
        "leftOut": read.left_out,
        "means": read.means,
        "difference": finite(found.difference) if found else None,
        "interval": interval,
        "p": found.p if found else None,
        "method": read.method or None,
        "notRead": read.why_not or None,
        "isHarm": read.is_harm,
        "since": read.since,
    }


def markdown(report: Dict[str, Any]) -> str:
    window, plan, captured = report["window"], report["plan"], report["captured"]
    lines = [
        f"# Experiment {report['experiment']}",
        "",
        f"**{report['state']}**: {'; '.join(report['reasons'])}",
        "",
        f"- {window['since']} to {window['until']}, outcomes known from {window['readableFrom']}",
        f"- Design: {plan['design']}, level {plan['level']:g}; declared {plan['declaredAt']}, sha256 {plan['sha256']}",
        f"- Shares: p {shown(report['balance']['p'])}, level {report['balance']['level']:g}; {report['units']['mixed']:,} units saw both variants",
        f"- Captured: {captured['records']:,} records; {captured['smokeTests']:,} requests of smoke tests are left out",
        *(f"- Warning: {warning}" for warning in report["warnings"]),
        "",
    ]
    variants = report["variants"].items()
    lines += markdown_table(
        ["Variant", "Role", "Share", "Units"], [[name, one["role"], f"{one['share']:.1%}", f"{one['units']:,}"] for name, one in variants]
    )
    read = [one for one in [report["primary"], *report["guards"]] if one]
    if read:
        header = ["Metric", *report["variants"], "Difference", "Interval", "p", "Verdict"]
        lines += ["", *markdown_table(header, [row_of(one, list(report["variants"])) for one in read])]
    return "\n".join(lines)


def row_of(one: Dict[str, Any], variants: List[str]) -> List[str]:
    if one["means"] is None:
        return [one["metric"], *("" for _ in variants), "", "", "", f"not read: {one['notRead']}"]
    low, high = (one["interval"][end] for end in ("low", "high"))
    interval = "" if low is None or high is None else f"{low:.4g} to {high:.4g}"
    means = [f"{one['means'][variant]:.4g}" for variant in variants]
    return [one["metric"], *means, f"{one['difference']:.4g}", interval, shown(one["p"]), "harm" if one["isHarm"] else ""]


def metrics_of(plan: Plan, report: Dict[str, Any]) -> List[Dict[str, Any]]:
    """Metrics for alarms. A difference is no metric: whoever watches it on a dashboard reads the experiment early."""
    whole = {"Experiment": plan.name}
    metrics = [
        metric("Invalid", float(report["state"] == INVALID), whole),
        metric("Harm", float(report["state"] == HARM), whole),
        metric("Final", float(report["state"] in FINAL), whole),
    ]
    for variant, one in report["variants"].items():
        metrics.append(metric("Units", one["units"], {**whole, "Variant": variant}, "Count"))
    return metrics


def warnings_of(plan: Plan, reading: Reading, declared_at: datetime) -> List[str]:
    warnings = []
    if declared_at > plan.window.since:
        warnings.append(f"the plan was declared at {text_of(declared_at)}, after its start: data may have been seen before")
    for one in [reading.primary, *reading.guards]:
        if one is None or not any(one.left_out.values()):
            continue
        parts = {variant: one.left_out[variant] / max(1, reading.units[variant]) for variant in plan.variants}
        if max(parts.values()) - min(parts.values()) > 0.01:
            shares = ", ".join(f"{variant} {part:.1%}" for variant, part in parts.items())
            warnings.append(f"{one.metric.name}: units without an outcome are left out, not equally many of each variant ({shares})")
    primary = reading.primary
    if primary and primary.comparison and primary.metric.kind == MEAN and min(primary.counts.values()) < FEW_UNITS:
        warnings.append(f"{primary.metric.name}: fewer than {FEW_UNITS} units of a variant: their mean need not be normal, which the test takes it for")
    if plan.design != SEQUENTIAL and primary and primary.comparison:
        width = (primary.comparison.high - primary.comparison.low) / 2
        if width > primary.metric.effect:
            warnings.append(f"{primary.metric.name}: the interval is wider than the effect that matters: too few units to rule it out")
    return warnings
