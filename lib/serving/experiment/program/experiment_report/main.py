"""Runs: `read` reads an experiment as far as its plan allows now, `size` says how many units a plan needs."""

from __future__ import annotations

import argparse
import json
import os
import traceback
from datetime import datetime
from pathlib import Path
from typing import Any, Dict, Optional, Sequence

from captured import Failed, Unreadable
from captured.places import Clients, Place, place
from captured.records import Reading as Captured
from captured.records import records
from captured.results import MESSAGE, client, publish, tell, write_report
from captured.tables import table_rows
from captured.times import CAUSE, Window, instant, text_of, time_of_run

from .plan import Plan, plan_of
from .reading import NOT_STARTED, read
from .report import markdown, metrics_of, report_of, warnings_of
from .size import units_for
from .units import outcomes_by_key, units_in

DECLARATION = "declaration.json"


def arguments_of(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="experiment.py", description="An experiment of two variants of a model.")
    commands = parser.add_subparsers(dest="command", required=True)
    reading = commands.add_parser("read", help="read an experiment as far as its plan allows")
    reading.add_argument("--captured", required=True, help="folder with a folder for each variant: a path or an s3:// URI")
    reading.add_argument("--outcomes", required=True, help="table of the outcomes: a path or an s3:// URI")
    reading.add_argument("--report", required=True, help="folder of the reports: a path or an s3:// URI")
    reading.add_argument("--until", help="time of the reading; without it the time of the schedule in MLOPS_CAUSE, or now")
    reading.add_argument("--no-metrics", action="store_true", help="publish nothing")
    sizing = commands.add_parser("size", help="say how many units of the control a plan needs")
    sizing.add_argument("--base", type=float, default=0.0, help="proportion of the control")
    sizing.add_argument("--deviation", type=float, default=1.0, help="standard deviation of a mean's units")
    for one in (reading, sizing):
        one.add_argument("--plan", required=True, help="what was declared, as JSON")
        one.add_argument("--message-file", default=MESSAGE)
    return parser.parse_args(words)


def declared(target: Place, plan: Plan, now: datetime) -> datetime:
    """When the plan was first seen. Raises Failed if it is another one since: a rule that is chosen after the data is none."""
    found = target.find(DECLARATION)
    if found is None:
        content = {"declaredAt": text_of(now), "sha256": plan.sha256, "plan": json.loads(plan.text)}
        target.write(DECLARATION, f"{json.dumps(content, indent=2)}\n".encode("utf-8"), "application/json")
        return now
    try:
        earlier = json.loads(found)
        at, sha256 = instant(earlier["declaredAt"]), earlier["sha256"]
    except (ValueError, KeyError, TypeError) as fault:
        raise Failed(f"{target}{DECLARATION} is no declaration: {type(fault).__name__} {fault}")
    if sha256 != plan.sha256:
        now_there = json.loads(plan.text)
        changed = sorted(key for key in {*now_there, *earlier["plan"]} if now_there.get(key) != earlier["plan"].get(key))
        raise Failed(
            f"the plan was changed in {', '.join(changed)} after it was declared at {text_of(at)}; restore it, or give the experiment another name"
        )
    return at


def read_experiment(options: argparse.Namespace, plan: Plan, clients: Clients, now: datetime) -> Dict[str, Any]:
    target = place(f"{options.report.rstrip('/')}/{plan.name}", clients)
    declared_at = declared(target, plan, now)
    captured = Captured()
    if now < plan.window.since:
        units, outcomes = units_in([], plan), {}
    else:
        window = Window(plan.window.since, min(plan.window.until, now))
        units = units_in(records(place(options.captured, clients), window, captured, plan.variants), plan)
        captured.check("records")
        outcomes = outcomes_by_key(table_rows(place(options.outcomes, clients), plan.outcome_format), plan)
    reading = read(plan, units, outcomes, now)
    if reading.state != NOT_STARTED:
        reading.warnings = warnings_of(plan, reading, declared_at)
    report = report_of(plan, reading, captured, text_of(declared_at), now)
    write_report(target, text_of(now).replace(":", ""), report, markdown(report))
    return report


def run(options: argparse.Namespace, clients: Clients, now: Optional[datetime]) -> str:
    try:
        plan = plan_of(Path(options.plan).read_text(encoding="utf-8"))
    except OSError as fault:
        raise Failed(f"the plan {options.plan} cannot be read: {fault}")
    if options.command == "size":
        return f"{units_for(plan, options.base, options.deviation):,} units of {plan.control}"
    report = read_experiment(options, plan, clients, time_of_run(options.until, os.environ.get(CAUSE), now))
    if not options.no_metrics:
        publish(clients("cloudwatch"), plan.namespace, metrics_of(plan, report))
    return f"{report['state']}: {'; '.join(report['reasons'])}"


def main(words: Sequence[str], clients: Clients = client, now: Optional[datetime] = None) -> int:
    """@returns 0 if the experiment was read as far as it may be, whatever it says"""
    options = arguments_of(words)
    try:
        tell(options.message_file, run(options, clients, now))
        return 0
    except (Failed, Unreadable) as fault:
        tell(options.message_file, f"no result: {fault}")
    except MemoryError:
        tell(options.message_file, "no result: this instance has too little memory; take a larger one")
    except Exception as fault:
        traceback.print_exc()
        tell(options.message_file, f"no result: {type(fault).__name__}: {fault}")
    return 1
