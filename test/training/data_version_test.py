"""Tests of the data version against S3 and Glue as moto answers them: `<python with moto> test/training/data_version_test.py`."""

import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import unittest
from contextlib import redirect_stdout
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "lib" / "training" / "data" / "data_version.py"
sys.path.insert(0, str(PROGRAM.parent))
sys.dont_write_bytecode = True

import boto3  # noqa: E402
from moto import mock_aws  # noqa: E402

import data_version as program  # noqa: E402

os.environ.update(
    AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="eu-north-1", AWS_EC2_METADATA_DISABLED="true"
)
BUCKET = "acme-data"


def expected(*objects):
    """The hash, from what was put: the ETag of an object put at once is the MD5 of its content."""
    lines = b""
    for key, content, version in sorted(objects):
        etag = hashlib.md5(content).hexdigest()
        lines += f'["{key}","\\"{etag}\\"","{version}",{len(content)}]\n'.encode()
    return "s3:sha256:" + hashlib.sha256(lines).hexdigest()


class WithAws(unittest.TestCase):
    def setUp(self):
        self.aws = mock_aws()
        self.aws.start()
        self.s3 = boto3.client("s3")
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})

    def tearDown(self):
        self.aws.stop()

    def keep_versions(self):
        self.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})

    def put(self, key, content=b"1"):
        return key, content, self.s3.put_object(Bucket=BUCKET, Key=key, Body=content).get("VersionId", "null")

    def version(self, prefix="churn/train/"):
        return program.data_version(f"s3://{BUCKET}/{prefix}", s3=self.s3)


class Objects(WithAws):
    def test_are_hashed_by_key_content_version_and_size(self):
        self.keep_versions()
        objects = [self.put("churn/train/b.csv", b"2"), self.put("churn/train/a.csv", b"1")]
        self.assertEqual(self.version(), expected(*objects))

    def test_have_the_version_null_in_a_bucket_without_versions(self):
        self.put("churn/train/a.csv")
        self.assertEqual(self.version(), expected(("churn/train/a.csv", b"1", "null")))

    def test_beside_the_folder_are_no_part_of_it(self):
        self.keep_versions()
        inside = self.put("churn/train/a.csv")
        self.put("churn/train-2/a.csv")
        self.put("churn/test/a.csv")
        self.assertEqual(self.version(), expected(inside))

    def test_of_which_one_is_written_again_have_another_version_even_with_the_same_content(self):
        self.keep_versions()
        self.put("churn/train/a.csv")
        before = self.version()
        again = self.put("churn/train/a.csv")
        self.assertNotEqual(self.version(), before)
        self.assertEqual(self.version(), expected(again))  # old versions are no data

    def test_that_are_deleted_are_gone(self):
        self.keep_versions()
        kept = self.put("churn/train/a.csv")
        before = self.version()
        self.put("churn/train/b.csv")
        self.s3.delete_object(Bucket=BUCKET, Key="churn/train/b.csv")
        self.assertEqual(self.version(), before)
        self.assertEqual(before, expected(kept))

    def test_are_more_than_one_page(self):
        objects = [self.put(f"churn/train/{index:04}.csv") for index in range(1100)]
        self.assertEqual(self.version(), expected(*objects))

    def test_with_letters_of_any_language_count(self):
        self.put("churn/train/ä.csv")
        first = self.version()
        self.s3.delete_object(Bucket=BUCKET, Key="churn/train/ä.csv")
        self.put("churn/train/ö.csv")
        self.assertNotEqual(self.version(), first)

    def test_that_mark_folders_are_no_data(self):
        kept = self.put("churn/train/a.csv")
        self.put("churn/train/", b"")
        self.assertEqual(self.version(), expected(kept))

    def test_have_no_version_where_there_are_none(self):
        self.put("churn/test/a.csv")
        with self.assertRaisesRegex(program.NoVersion, "no object below s3://acme-data/churn/train/"):
            self.version()

    def test_of_a_directory_bucket_are_listed_in_no_order_and_without_versions(self):
        class Directory:
            """S3 Express has no ListObjectVersions; this fails if it is called."""

            def get_paginator(self, name):
                assert name == "list_objects_v2"
                return self

            def paginate(self, Bucket, Prefix):
                two, one = ({"Key": f"train/{name}", "ETag": '"e"', "Size": 1} for name in "ba")
                return [{"Contents": [two]}, {"Contents": [one]}, {}]

        found = program.data_version("s3://fast--eun1-az1--x-s3/train/", s3=Directory())
        lines = b'["train/a","\\"e\\"","null",1]\n["train/b","\\"e\\"","null",1]\n'
        self.assertEqual(found, "s3:sha256:" + hashlib.sha256(lines).hexdigest())


class Tables(WithAws):
    def setUp(self):
        super().setUp()
        self.glue = boto3.client("glue")

    def table(self, metadata, name="churn", database="features", compress=False, **parameters):
        text = json.dumps(metadata).encode()
        self.s3.put_object(Bucket=BUCKET, Key="churn/metadata/2.json", Body=gzip.compress(text) if compress else text)
        self.glue.create_database(DatabaseInput={"Name": database})
        parameters = parameters or {"table_type": "ICEBERG", "metadata_location": f"s3://{BUCKET}/churn/metadata/2.json"}
        self.glue.create_table(DatabaseName=database, TableInput={"Name": name, "Parameters": parameters})
        return program.data_version(f"iceberg://{database}.{name}", s3=self.s3, glue=self.glue)

    def test_have_the_id_of_their_current_snapshot(self):
        snapshots = [{"snapshot-id": 1}, {"snapshot-id": 3051729675574597004}]
        metadata = {"current-snapshot-id": 3051729675574597004, "snapshots": snapshots}
        self.assertEqual(self.table(metadata), "iceberg:features.churn@3051729675574597004")

    def test_may_have_compressed_metadata(self):
        self.assertEqual(self.table({"current-snapshot-id": 7}, compress=True), "iceberg:features.churn@7")

    def test_with_a_long_name_have_a_version_that_a_model_package_accepts(self):
        name, database = "t" * 200, "d" * 200
        text = self.table({"current-snapshot-id": 2**63 - 1}, name=name, database=database)
        self.assertLessEqual(len(text), 256)
        digest = hashlib.sha256(f"{database}.{name}".encode()).hexdigest()
        self.assertEqual(text, f"iceberg:sha256:{digest}@9223372036854775807")

    def test_without_a_snapshot_have_no_version(self):
        for index, empty in enumerate([{"current-snapshot-id": -1}, {"current-snapshot-id": None}, {}]):
            with self.subTest(empty), self.assertRaisesRegex(program.NoVersion, "has no snapshot"):
                self.table(empty, database=f"features{index}")

    def test_of_another_format_have_no_version(self):
        with self.assertRaisesRegex(program.NoVersion, "features.churn must be an Iceberg table"):
            self.table({}, classification="parquet")


class Sources(unittest.TestCase):
    def test_have_one_of_two_forms(self):
        for source in ["churn/train", "s3://acme", "s3://acme/", "iceberg://churn", "iceberg://.churn", "file:///tmp/x"]:
            with self.subTest(source), self.assertRaisesRegex(program.NoVersion, f"'{source}' must be s3://"):
                program.data_version(source)


class Command(WithAws):
    def test_prints_one_version_a_line(self):
        self.put("a/1")
        self.put("b/1")
        with redirect_stdout(io.StringIO()) as out:
            program.main([f"s3://{BUCKET}/a/", f"s3://{BUCKET}/b/"])
        self.assertEqual(out.getvalue(), f"{self.version('a/')}\n{self.version('b/')}\n")

    def test_ends_with_an_error_that_says_what_is_wrong_and_no_stack(self):
        ended = subprocess.run([sys.executable, "-B", str(PROGRAM), "nowhere"], capture_output=True, text=True)
        self.assertEqual(ended.returncode, 1)
        self.assertEqual(ended.stdout, "")
        self.assertEqual(ended.stderr, "data_version: 'nowhere' must be s3://<bucket>/<prefix>/ or iceberg://<database>.<table>\n")


if __name__ == "__main__":
    unittest.main()
