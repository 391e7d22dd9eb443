"""Tests of the conversion without Spark and AWS: `python3 test/data-lake/parquet_conversion_test.py`."""

import io
import json
import sys
import unittest
from contextlib import redirect_stdout
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "lib" / "data-lake" / "conversion"))
sys.dont_write_bytecode = True

import parquet_conversion as conversion  # noqa: E402

DEFINITION = [[["id", "string"]], [["id", "bigint"]]]


def description(classification="csv", serde=None, partitions=(), columns=(("id", "string"),), prefix="raw/orders", **parameters):
    return {
        "StorageDescriptor": {
            "Location": f"s3://lake/{prefix}/",
            "Columns": [{"Name": name, "Type": kind} for name, kind in columns],
            "SerdeInfo": {"Parameters": serde or {}},
        },
        "PartitionKeys": [{"Name": name} for name in partitions],
        "Parameters": {"classification": classification, **parameters},
    }


def item(key, etag="a", size=1):
    return {"Key": f"raw/orders/{key}", "ETag": etag, "Size": size}


class Partitions(unittest.TestCase):
    table = conversion.Table(description(partitions=["day", "region"]))

    def test_are_the_folders_of_the_partition_columns(self):
        for key in ["day=1/region=eu/a.csv", "day=1/region=eu/deeper/a.csv"]:
            self.assertEqual(conversion.partition_of(f"raw/orders/{key}", self.table), "day=1/region=eu/")

    def test_do_not_contain_hidden_files_or_other_folders(self):
        for key in ["a.csv", "day=1/a.csv", "region=eu/day=1/a.csv", "day=1/region=eu/_SUCCESS", "_tmp/day=1/region=eu/a", "day=1/region=eu/"]:
            self.assertIsNone(conversion.partition_of(f"raw/orders/{key}", self.table), key)

    def test_of_a_table_without_partition_columns_is_one(self):
        self.assertEqual(conversion.partition_of("raw/orders/a.csv", conversion.Table(description())), "")

    def test_contain_no_empty_objects(self):
        listed = [item("day=1/region=eu/a"), item("day=1/region=eu/b"), item("day=2/region=eu/c", size=0)]
        self.assertEqual({"day=1/region=eu/": listed[:2]}, conversion.by_partition(listed, self.table))


class Change(unittest.TestCase):
    def changed(self, before, now, definition=DEFINITION):
        memory = {"p": conversion.mark(before, DEFINITION)} if before else {}
        return list(conversion.changed({"p": now}, memory, definition))

    def test_is_a_partition_never_converted(self):
        self.assertEqual(self.changed([], [item("a")]), ["p"])

    def test_is_a_new_or_replaced_file(self):
        self.assertEqual(self.changed([item("a")], [item("a"), item("b")]), ["p"])
        self.assertEqual(self.changed([item("a")], [item("a", etag="b")]), ["p"])

    def test_is_not_the_same_files_in_another_order(self):
        self.assertEqual(self.changed([item("a"), item("b")], [item("b"), item("a")]), [])

    def test_is_not_a_file_that_expired(self):
        self.assertEqual(self.changed([item("a"), item("b")], [item("b")]), [])

    def test_is_another_definition_unless_files_have_expired(self):
        self.assertEqual(self.changed([item("a")], [item("a")], [["other"]]), ["p"])
        self.assertEqual(self.changed([item("a"), item("b")], [item("a")], [["other"]]), [])


class Rows(unittest.TestCase):
    def rows(self, lines, columns, *arguments, **parameters):
        source = conversion.Table(description(*arguments, columns=columns, **parameters))
        return list(conversion.rows_of([(line, "f", 0) for line in lines], source, source))

    def test_of_json_have_keys_of_any_case(self):
        columns = (("userid", "int"), ("address", "struct<zip:string>"))
        rows = self.rows([b'{"userId":1,"Address":{"ZIP":"x"}}'], columns, "json")
        self.assertEqual(rows, [((1, ("x",)), None, None, None)])

    def test_have_null_where_the_file_has_backslash_n(self):
        rows = self.rows([b"\\N\tx"], (("a", "string"), ("b", "string")), delimiter="\t")
        self.assertEqual(rows[0][0], (None, "x"))

    def test_are_rejected_with_a_reason_if_a_value_would_be_lost(self):
        columns = (("id", "int"), ("at", "date"))
        lines = [b"1,2026-01-31", b"x,", b"1,2026-02-30", b"1", b"1,,2", b"\xff,"]
        rows = self.rows(lines, columns, serde={"quoteChar": '"'}, delimiter=",")
        self.assertIsNone(rows[0][1])
        self.assertEqual(
            [row[1] for row in rows[1:]],
            [
                "id: is no int: 'x'",
                "at: is no date: '2026-02-30'",
                "has 1 values for 2 columns",
                "has 3 values for 2 columns",
                "is not UTF-8",
            ],
        )
        self.assertEqual(rows[1][2:], ("x,", "f"))

    def test_are_rejected_if_no_clock_has_their_zone(self):
        zones = ["+18:00", "-0530", "+19:00", "+05:60"]
        lines = [f'{{"at":"2026-01-31T12:00:00{zone}"}}'.encode() for zone in zones]
        faults = [row[1] for row in self.rows(lines, (("at", "timestamp"),), "json")]
        self.assertEqual(faults[:2], [None, None])
        self.assertEqual(faults[2], "at: is no timestamp: '2026-01-31T12:00:00+19:00'")
        self.assertEqual(faults[3], "at: is no timestamp: '2026-01-31T12:00:00+05:60'")

    def test_are_not_the_header_or_empty_lines(self):
        rows = self.rows([b"\xef\xbb\xbfid", b"", b"1"], (("id", "int"),), delimiter=",", **{"skip.header.line.count": "1"})
        self.assertEqual([row[0] for row in rows], [(1,)])


class TooMany(unittest.TestCase):
    def test_is_more_than_the_percentage(self):
        self.assertFalse(conversion.too_many(1, 100, 1))
        self.assertTrue(conversion.too_many(2, 100, 1))
        self.assertTrue(conversion.too_many(1, 1000, 0))
        self.assertFalse(conversion.too_many(0, 0, 0))


class FakeS3:
    def __init__(self, listed):
        self.listed, self.objects = listed, {}

    def get_paginator(self, _):
        return self

    def paginate(self, **_):
        return [{"Contents": self.listed}, {}]

    def list_objects_v2(self, Bucket, Prefix):
        return {"Contents": [{"Key": key} for key in self.objects if key.startswith(Prefix)]} if self.objects else {}

    def get_object(self, Bucket, Key):
        if Key not in self.objects:
            raise PermissionError("403: S3 answers 404 for a missing object only if the whole bucket may be listed")
        return {"Body": io.BytesIO(self.objects[Key].encode())}

    def put_object(self, Bucket, Key, Body):
        self.objects[Key] = Body


class FakeGlue:
    def __init__(self):
        self.registered, self.calls, self.refusal = [["1"]], 0, None

    def get_table(self, DatabaseName, Name):
        return {"Table": description(partitions=["day"])}

    def get_paginator(self, _):
        return self

    def paginate(self, **_):
        return [{"Partitions": [{"Values": values} for values in self.registered]}]

    def batch_create_partition(self, DatabaseName, TableName, PartitionInputList):
        self.calls += 1
        self.created = PartitionInputList
        self.registered += [item["Values"] for item in PartitionInputList]
        return {"Errors": [{"ErrorDetail": {"ErrorCode": self.refusal}}] if self.refusal else []}


class Run(unittest.TestCase):
    options = {
        "source": "raw.orders",
        "target": "curated.orders",
        "rejected": "s3://lake/_rejected/orders/",
        "memory": "s3://work/job/memory.json",
        "max_rejected_percent": "1",
    }

    def setUp(self):
        self.s3 = FakeS3([item("day=1/a"), item("day=1/b"), item("day=2/c")])
        self.calls, self.broken = [], set()
        rewrite = conversion.rewrite
        conversion.rewrite = self.rewrite
        self.addCleanup(setattr, conversion, "rewrite", rewrite)

    def rewrite(self, spark, source, target, partition, files, rejected, max_percent):
        self.calls.append((partition, files, rejected, max_percent))
        if partition in self.broken:
            raise ValueError("2 of 3 rows do not fit")
        return 3, 0

    def run_once(self, glue=None):
        self.calls.clear()
        with redirect_stdout(io.StringIO()) as output:
            conversion.run(None, glue or FakeGlue(), self.s3, self.options)
        return output.getvalue()

    def test_converts_whole_partitions_and_only_once(self):
        self.run_once()
        files = [f"s3://lake/raw/orders/day=1/{name}" for name in "ab"]
        self.assertIn(("day=1/", files, "s3://lake/_rejected/orders/day=1/", 1.0), self.calls)
        self.assertEqual(len(self.calls), 2)
        self.assertIn("2 partitions, 0 to convert", self.run_once())
        self.assertEqual(self.calls, [])

    def test_repeats_only_what_failed(self):
        self.broken = {"day=1/"}
        with self.assertRaises(SystemExit) as failure:
            self.run_once()
        self.assertEqual(str(failure.exception), "1 of 2 partitions were not converted\nday=1/: 2 of 3 rows do not fit")
        self.broken = set()
        self.run_once()
        self.assertEqual([call[0] for call in self.calls], ["day=1/"])

    def test_registers_the_partitions_that_the_catalog_lacks_once(self):
        self.s3.listed.append(item("day=a%20b/d"))
        glue = FakeGlue()
        self.run_once(glue)
        self.assertEqual(glue.registered, [["1"], ["2"], ["a b"]])
        self.assertEqual(glue.created[1]["StorageDescriptor"]["Location"], "s3://lake/raw/orders/day=a%20b/")
        self.run_once(glue)
        self.assertEqual(glue.calls, 1)

    def test_fails_if_a_partition_cannot_be_registered_unless_it_is_there(self):
        glue = FakeGlue()
        glue.refusal = "AlreadyExistsException"
        self.run_once(glue)
        glue = FakeGlue()
        glue.refusal = "InternalFailure"
        with self.assertRaisesRegex(SystemExit, "InternalFailure"):
            self.run_once(glue)

    def test_remembers_every_partition(self):
        self.run_once()
        self.assertEqual(set(json.loads(self.s3.objects["job/memory.json"])), {"day=1/", "day=2/"})


if __name__ == "__main__":
    unittest.main()
