"""Rewrites the partitions of a Parquet table whose source files changed. Runs as an AWS Glue 5.0 job (Spark 3.5).

Everything above "With Spark" and "With AWS" is plain Python and tested as such.
"""

import hashlib
import json
import sys
from concurrent.futures import ThreadPoolExecutor

CORRUPT = "_corrupt_record"
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
    """The partition folder (`day=2026-01-31/`) of an object, `''` in a table without partitions, None for other objects.

    Spark and Athena take names that begin with `_` or `.` for hidden.
    """
    *folders, name = key.removeprefix(table.prefix).split("/")
    if not name or any(part[0] in "_." for part in [*folders, name] if part):
        return None
    depth = len(table.partitions)
    if [folder.partition("=")[0] for folder in folders[:depth]] != table.partitions:
        return None
    return "".join(f"{folder}/" for folder in folders[:depth])


def by_partition(objects, table):
    """Sorts listed objects (`Key`, `ETag`, `Size`) into partitions."""
    partitions = {}
    for item in objects:
        partition = partition_of(item["Key"], table)
        if partition is not None and item["Size"] > 0:
            partitions.setdefault(partition, []).append(item)
    return partitions


def fingerprint(objects, *definitions):
    """Changes with every file that comes, goes or is replaced, and with the definitions of the tables."""
    files = sorted((item["Key"], item["ETag"], item["Size"]) for item in objects)
    return hashlib.sha256(json.dumps([files, definitions]).encode()).hexdigest()


def changed(partitions, memory, *definitions):
    """The partitions to convert, each with its new fingerprint, and those whose source files are all gone."""
    prints = {name: fingerprint(objects, *definitions) for name, objects in partitions.items()}
    stale = {name: mark for name, mark in prints.items() if memory.get(name) != mark}
    return stale, sorted(set(memory) - set(prints))


def reader_options(table):
    """Options of Spark's text readers that agree with the table's SerDe."""
    common = {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": CORRUPT}
    if table.format == "json":
        return common
    return {
        **common,
        "header": "true" if table.parameters.get("skip.header.line.count") == "1" else "false",
        "sep": table.parameters["delimiter"],
        # the empty quote of Spark means the character zero, which no text holds
        "quote": table.serde.get("quoteChar", ""),
        # a quote inside quotes is doubled, as spreadsheets and data frames write it
        "escape": table.serde.get("quoteChar", "\\"),
    }


def too_many(rejected, total, max_percent):
    return rejected * 100 > total * max_percent


# With Spark


def read(spark, source, files):
    """The rows of some files as their text says, with broken lines in the column CORRUPT."""
    if source.format == "json":
        columns = [f"`{name}` {type_}" for name, type_ in source.columns]
        reader = spark.read.schema(", ".join([*columns, f"`{CORRUPT}` string"]))
        return reader.options(**reader_options(source)).json(files)
    columns = [f"`{name}` string" for name, _ in source.columns]
    reader = spark.read.schema(", ".join([*columns, f"`{CORRUPT}` string"]))
    return reader.options(**reader_options(source)).csv(files)


def convert(spark, source, target, files):
    """The rows in the types of the target, and those that do not fit, which keep the form they were read in."""
    from pyspark.sql import functions as f

    rows = read(spark, source, files).cache()
    for name, type_ in target.columns:
        rows = rows.withColumn(f"new.{name}", f.expr(f"try_cast(`{name}` as {type_})"))
    misfits = [f.col(name).isNotNull() & f.col(f"`new.{name}`").isNull() for name, _ in target.columns]
    broken = f.col(CORRUPT).isNotNull()
    for misfit in misfits:
        broken = broken | misfit
    good = rows.where(~broken).select(*[f.col(f"`new.{name}`").alias(name) for name, _ in target.columns])
    bad = rows.where(broken).select(*[name for name, _ in source.columns], CORRUPT)
    return good, bad


def rewrite(spark, source, target, partition, files, rejected, max_percent):
    """Rewrites one partition of the target, or raises and leaves it as it was."""
    good, bad = convert(spark, source, target, files)
    converted, refused = good.count(), bad.count()
    # written even when empty: rows rejected by an earlier run must not stay
    bad.write.mode("overwrite").json(f"{rejected}{partition}")
    if too_many(refused, converted + refused, max_percent):
        raise ValueError(f"{partition or target.prefix}: {refused} of {converted + refused} rows do not fit, see {rejected}{partition}")
    codec = target.parameters.get("parquet.compression", "SNAPPY").lower()
    good.write.mode("overwrite").option("compression", codec).parquet(target.path(partition))
    print(f"{partition or target.prefix}: {converted} rows converted, {refused} rejected")


# With AWS


def main():
    import boto3
    from awsglue.utils import getResolvedOptions
    from pyspark.sql import SparkSession

    options = getResolvedOptions(sys.argv, ["source", "target", "rejected", "memory", "max_rejected_percent"])
    glue, s3 = boto3.client("glue"), boto3.client("s3")
    spark = SparkSession.builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()

    def describe(name):
        database, table = name.split(".")
        return Table(glue.get_table(DatabaseName=database, Name=table)["Table"])

    source, target = describe(options["source"]), describe(options["target"])
    memory = Memory(s3, options["memory"])
    listing = s3.get_paginator("list_objects_v2").paginate(Bucket=source.bucket, Prefix=source.prefix)
    partitions = by_partition((item for page in listing for item in page.get("Contents", [])), source)
    stale, gone = changed(partitions, memory.known, source.columns, target.columns)
    print(f"{len(partitions)} partitions, {len(stale)} changed, {len(gone)} gone")

    def attempt(partition):
        files = [f"s3://{source.bucket}/{item['Key']}" for item in partitions[partition]]
        try:
            rewrite(spark, source, target, partition, files, options["rejected"], float(options["max_rejected_percent"]))
            memory.remember(partition, stale[partition])
        except Exception as fault:  # one partition must not keep the others from being converted
            return f"{partition or target.prefix}: {fault}"

    with ThreadPoolExecutor(PARALLEL) as pool:
        faults = [fault for fault in pool.map(attempt, sorted(stale)) if fault]
    if faults:
        raise SystemExit("\n".join([f"{len(faults)} of {len(stale)} partitions were not converted", *faults]))


class Memory:
    """The fingerprints of converted partitions, one JSON object in S3."""

    def __init__(self, s3, uri):
        self.s3 = s3
        self.bucket, _, self.key = uri.removeprefix("s3://").partition("/")
        try:
            self.known = json.load(s3.get_object(Bucket=self.bucket, Key=self.key)["Body"])
        except s3.exceptions.NoSuchKey:
            self.known = {}

    def remember(self, partition, mark):
        self.known[partition] = mark
        self.s3.put_object(Bucket=self.bucket, Key=self.key, Body=json.dumps(dict(self.known)))


if __name__ == "__main__":
    main()
