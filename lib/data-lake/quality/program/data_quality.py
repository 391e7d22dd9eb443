"""Says whether the data of a table is as expected, and fails unless it is.

    python data_quality.py --spec spec.json                      # data, reports and quarantine as in the specification
    python data_quality.py --spec spec.json --data FOLDER --output FOLDER      # on local files; publishes nothing

Exit codes: 0 all expectations hold; 1 one does not, or data cannot be read; 2 the program could not do its work. A data
set without rows, a file or row that cannot be read, a missing column, a specification of another version: all fail.

Reads one file after the other and in batches: memory does not grow with the data. Uniqueness keeps 16 bytes a row, a hash
of the values, on the local disk. Needs Python 3.9 or newer with pyarrow and numpy, and boto3 for `s3://`.
"""

import argparse
import hashlib
import json
import math
import os
import re
import shutil
import sys
import tempfile
import uuid
import zlib
from datetime import datetime, timezone

import pyarrow as pa

from catalog_text import Unfit, short
from expectations import KINDS, columns_of
from table_files import Table

VERSION = 1
NAMESPACE = "MLOps/DataQuality"
SOURCE = "cdktf-mlops.data-quality"
EVENT = "Data Quality Evaluation Results Available"
# rows that are kept of those that break one expectation: enough to see what is wrong
QUARANTINED_ROWS = 10_000


class Quarantine:
    """Rows that do not fit, in one local file for each reason, until it is known which expectations hold."""

    def __init__(self, folder):
        self.folder = tempfile.mkdtemp(dir=folder)
        self.kept, self.files = {}, {}

    def keep(self, name, entries):
        """Keeps the first rows of those that break an expectation."""
        room = QUARANTINED_ROWS - self.kept.get(name, 0)
        if room <= 0:
            return
        if name not in self.files:
            self.files[name] = os.path.join(self.folder, f"{len(self.files)}.json")
        with open(self.files[name], "a", encoding="utf-8") as file:
            for entry in entries[:room]:
                file.write(json.dumps(entry, default=str, ensure_ascii=False) + "\n")
        self.kept[name] = self.kept.get(name, 0) + min(room, len(entries))

    def keep_rows(self, measure, batch, indices):
        room = QUARANTINED_ROWS - self.kept.get(measure.name, 0)
        chosen = indices[:room] if room > 0 else ()
        if len(chosen) == 0:
            return
        taken = {name: values.take(pa.array(chosen)).to_pylist() for name, values in batch.columns.items()}
        self.keep(
            measure.name,
            [
                {
                    "expectation": measure.name,
                    "file": batch.file,
                    "row": batch.numbers[int(index)],
                    "values": {name: plain(values[place]) for name, values in taken.items()},
                }
                for place, index in enumerate(chosen)
            ],
        )


def plain(value):
    """A value as JSON has it: a number that JSON does not know is a text."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def evaluate(spec, source, now, folder):
    """The report on the data of a source, and the rows that do not fit.

    `source.files()` yields paths below the table, `source.open(path)` gives a local path, `source.version()` says then which
    data it was. `now` is in seconds since 1970. `folder` is a local folder for what does not fit into memory.
    """
    if spec.get("version") != VERSION:
        raise Unfit(f"the specification has version {spec.get('version')}, this program knows {VERSION}")
    unknown = [one["name"] for one in spec["expectations"] if one["kind"] not in KINDS]
    if unknown or not spec["expectations"]:
        raise Unfit(f"the specification has expectations that are not known: {', '.join(unknown) or 'none at all'}")
    table = Table(spec, columns_of(spec))
    measures = [KINDS[one["kind"]](one, table, now, folder) for one in spec["expectations"]]
    quarantine = Quarantine(folder)
    rows, files, unread, refused, first = 0, 0, [], 0, None

    for path in source.files():
        files += 1

        def refuse(number, line, reason):
            nonlocal refused, first
            refused += 1
            first = first or f"{path} row {number} {reason}"
            entry = {"file": path, "row": number, "line": line, "reason": reason}
            quarantine.keep("unreadable", [{key: value for key, value in entry.items() if value is not None}])

        try:
            with source.open(path) as local:
                for batch in table.batches(path, local, refuse):
                    rows += len(batch)
                    for measure in measures:
                        quarantine.keep_rows(measure, batch, measure.see(batch))
        except (Unfit, pa.ArrowException, OSError, EOFError, ValueError, zlib.error) as fault:
            unread.append({"file": path, "reason": str(fault) or type(fault).__name__})

    results = [measure.result() for measure in measures]
    faults = [f"{one['name']}: {one['reason']}" for one in results if not one["passed"]]
    if rows == 0:
        faults.insert(0, "there are no rows")
    if unread:
        faults.insert(0, f"{len(unread)} of {files} files cannot be read: {unread[0]['file']} {unread[0]['reason']}")
    if refused:
        faults.insert(0, f"{refused} rows cannot be read: {first}")
    report = {
        "state": "FAILED" if faults else "SUCCEEDED",
        "score": sum(one["passed"] for one in results) / len(results),
        "rows": rows,
        "files": files,
        "unreadableFiles": unread,
        "unreadableRows": refused,
        "dataVersion": source.version(),
        "faults": faults,
        "expectations": results,
    }
    return report, quarantine


class Folder:
    """Local files."""

    def __init__(self, path, partition=""):
        self.root, self.start, self.digest = path, os.path.join(path, partition), hashlib.sha256()

    def files(self):
        found = []
        for folder, _, names in os.walk(self.start):
            found += [os.path.relpath(os.path.join(folder, name), self.root) for name in names]
        for path in sorted(path.replace(os.sep, "/") for path in found):
            if is_data(path, os.path.getsize(os.path.join(self.root, path))):
                with open(os.path.join(self.root, path), "rb") as file:
                    self.digest.update(json.dumps([path, digest_of(file)]).encode())
                yield path

    def version(self):
        return f"files:sha256:{self.digest.hexdigest()}"

    def open(self, path):
        return Kept(os.path.join(self.root, path))

    def put(self, name, local):
        target = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(local, target)

    def where(self, name):
        return os.path.join(self.root, name)


def digest_of(file):
    digest = hashlib.sha256()
    for block in iter(lambda: file.read(1 << 20), b""):
        digest.update(block)
    return digest.hexdigest()


class Kept:
    """A local path that stays."""

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        return self.path

    def __exit__(self, *_):
        pass


class Dropped(Kept):
    """A local path that goes."""

    def __exit__(self, *_):
        os.unlink(self.path)


class Bucket:
    """Objects below a prefix of S3."""

    def __init__(self, s3, uri, folder, partition=""):
        self.s3, self.folder = s3, folder
        self.bucket, _, self.prefix = uri[len("s3://"):].partition("/")
        self.start = self.prefix + partition
        self.tags, self.listed = {}, []

    def files(self):
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=self.start)
        for page in pages:  # in the order of the keys
            for item in page.get("Versions", []):
                if not item["IsLatest"]:  # the latest of a deleted object is its delete marker, and not listed here
                    continue
                key, size = item["Key"], item["Size"]
                if not (key.endswith("/") and size == 0):
                    self.listed.append((key, item["ETag"], item.get("VersionId", "null"), size))
                path = key[len(self.prefix):]
                if is_data(path, size):
                    self.tags[path] = item["ETag"]
                    yield path

    def version(self):
        """As `data_version.py` computes it for the prefix: what passed the gate can be compared with what was trained on."""
        lines = (json.dumps(one, separators=(",", ":")) + "\n" for one in sorted(self.listed))
        return f"s3:sha256:{hashlib.sha256(''.join(lines).encode()).hexdigest()}"

    def open(self, path):
        """The object as it was listed: one that was replaced since is refused by S3."""
        answer = self.s3.get_object(Bucket=self.bucket, Key=self.prefix + path, IfMatch=self.tags[path])
        with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as file:
            shutil.copyfileobj(answer["Body"], file, 1 << 20)
        if os.path.getsize(file.name) != answer["ContentLength"]:
            raise OSError("was not received as a whole")
        return Dropped(file.name)

    def put(self, name, local):
        self.s3.upload_file(local, self.bucket, self.prefix + name)

    def where(self, name):
        return f"s3://{self.bucket}/{self.prefix}{name}"


def is_data(path, size):
    """Whether engines read a file: not those whose name, or whose folder's, begins with `_` or a dot; not Hadoop's folders."""
    is_folder = path.endswith("/") or (size == 0 and path.endswith("_$folder$"))
    return not is_folder and not any(part.startswith(("_", ".")) for part in path.split("/"))


# With AWS


def publish(spec, report, run, session):
    """Metrics and the event of a report."""
    table = f"{spec['database']}.{spec['table']}"
    whole = [{"Name": "Table", "Value": table}]
    metrics = [metric("Passed", float(report["state"] == "SUCCEEDED"), whole), metric("Rows", report["rows"], whole)]
    for one in report["expectations"]:
        of = [*whole, {"Name": "Expectation", "Value": one["name"]}]
        metrics.append(metric("Passed", float(one["passed"]), of))
        if one["measured"] is not None and math.isfinite(one["measured"]):
            metrics.append(metric("Measured", one["measured"], of))
    cloudwatch = session.client("cloudwatch")
    for first in range(0, len(metrics), 500):
        cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=metrics[first : first + 500])
    passed = sum(one["passed"] for one in report["expectations"])
    detail = {
        "context": {"contextType": "GLUE_DATA_CATALOG", "runId": run, "databaseName": spec["database"], "tableName": spec["table"]},
        "rulesetNames": [spec["ruleset"]],
        "state": report["state"],
        "score": report["score"],
        "rulesSucceeded": passed,
        "rulesFailed": len(report["expectations"]) - passed,
        "rulesSkipped": 0,
        "faults": [fault[:500] for fault in report["faults"][:20]],
    }
    answer = session.client("events").put_events(Entries=[{"Source": SOURCE, "DetailType": EVENT, "Detail": json.dumps(detail)}])
    if answer["FailedEntryCount"]:
        raise OSError(f"the event was not taken: {answer['Entries'][0].get('ErrorCode')}")


def metric(name, value, dimensions):
    return {"MetricName": name, "Value": value, "Dimensions": dimensions, "Unit": "None"}


def keep_what_failed(report, quarantine, run, source, target):
    """Copies rows of the expectations that do not hold, and files that cannot be read."""
    failed = {one["name"] for one in report["expectations"] if not one["passed"]} | {"unreadable"}
    kept = []
    for name, local in quarantine.files.items():
        if name in failed:
            target.put(f"{run}/{name}.json", local)
            kept.append({"expectation": name, "rows": quarantine.kept[name], "uri": target.where(f"{run}/{name}.json")})
    for one in report["unreadableFiles"]:
        try:
            with source.open(one["file"]) as local:
                target.put(f"{run}/files/{one['file']}", local)
                one["copy"] = target.where(f"{run}/files/{one['file']}")
        except Exception as fault:  # the verdict is the same without the copy
            one["copyFailed"] = str(fault)
    report["quarantine"] = kept


def failed_report(fault):
    return {
        "state": "FAILED",
        "score": 0.0,
        "rows": 0,
        "files": 0,
        "faults": [f"the evaluation did not end: {type(fault).__name__}: {fault}"],
        "expectations": [],
    }


def write_report(report, spec, run, reports, folder):
    about = {"version": VERSION, "database": spec.get("database"), "table": spec.get("table"), "run": run}
    local = os.path.join(folder, "result.json")
    with open(local, "w", encoding="utf-8") as file:
        json.dump({**about, **report}, file, indent=2, default=str)
    reports.put(f"{run}/result.json", local)


def tell(report):
    """The verdict in words, for the log and for the description of a processing job."""
    words = "all expectations hold" if report["state"] == "SUCCEEDED" else "; ".join(report["faults"])
    print(f"{report['state']}: {words}", file=sys.stderr if report["faults"] else sys.stdout)
    if os.path.isdir("/opt/ml/output"):
        with open("/opt/ml/output/message", "w", encoding="utf-8") as file:
            file.write(words[:1000])


def read_spec(uri, s3):
    if uri.startswith("s3://"):
        bucket, _, key = uri[len("s3://"):].partition("/")
        return json.load(s3().get_object(Bucket=bucket, Key=key)["Body"])
    with open(uri, encoding="utf-8") as file:
        return json.load(file)


def session_of():
    import boto3

    # SageMaker says the region in a variable that boto3 does not read
    return boto3.Session(region_name=os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION"))


def main(argv, now=None, session=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--spec", required=True, help="specification: a path or an s3:// URI")
    parser.add_argument("--data", help="folder or s3:// URI of the table, instead of that of the specification")
    parser.add_argument("--partition", default="", help="folders below the table: day=2026-01-31")
    parser.add_argument("--run", help="name of the run")
    parser.add_argument("--output", help="local folder for report and quarantine, instead of those of the specification")
    options = parser.parse_args(argv)
    started = datetime.now(timezone.utc)
    run = options.run or f"{started:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
    now = int(started.timestamp()) if now is None else now
    made = []

    def aws():
        made[:] = made or [session or session_of()]
        return made[0]

    with tempfile.TemporaryDirectory() as folder:

        def place(uri, partition=""):
            if uri.startswith("s3://"):
                return Bucket(aws().client("s3"), uri, folder, partition)
            return Folder(uri, partition)

        if not re.fullmatch(r"[A-Za-z0-9_.:-]+", run) or run.startswith("."):
            raise Unfit(f"--run must be a name, got {short(run)}")
        spec = read_spec(options.spec, lambda: aws().client("s3"))
        data = options.data or spec["data"]
        partition = options.partition.strip("/") + "/" if options.partition else ""
        output = options.output or (None if data.startswith("s3://") else ".")
        reports = Folder(os.path.join(output, "reports")) if output else place(spec["reports"])
        target = Folder(os.path.join(output, "quarantine")) if output else place(spec["quarantine"])
        source = place(data if data.endswith("/") else f"{data}/", partition)
        code = 2
        try:
            report, quarantine = evaluate(spec, source, now, folder)
            keep_what_failed(report, quarantine, run, source, target)
            code = 0 if report["state"] == "SUCCEEDED" else 1
        except Exception as fault:
            report = failed_report(fault)
        report["startedAt"], report["endedAt"] = started.isoformat(), datetime.now(timezone.utc).isoformat()
        write_report(report, spec, run, reports, folder)
        tell(report)
        if not output:
            publish(spec, report, run, aws())
    return code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Exception as problem:
        print(f"FAILED: {type(problem).__name__}: {problem}", file=sys.stderr)
        sys.exit(2)
