"""The report of a run as JSON, as Markdown and as metrics."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from captured.records import Reading
from captured.results import markdown_table, metric, shown
from captured.times import Window, text_of

from .judgement import Finding
from .profiles import Baseline
from .settings import Settings

VERSION = 1
DRIFT, NO_DRIFT, TOO_FEW_ROWS = "DRIFT", "NO_DRIFT", "TOO_FEW_ROWS"


def report_of(
    settings: Settings, window: Window, baseline: Baseline, reading: Reading, rows: int, findings: Optional[List[Finding]]
) -> Dict[str, Any]:
    """@param findings None if there are too few rows to judge"""
    drifted = [one.name for one in findings or [] if one.drifted]
    state = TOO_FEW_ROWS if findings is None else DRIFT if drifted else NO_DRIFT
    return {
        "version": VERSION,
        "monitor": settings.monitor,
        "state": state,
        "window": {"since": text_of(window.since), "until": text_of(window.until)},
        "rows": rows,
        "baseline": {"rows": baseline.rows, "source": baseline.source, "sha256": baseline.sha256},
        "captured": {
            "files": reading.files,
            "records": reading.records,
            "smokeTests": reading.smoke_tests,
            "unreadable": reading.unreadable,
            "reasons": reading.reasons,
        },
        "drifted": drifted,
        "features": [one.as_json() for one in findings or []],
        "settings": {
            "level": settings.level,
            "correction": "holm",
            "minRows": settings.min_rows,
            "psi": settings.psi,
            "missing": settings.missing,
            "newCategories": settings.new_categories,
        },
    }


def markdown(report: Dict[str, Any]) -> str:
    captured, baseline, settings = report["captured"], report["baseline"], report["settings"]
    verdict = {
        DRIFT: f"**{len(report['drifted'])} of {len(report['features'])} columns have drifted.**",
        NO_DRIFT: "No column has drifted.",
        TOO_FEW_ROWS: f"**Not judged:** {report['rows']:,} rows, {settings['minRows']:,} are needed.",
    }[report["state"]]
    lines = [
        f"# Drift of {report['monitor']}",
        "",
        verdict,
        "",
        f"- Window: {report['window']['since']} to {report['window']['until']}, {report['rows']:,} rows",
        f"- Baseline: {baseline['rows']:,} rows, {baseline['source']}",
        f"- Captured: {captured['records']:,} records, {captured['unreadable']:,} unreadable, in {captured['files']:,} files",
        f"- Left out: {captured['smokeTests']:,} requests of smoke tests",
        f"- A false alarm in a run without drift has a chance of at most {settings['level']:g} (Holm, over all tests)",
        "",
    ]
    lines += [f"- Unreadable, {count:,} times: {reason}" for reason, count in captured["reasons"].items()]
    header = ["Column", "Verdict", "PSI", "KS", "JS", "Missing", "Before", "New", "Beyond", "p, corrected"]
    rows = [row_of(one) for one in sorted(report["features"], key=lambda one: (not one["drifted"], one["name"]))]
    return "\n".join([*lines, "", *markdown_table(header, rows)] if rows else lines)


def row_of(one: Dict[str, Any]) -> List[str]:
    p_values = [value for value in (one["adjustedDistribution"], one["adjustedMissing"], one["adjustedBeyond"]) if value is not None]
    return [
        one["name"],
        "; ".join(one["reasons"]) if one["drifted"] else one["notJudged"] or "",
        shown(one["psi"]),
        shown(one["kolmogorovSmirnov"]),
        shown(one["jensenShannon"]),
        f"{one['missingRate']:.1%}",
        f"{one['baselineMissingRate']:.1%}",
        *("" if rate is None else f"{rate:.1%}" for rate in (one["newRate"], one["beyondRate"])),
        shown(min(p_values)) if p_values else "",
    ]


def metrics_of(report: Dict[str, Any], settings: Settings) -> List[Dict[str, Any]]:
    """Metrics of the run, and those of each feature that are asked for. What was not judged has none: the alarm keeps its state."""
    whole = {"Monitor": report["monitor"]}
    captured = report["captured"]
    judged = report["state"] != TOO_FEW_ROWS
    unreadable = captured["unreadable"] / max(1, captured["records"] + captured["unreadable"])
    metrics = [
        metric("Rows", report["rows"], whole, "Count"),
        metric("UnreadableRate", unreadable, whole),
        metric("Judged", float(judged), whole),
    ]
    if not judged:
        return metrics
    metrics.append(metric("DriftedFeatures", len(report["drifted"]), whole, "Count"))
    names = {
        "PSI": "psi",
        "KolmogorovSmirnov": "kolmogorovSmirnov",
        "JensenShannon": "jensenShannon",
        "MissingRate": "missingRate",
        "NewCategories": "newRate",
        "Drifted": "drifted",
    }
    for one in report["features"]:
        for name in settings.feature_metrics:
            value = one[names[name]]
            if value is not None:
                metrics.append(metric(name, value, {**whole, "Feature": one["name"]}))
    return metrics
