"""Runs: `judge` compares a window of captured data with a baseline, `baseline` makes one."""

from __future__ import annotations

import argparse
import os
import traceback
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Dict, Iterable, List, Optional, Sequence

import numpy as np

from captured import Failed, Unreadable
from captured.bodies import PREDICTION
from captured.places import Clients, Folder, digest, place
from captured.records import Reading, records
from captured.results import MESSAGE, client, publish, tell, write_report
from captured.tables import FORMATS, table_rows
from captured.times import CAUSE, Window, instant, time_of_run

from .judgement import judge
from .profiles import POINTS, Baseline, baseline_of
from .report import metrics_of, markdown, report_of
from .settings import Settings, settings_in

PROFILE = "application/json"


def arguments_of(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="drift.py", description="Drift of an endpoint's data against a baseline.")
    commands = parser.add_subparsers(dest="command", required=True)
    judging = commands.add_parser("judge", help="compare a window of captured data with a baseline")
    judging.add_argument("--baseline", required=True, help="profile (.json) or data set: a path or an s3:// URI")
    judging.add_argument("--report", required=True, help="folder of the reports: a path or an s3:// URI")
    judging.add_argument("--monitor", help="name in reports and metrics, in place of that of the settings")
    judging.add_argument("--until", help="end of the window; without it the time of the schedule in MLOPS_CAUSE, or now")
    judging.add_argument("--no-metrics", action="store_true", help="publish nothing")
    making = commands.add_parser("baseline", help="make a profile of a data set, or of captured data")
    making.add_argument("--data", help="data set: a path or an s3:// URI")
    making.add_argument("--format", choices=FORMATS, help="format of the data set")
    making.add_argument("--since", help="begin of the captured data")
    making.add_argument("--until", help="end of the captured data")
    making.add_argument("--profile", required=True, help="the profile to write: a path or an s3:// URI")
    for one in (judging, making):
        one.add_argument("--settings", required=True, help="what was declared, as JSON")
        one.add_argument("--captured", help="folder with the captured data: a path or an s3:// URI")
        one.add_argument("--message-file", default=MESSAGE)
    return parser.parse_args(words)


class Columns:
    """Rows by column, a random part of them once they are more than `limit`: a test needs no more to find what matters."""

    def __init__(self, limit: int, seed: int, names: Optional[Sequence[str]] = None):
        self.limit, self.random, self.names = limit, np.random.default_rng(seed), names
        self.seen = 0
        self.kept: List[Dict[str, Any]] = []

    def add(self, row: Dict[str, Any]) -> None:
        self.seen += 1
        if len(self.kept) < self.limit:
            self.kept.append(row)
            return
        at = int(self.random.integers(0, self.seen))
        if at < self.limit:
            self.kept[at] = row

    def by_name(self, ignored: Iterable[str]) -> Dict[str, List[Any]]:
        names = dict.fromkeys(name for row in self.kept for name in row)
        return {name: [row.get(name) for row in self.kept] for name in names if name not in set(ignored)}


def captured_rows(options: argparse.Namespace, settings: Settings, window: Window, reading: Reading, clients: Clients) -> Columns:
    if not options.captured:
        raise Failed("--captured must be set: the folder with the captured data")
    columns = Columns(settings.max_rows, settings.seed)
    for _, record in records(place(options.captured, clients), window, reading, settings.variants):
        try:
            for row in record.rows(settings.features, settings.predictions):
                columns.add(row)
        except Unreadable as fault:
            reading.records -= 1
            reading.refuse(str(fault))
    reading.check("records", settings.max_unreadable)
    return columns


def data_set(uri: str, kind: Optional[str], settings: Settings, clients: Clients) -> Columns:
    columns = Columns(settings.max_rows, settings.seed)
    if kind not in FORMATS:
        raise Failed(f"the format of the data set must be one of {', '.join(FORMATS)}, got {kind!r}")
    source = place(uri, clients, is_folder=not uri.endswith((".csv", ".parquet", ".json", ".jsonl", ".gz")))
    for row in table_rows(source, kind, None):
        columns.add(row)
    return columns


def read_baseline(uri: str, settings: Settings, clients: Clients) -> Baseline:
    if settings.baseline_format is None:
        source = place(uri, clients, is_folder=False)
        content = source.read("")
        baseline = Baseline.from_json(content.decode("utf-8"))
        baseline.sha256 = digest(content)
    else:
        columns = data_set(uri, settings.baseline_format, settings, clients)
        baseline = baseline_of(columns.by_name(settings.ignored), settings.categories)
        baseline.sha256 = digest(baseline.to_json().encode("utf-8"))
    baseline.source = uri
    return baseline


def judge_window(options: argparse.Namespace, settings: Settings, clients: Clients, now: Optional[datetime]) -> Dict[str, Any]:
    until = time_of_run(options.until, os.environ.get(CAUSE), now) - timedelta(minutes=settings.delay_minutes)
    window = Window(until - timedelta(hours=settings.window_hours), until)
    baseline = read_baseline(options.baseline, settings, clients)
    reading = Reading()
    rows = captured_rows(options, settings, window, reading, clients)
    columns = rows.by_name(settings.ignored)
    findings = None
    if min(len(rows.kept), baseline.rows) >= settings.min_rows:
        check_names(baseline, columns, settings)
        findings = judge(baseline, columns, settings)
    return report_of(settings, window, baseline, reading, len(rows.kept), findings)


def check_names(baseline: Baseline, columns: Dict[str, List[Any]], settings: Settings) -> None:
    """A feature of the baseline that no row has is missing in all of them; if none is there, the names are wrong."""
    wanted = [name for name in baseline.features if name not in settings.ignored]
    if not any(name in columns for name in wanted):
        found = ", ".join(list(columns)[:20])
        raise Failed(f"the captured data has none of the columns of the baseline; it has {found}; the baseline {', '.join(wanted[:20])}")
    rows = max(len(values) for values in columns.values())
    for name in wanted:
        # answers are named by the service, and a baseline of training data has none
        if name not in columns and not name.startswith(PREDICTION):
            columns[name] = [None] * rows


def make_baseline(options: argparse.Namespace, settings: Settings, clients: Clients) -> str:
    if bool(options.data) == bool(options.captured):
        raise Failed("give either --data with --format, or --captured with --since and --until")
    if options.data:
        columns = data_set(options.data, options.format, settings, clients)
        source = options.data
    else:
        if not (options.since and options.until):
            raise Failed("--since and --until must be set: the window of the captured data")
        window = Window(instant(options.since), instant(options.until))
        columns = captured_rows(options, settings, window, Reading(), clients)
        source = f"{options.captured} {window}"
    if len(columns.kept) < settings.min_rows:
        raise Failed(f"the baseline has {len(columns.kept):,} rows, {settings.min_rows:,} are needed")
    baseline = baseline_of(columns.by_name(settings.ignored), settings.categories, POINTS)
    baseline.source = source
    content = f"{baseline.to_json()}\n".encode("utf-8")
    if options.profile.startswith("s3://"):
        place(options.profile, clients, is_folder=False).write("", content, PROFILE)
    else:
        folder, _, name = options.profile.rpartition("/")
        Folder(folder or ".").write(name, content, PROFILE)
    return f"a baseline of {baseline.rows:,} rows and {len(baseline.features)} columns, sha256 {digest(content)}"


def run(options: argparse.Namespace, clients: Clients, now: Optional[datetime]) -> str:
    settings = settings_in(options.settings)
    if options.command == "baseline":
        return make_baseline(options, settings, clients)
    settings = replace(settings, monitor=options.monitor or settings.monitor)
    report = judge_window(options, settings, clients, now)
    folder = report["window"]["until"].replace(":", "")
    write_report(place(options.report, clients), folder, report, markdown(report))
    if not options.no_metrics:
        publish(clients("cloudwatch"), settings.namespace, metrics_of(report, settings))
    drifted = f": {', '.join(report['drifted'])}" if report["drifted"] else ""
    return f"{report['state']} in {report['rows']:,} rows{drifted}"


def main(words: Sequence[str], clients: Clients = client, now: Optional[datetime] = None) -> int:
    """@returns 0 if the window was judged, whatever the verdict"""
    options = arguments_of(words)
    try:
        tell(options.message_file, run(options, clients, now))
        return 0
    except (Failed, Unreadable) as fault:
        tell(options.message_file, f"no result: {fault}")
    except MemoryError:
        tell(options.message_file, "no result: this instance has too little memory; take a larger one, or lower maxRows")
    except Exception as fault:
        traceback.print_exc()
        tell(options.message_file, f"no result: {type(fault).__name__}: {fault}")
    return 1
