"""Rewrites the partitions of a Parquet table whose source files changed. Runs as an AWS Glue 5.0 job (Spark 3.5).

A row is written with all its values, or it is rejected: it never loses one. A row is read as Athena reads the source
table, by the rules of its SerDe, except where the SerDe would lose a value: there the row is rejected. The values of its
text are those of `catalog_text.py`, which the job gets as `--extra-py-files`.

What stands above "With Spark" is plain Python.
"""

import hashlib
import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from urllib.parse import unquote

from catalog_text import BOM, TEXTS, Literal, Unfit, cells_of, scalar_of, short, text_of

# raised when rows are read by other rules: every partition is then converted again
RULES = 2
# partitions converted side by side: Spark shares its workers among them
PARALLEL = 4
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    # without it, Spark refuses days before 1582 and times before 1900, which some databases write for NULL
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInWrite": "CORRECTED",
}


class Table:
    """What the catalog says of a table, as `glue.get_table` returns it."""

    def __init__(self, description):
        self.storage = description["StorageDescriptor"]
        self.columns = [(column["Name"], column["Type"]) for column in self.storage["Columns"]]
        self.partitions = [column["Name"] for column in description.get("PartitionKeys", [])]
        self.bucket, _, self.prefix = self.storage["Location"].removeprefix("s3://").partition("/")
        self.parameters = description.get("Parameters", {})
        self.serde = self.storage.get("SerdeInfo", {}).get("Parameters", {})

    @property
    def format(self):
        return self.parameters["classification"]

    def path(self, partition):
        return f"s3://{self.bucket}/{self.prefix}{partition}"


def partition_of(key, table):
    """The folder (`day=2026-01-31/`) of an object, '' in a table without partitions, None for what is no data of it.

    Spark and Athena take names that begin with `_` or `.` for hidden.
    """
    *folders, name = key.removeprefix(table.prefix).split("/")
    if not name or any(part.startswith(("_", ".")) for part in [*folders, name]):
        return None
    folders = folders[: len(table.partitions)]
    if [folder.partition("=")[0] for folder in folders] != table.partitions:
        return None
    return "".join(f"{folder}/" for folder in folders)


def by_partition(objects, table):
    """Sorts listed objects (`Key`, `ETag`, `Size`) into partitions."""
    partitions = {}
    for item in objects:
        partition = partition_of(item["Key"], table)
        if partition is not None and item["Size"] > 0:
            partitions.setdefault(partition, []).append(item)
    return partitions


def digest(value):
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]


def mark(objects, definition):
    """What is remembered of a converted partition: its files, and how the tables were defined."""
    files = sorted(digest([item["Key"], item["ETag"]]) for item in objects)
    return {"definition": digest(definition), "files": files}


def must_convert(now, before):
    """Whether a partition has a file that is new or was replaced, or all its files and another definition.

    Files that only went, as they do when the source's zone lets them expire, are no reason: their rows would go too.
    """
    if before is None:
        return True
    now_files, before_files = set(now["files"]), set(before["files"])
    if now["definition"] != before["definition"]:
        return before_files <= now_files
    return not now_files <= before_files


def changed(partitions, memory, definition):
    """The partitions to convert, each with what to remember of it."""
    marks = {name: mark(objects, definition) for name, objects in partitions.items()}
    return {name: now for name, now in marks.items() if must_convert(now, memory.get(name))}


# The types of the catalog


class Kind:
    """A catalog type: `decimal(12,2)`, `array<int>`, `struct<a:int>`."""

    def __init__(self, text):
        self.text = text
        name, parameters, children = re.fullmatch(r"(\w+)(?:\((.*)\)|<(.*)>)?", text).groups()
        self.name = name
        self.parameters = [int(number) for number in parameters.split(",")] if parameters else []
        parts = split_outside_brackets(children) if children else []
        self.fields = [part.partition(":")[0] for part in parts] if name == "struct" else []
        self.children = [Kind(part.partition(":")[2] if name == "struct" else part) for part in parts]

    def in_spark(self):
        """The type in Spark, which knows `char` and `varchar` as strings only."""
        if self.name in ("char", "varchar"):
            return "string"
        if self.name == "struct":
            fields = [f"`{field}`:{child.in_spark()}" for field, child in zip(self.fields, self.children)]
            return f"struct<{','.join(fields)}>"
        if self.children:
            return f"{self.name}<{','.join(child.in_spark() for child in self.children)}>"
        return self.text


def split_outside_brackets(text):
    parts, depth = [""], 0
    for character in text:
        depth += (character in "<(") - (character in ">)")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


# From text to values


class Pairs(list):
    """A JSON object: its keys and values in order, with those that occur twice."""


def value_of(value, kind, where):
    """A value of a file as Spark takes it, or Unfit."""
    if value is None:
        return None
    if kind.name == "array" and isinstance(value, list) and not isinstance(value, Pairs):
        return [value_of(item, kind.children[0], f"{where}[{index}]") for index, item in enumerate(value)]
    if kind.name == "map" and isinstance(value, Pairs):
        return map_of(value, kind, where)
    if kind.name == "struct" and isinstance(value, Pairs):
        given = by_column(value, kind.fields, f"{where}.")
        pairs = zip(kind.fields, kind.children)
        return tuple(value_of(given.get(field), child, f"{where}.{field}") for field, child in pairs)
    if kind.children or (kind.name not in TEXTS and isinstance(value, list)):
        raise Unfit(f"{where}: is no {kind.text}: {shown(value)}")
    text = json_text(value) if isinstance(value, (list, bool)) else str(value)  # Java takes no Literal
    try:
        return scalar_of(text, kind)
    except (ValueError, OverflowError):
        raise Unfit(f"{where}: is no {kind.text}: {shown(value)}") from None


def map_of(pairs, kind, where):
    key_kind, value_kind = kind.children
    entries = {}
    for key, value in pairs:
        typed = value_of(key, key_kind, where)
        if typed in entries:
            raise Unfit(f"{where}: has the key {shown(key)} twice")
        entries[typed] = value_of(value, value_kind, f"{where}.{key}")
    return entries


def by_column(pairs, columns, where=""):
    """The values of a JSON object by column: as in the SerDe, the case of a key is no part of its name."""
    known, given = set(columns), {}
    for key, value in pairs:
        column = key.lower()
        if column not in known:
            continue
        if column in given:
            raise Unfit(f"{where}{column}: occurs twice")
        given[column] = value
    return given


def json_text(value):
    if isinstance(value, Pairs):
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{json_text(item)}" for key, item in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(json_text(item) for item in value) + "]"
    return value if isinstance(value, Literal) else json.dumps(value, ensure_ascii=False)


def shown(value):
    return short(value if isinstance(value, str) else json_text(value))


# From lines to rows


def row_parser(source, target):
    """A function from a line to the values of the target's columns."""
    names = [name for name, _ in source.columns]
    kinds = [(name, Kind(text)) for name, text in target.columns]

    def of_json(line):
        try:
            value = json.loads(
                line, object_pairs_hook=Pairs, parse_int=Literal, parse_float=Literal, parse_constant=Literal
            )
        except ValueError as fault:
            raise Unfit(f"is no JSON: {fault}") from None
        if not isinstance(value, Pairs):
            raise Unfit("is no JSON object")
        if "\\u" in line:
            json_text(value).encode()  # half a surrogate pair is no text
        given = by_column(value, names)
        return tuple(value_of(given.get(name), kind, name) for name, kind in kinds)

    separator, quote = source.parameters.get("delimiter"), source.serde.get("quoteChar")

    def of_cells(line):
        cells = cells_of(line, separator, quote)
        if len(cells) != len(names):
            raise Unfit(f"has {len(cells)} values for {len(names)} columns")
        given = dict(zip(names, cells))
        # only text can be empty
        blank = {name: None if kind.name not in TEXTS and not (given[name] or "").strip(" ") else given[name] for name, kind in kinds}
        return tuple(value_of(blank[name], kind, name) for name, kind in kinds)

    return of_json if source.format == "json" else of_cells


def rows_of(lines, source, target):
    """A row (values, fault, line, file) for each line (bytes, file, begin of its block) but headers and empty lines."""
    parse = row_parser(source, target)
    has_header = source.format != "json" and source.parameters.get("skip.header.line.count") == "1"
    block = None
    for raw, file, begin in lines:
        is_first, block = (file, begin) != block and begin == 0, (file, begin)
        line = bytes(raw).removeprefix(BOM) if is_first else bytes(raw)
        if not line.strip() if source.format == "json" else not line:
            continue
        if is_first and has_header:
            continue
        try:
            text = text_of(line)
            yield parse(text), None, None, None
        except UnicodeError:
            yield None, "is not UTF-8", line.decode(errors="backslashreplace"), file
        except RecursionError:
            yield None, "is nested too deeply", text, file
        except Unfit as fault:
            yield None, str(fault), text, file


def too_many(rejected, total, max_percent):
    return rejected * 100 > total * max_percent


# With Spark


def convert(spark, source, target, files):
    """The rows of some files: the target's values in `row`, or why there are none in `fault`."""
    block = ["_metadata.file_path", "_metadata.file_block_start"]
    lines = spark.read.text(files).selectExpr("cast(value as binary)", *block)  # bytes, to see what is no UTF-8
    columns = ", ".join(f"`{name}`: {Kind(text).in_spark()}" for name, text in target.columns)
    schema = f"row: struct<{columns}>, fault: string, line: string, file: string"
    return spark.createDataFrame(lines.rdd.mapPartitions(lambda part: rows_of(part, source, target)), schema)


def rewrite(spark, source, target, partition, files, rejected, max_percent):
    """Rewrites one partition of the target, or raises and leaves it as it was."""
    rows = convert(spark, source, target, files).cache()
    good = rows.where("fault is null").select("row.*")
    bad = rows.where("fault is not null").select("fault", "line", "file")
    converted, refused = good.count(), bad.count()
    # written even if there are none: what an earlier run rejected must not stay
    bad.write.mode("overwrite").json(rejected)
    if too_many(refused, converted + refused, max_percent):
        raise ValueError(f"{refused} of {converted + refused} rows do not fit, see {rejected}")
    codec = target.parameters["parquet.compression"].lower()
    good.write.mode("overwrite").option("compression", codec).parquet(target.path(partition))
    rows.unpersist()
    return converted, refused


# With AWS


class Memory:
    """What is remembered of converted partitions, one JSON object in S3."""

    def __init__(self, s3, uri):
        self.s3 = s3
        self.lock = Lock()
        self.bucket, _, self.key = uri.removeprefix("s3://").partition("/")
        # listed first: to who may list only this folder, S3 refuses an object that is not there as if it were forbidden
        found = s3.list_objects_v2(Bucket=self.bucket, Prefix=self.key).get("Contents", [])
        if any(item["Key"] == self.key for item in found):
            self.known = json.load(s3.get_object(Bucket=self.bucket, Key=self.key)["Body"])
        else:
            self.known = {}

    def remember(self, partition, now):
        with self.lock:
            self.known[partition] = now
            self.s3.put_object(Bucket=self.bucket, Key=self.key, Body=json.dumps(self.known))


def describe(glue, name):
    database, table = name.split(".")
    return Table(glue.get_table(DatabaseName=database, Name=table)["Table"])


def register(glue, name, table, partitions):
    """Adds the partitions to the catalog that it lacks: only Athena computes them from the table's properties."""
    database, table_name = name.split(".")
    where = {"DatabaseName": database, "TableName": table_name}
    pages = glue.get_paginator("get_partitions").paginate(**where, ExcludeColumnSchema=True)
    known = {tuple(found["Values"]) for page in pages for found in page["Partitions"]}
    missing = []
    for partition in sorted(partitions):
        values = [unquote(folder.partition("=")[2]) for folder in partition.strip("/").split("/")]
        if tuple(values) not in known:
            storage = {**table.storage, "Location": table.path(partition)}
            missing.append({"Values": values, "StorageDescriptor": storage})
    for first in range(0, len(missing), 100):  # as many as one call takes
        answer = glue.batch_create_partition(**where, PartitionInputList=missing[first : first + 100])
        codes = {fault["ErrorDetail"]["ErrorCode"] for fault in answer.get("Errors", [])} - {"AlreadyExistsException"}
        if codes:
            raise SystemExit(f"partitions were not registered in the catalog: {', '.join(sorted(codes))}")


def run(spark, glue, s3, options):
    """Converts what changed, one partition after the other failing or not, and raises in the end if any failed."""
    source, target = describe(glue, options["source"]), describe(glue, options["target"])
    memory = Memory(s3, options["memory"])
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=source.bucket, Prefix=source.prefix)
    partitions = by_partition((item for page in pages for item in page.get("Contents", [])), source)
    stale = changed(partitions, memory.known, [RULES, source.columns, target.columns, source.parameters.get("skip.header.line.count"), source.serde])
    print(f"{len(partitions)} partitions, {len(stale)} to convert")

    def attempt(partition):
        label = partition or target.prefix
        files = [f"s3://{source.bucket}/{item['Key']}" for item in partitions[partition]]
        rejected, max_percent = options["rejected"] + partition, float(options["max_rejected_percent"])
        try:
            converted, refused = rewrite(spark, source, target, partition, files, rejected, max_percent)
            memory.remember(partition, stale[partition])
            print(f"{label}: {converted} rows converted, {refused} rejected")
        except Exception as fault:  # the other partitions can be converted all the same
            return f"{label}: {fault}"

    with ThreadPoolExecutor(PARALLEL) as pool:
        faults = [fault for fault in pool.map(attempt, sorted(stale)) if fault]
    if target.partitions:
        register(glue, options["target"], target, memory.known)
    if faults:
        raise SystemExit("\n".join([f"{len(faults)} of {len(stale)} partitions were not converted", *faults]))


def main():
    import boto3
    from awsglue.utils import getResolvedOptions
    from pyspark.sql import SparkSession

    options = getResolvedOptions(sys.argv, ["source", "target", "rejected", "memory", "max_rejected_percent"])
    builder = SparkSession.builder
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    run(spark, boto3.client("glue"), boto3.client("s3"), options)


if __name__ == "__main__":
    main()
