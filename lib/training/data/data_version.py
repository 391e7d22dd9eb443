"""Says which version of its data a job reads: one short text, another one after each change of the data.

    python3 data_version.py s3://bucket/churn/train/            s3:sha256:<64 hexadecimal digits>
    python3 data_version.py iceberg://features.churn            iceberg:features.churn@<id of the snapshot>

A program of a job imports `data_version(source)` and records the text with what it makes. It takes Python 3.9 and boto3. It
does not hold the data still: who writes during a run gets a version of neither before nor after. An Iceberg table
has no such moment, and a job that reads the snapshot of its version reads that data for ever.
"""

import argparse
import gzip
import hashlib
import json
import os
import sys

# what CustomerMetadataProperties of a model package accept as a value (CustomerMetadataValue, SageMaker API)
MAX_LENGTH = 256
# directory buckets (S3 Express One Zone) have no versions
DIRECTORY_BUCKET = "--x-s3"


class NoVersion(Exception):
    """The data has no version: there is none, or it is not what its source says."""


def data_version(source, s3=None, glue=None):
    """The version of a source: `s3://<bucket>/<prefix>/` or `iceberg://<database>.<table>`.

    Args:
        source: where the data is
        s3, glue: clients of boto3; made when needed

    Raises:
        NoVersion: if there is no data, or the source has another form
    """
    scheme, separator, rest = source.partition("://")
    if separator and scheme == "s3":
        bucket, _, prefix = rest.partition("/")
        if bucket and prefix:
            return version_of_objects(bucket, prefix, s3 or client("s3"))
    if separator and scheme == "iceberg":
        database, _, table = rest.partition(".")
        if database and table:
            return version_of_table(database, table, s3 or client("s3"), glue or client("glue"))
    raise NoVersion(f"'{source}' must be s3://<bucket>/<prefix>/ or iceberg://<database>.<table>")


def version_of_objects(bucket, prefix, s3):
    """A hash of the objects below a prefix: of the key, the ETag, the id of the version and the size of each."""
    listed = objects_of if bucket.endswith(DIRECTORY_BUCKET) else versions_of
    return hash_of(listed(bucket, prefix, s3), f"s3://{bucket}/{prefix}")


def hash_of(objects, place):
    """The version of objects, each `(key, etag, version, size)`, whatever their order."""
    digest = hashlib.sha256()
    data = sorted(one for one in objects if not is_folder(one))
    if not data:
        raise NoVersion(f"there is no object below {place}")
    for one in data:
        # JSON keeps the parts apart, so that no two lists of objects have the same text
        digest.update(json.dumps(one, separators=(",", ":")).encode() + b"\n")
    return f"s3:sha256:{digest.hexdigest()}"


def is_folder(one):
    """Whether an object is a folder of the console: it has no content, and no program reads it."""
    key, _, _, size = one
    return key.endswith("/") and size == 0


def versions_of(bucket, prefix, s3):
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        for one in page.get("Versions", []):
            if one["IsLatest"]:  # an object whose newest version is a delete marker is not listed here as the latest
                yield one["Key"], one["ETag"], one.get("VersionId", "null"), one["Size"]


def objects_of(bucket, prefix, s3):
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for one in page.get("Contents", []):
            yield one["Key"], one["ETag"], "null", one["Size"]


def version_of_table(database, table, s3, glue):
    """The current snapshot of an Iceberg table of the Glue catalog."""
    name = f"{database}.{table}"
    parameters = glue.get_table(DatabaseName=database, Name=table)["Table"].get("Parameters", {})
    location = parameters.get("metadata_location")
    if not location:
        raise NoVersion(f"table {name} must be an Iceberg table, its catalog entry has no metadata_location")
    snapshot = current_snapshot(read(location, s3))
    if snapshot is None:
        raise NoVersion(f"table {name} has no snapshot: nothing was written to it")
    text = f"iceberg:{name}@{snapshot}"
    if len(text) <= MAX_LENGTH:
        return text
    return f"iceberg:sha256:{hashlib.sha256(name.encode()).hexdigest()}@{snapshot}"


def read(location, s3):
    """The metadata of an Iceberg table, which some writers compress."""
    bucket, _, key = location.partition("://")[2].partition("/")
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)


def current_snapshot(metadata):
    """The id of the current snapshot; `None` of an empty table, whose id is -1 in the first format of Iceberg."""
    snapshot = metadata.get("current-snapshot-id")
    return None if snapshot is None or snapshot == -1 else snapshot


def client(service):
    import boto3  # here, so that the hash needs no package

    # SageMaker says the region in a variable that boto3 does not read
    return boto3.client(service, region_name=os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION"))


def main(arguments):
    parser = argparse.ArgumentParser(description="Prints the version of each source of data, one a line.")
    parser.add_argument("sources", nargs="+", metavar="source", help="s3://<bucket>/<prefix>/ or iceberg://<database>.<table>")
    for source in parser.parse_args(arguments).sources:
        print(data_version(source))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except NoVersion as error:
        sys.exit(f"data_version: {error}")
