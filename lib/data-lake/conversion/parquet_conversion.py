"""Rewrites the partitions of a Parquet table whose source files changed. Runs as an AWS Glue 5.0 job (Spark 3.5).

What stands above "With Spark" is plain Python.
"""

import hashlib
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

CORRUPT = "_corrupt_record"
FITS = "_fits"
# partitions converted side by side: Spark shares its workers among them
PARALLEL = 4


class Table:
    """What the catalog says of a table, as `glue.get_table` returns it."""

    def __init__(self, description):
        storage = description["StorageDescriptor"]
        self.columns = [(column["Name"], column["Type"]) for column in storage["Columns"]]
        self.partitions = [column["Name"] for column in description.get("PartitionKeys", [])]
        self.bucket, _, self.prefix = storage["Location"].removeprefix("s3://").partition("/")
        self.parameters = description.get("Parameters", {})
        self.serde = storage.get("SerdeInfo", {}).get("Parameters", {})

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


def reader_options(table):
    """Options of Spark's text readers that agree with the table's SerDe."""
    common = {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": CORRUPT}
    if table.format == "json":
        return common
    quote = table.serde.get("quoteChar")
    return {
        **common,
        "header": "true" if table.parameters.get("skip.header.line.count") == "1" else "false",
        "sep": table.parameters["delimiter"],
        # without quotes in the format, the quote is a character that no text holds
        "quote": quote or "\u0000",
        # a quote inside quotes is doubled, as spreadsheets and data frames write it
        "escape": quote or "\u0000",
    }


def too_many(rejected, total, max_percent):
    return rejected * 100 > total * max_percent


# With Spark


def read(spark, source, files):
    """The rows of some files: JSON in the types of the source, other text as it is; broken lines in CORRUPT."""
    typed = source.format == "json"
    columns = [f"`{name}` {kind if typed else 'string'}" for name, kind in source.columns]
    reader = spark.read.schema(", ".join([*columns, f"`{CORRUPT}` string"])).options(**reader_options(source))
    return reader.json(files) if typed else reader.csv(files)


def convert(spark, source, target, files):
    """The rows as read, each column of the target beside it as `new.<name>`, and in FITS whether all went well."""
    from pyspark.sql import functions as f

    rows = read(spark, source, files)
    fits = f.col(CORRUPT).isNull()
    for name, kind in target.columns:
        rows = rows.withColumn(f"new.{name}", f.expr(f"try_cast(`{name}` as {kind})"))
        fits = fits & (f.col(name).isNull() | f.col(f"`new.{name}`").isNotNull())
    return rows.withColumn(FITS, fits)


def rewrite(spark, source, target, partition, files, rejected, max_percent):
    """Rewrites one partition of the target, or raises and leaves it as it was."""
    from pyspark.sql import functions as f

    rows = convert(spark, source, target, files).cache()
    good = rows.where(FITS).select(*[f.col(f"`new.{name}`").alias(name) for name, _ in target.columns])
    bad = rows.where(f"not {FITS}").select(*[name for name, _ in source.columns], CORRUPT)
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


def run(spark, glue, s3, options):
    """Converts what changed, one partition after the other failing or not, and raises in the end if any failed."""
    source, target = describe(glue, options["source"]), describe(glue, options["target"])
    memory = Memory(s3, options["memory"])
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=source.bucket, Prefix=source.prefix)
    partitions = by_partition((item for page in pages for item in page.get("Contents", [])), source)
    stale = changed(partitions, memory.known, [source.columns, target.columns])
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
    if faults:
        raise SystemExit("\n".join([f"{len(faults)} of {len(stale)} partitions were not converted", *faults]))


def main():
    import boto3
    from awsglue.utils import getResolvedOptions
    from pyspark.sql import SparkSession

    options = getResolvedOptions(sys.argv, ["source", "target", "rejected", "memory", "max_rejected_percent"])
    spark = SparkSession.builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    run(spark, boto3.client("glue"), boto3.client("s3"), options)


if __name__ == "__main__":
    main()
