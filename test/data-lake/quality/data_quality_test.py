"""The program on real files. What it measures is compared with what DuckDB computes from the same files in SQL."""

import gzip
import io
import json
import os
import sys
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../../../lib/data-lake", folder) for folder in ("quality/program", "conversion")]

import data_quality  # noqa: E402
import expectations  # noqa: E402

END = datetime(9999, 12, 31, 23, 59, 59, 999_999, timezone.utc)
NOW = int(datetime(2026, 6, 1, 12, tzinfo=timezone.utc).timestamp())
CSV = {"name": "csv", "header": True, "separator": ",", "quote": '"'}
UNQUOTED = {"name": "csv", "header": False, "separator": ";", "quote": None}
TSV = {"name": "tsv", "header": True, "separator": "\t", "quote": None}
JSON = {"name": "json", "header": False, "separator": None, "quote": None}
PARQUET = {"name": "parquet", "header": False, "separator": None, "quote": None}


def expect(kind, *columns, **settings):
    defaults = {
        "completeness": {"min": "1"},
        "uniqueness": {"min": "1"},
        "range": {"min": None, "max": None, "share": "1", "ignoreNull": False},
        "values": {"share": "1", "ignoreNull": False},
        "matches": {"share": "1", "ignoreNull": False},
        "freshness": {"everyRow": False},
        "rowCount": {"min": "1", "max": None},
        "custom": {},
    }[kind]
    return {"name": ".".join([kind, *columns]), "kind": kind, "columns": list(columns), **defaults, **settings}


class Case(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.root = made.name
        self.data = os.path.join(self.root, "data")

    def write(self, path, content, **options):
        full = os.path.join(self.data, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        if isinstance(content, pa.Table):
            pq.write_table(content, full, row_group_size=1000, **options)
        else:
            with open(full, "wb") as file:
                file.write(content if isinstance(content, bytes) else content.encode())
        return full

    def spec(self, format, columns, *expected, partitions=()):
        return {
            "version": 1,
            "database": "acme",
            "table": "orders",
            "ruleset": "acme-orders",
            "data": "s3://none/",
            "quarantine": "s3://none/",
            "reports": "s3://none/",
            "format": format,
            "columns": list(columns.items()),
            "partitions": list(partitions),
            "expectations": list(expected),
        }

    def run_on(self, spec, *options, now=NOW):
        """The exit code and the report."""
        path = os.path.join(self.root, "spec.json")
        with open(path, "w") as file:
            json.dump(spec, file)
        self.output = os.path.join(self.root, "output")
        argv = ["--spec", path, "--data", self.data, "--output", self.output, "--run", "r", *options]
        self.said = io.StringIO()
        with redirect_stderr(self.said), redirect_stdout(self.said):
            code = data_quality.main(argv, now=now)
        with open(os.path.join(self.output, "reports/r/result.json")) as file:
            return code, json.load(file)

    def measured(self, spec, *options):
        _, report = self.run_on(spec, *options)
        self.assertEqual(report["unreadableFiles"], [])
        return {one["name"]: one["measured"] for one in report["expectations"]}

    def quarantined(self, name):
        path = os.path.join(self.output, "quarantine/r", f"{name}.json")
        if not os.path.exists(path):
            return None
        with open(path) as file:
            return [json.loads(line) for line in file]


def orders(rows, seed):
    """Rows with everything that a table has: NULL, NaN, values twice, and types of every kind."""
    random = np.random.default_rng(seed)

    def some(values, share=0.9):
        return [value if random.random() < share else None for value in values]

    return pa.table(
        {
            "id": pa.array(some([f"o{number}" for number in random.integers(0, rows * 2, rows)])),
            "amount": pa.array(some([Decimal(int(cents)).scaleb(-2) for cents in random.integers(-500, 10_000, rows)]), pa.decimal128(12, 2)),
            "weight": pa.array(some(random.normal(5, 3, rows).tolist())),
            "ratio": pa.array(some((random.integers(0, 10, rows) / 10).tolist()), pa.float32()),
            "pieces": pa.array(some(random.integers(0, 20, rows).tolist()), pa.int32()),
            "country": pa.array(some([["SE", "NO", "DK", "", "se"][number] for number in random.integers(0, 5, rows)])),
            "paid": pa.array(some((random.random(rows) < 0.5).tolist())),
            "on": pa.array(some([date(2026, 5, 1) + timedelta(days=int(days)) for days in random.integers(0, 60, rows)]), pa.date32()),
            "at": pa.array(
                some([datetime(2026, 5, 1) + timedelta(seconds=int(seconds)) for seconds in random.integers(0, 40 * 86_400, rows)]),
                pa.timestamp("us"),
            ),
            "tags": pa.array(some([["a"]] * rows), pa.list_(pa.string())),
        }
    )


ORDERS = {
    "id": "string",
    "amount": "decimal(12,2)",
    "weight": "double",
    "ratio": "float",
    "pieces": "int",
    "country": "string",
    "paid": "boolean",
    "on": "date",
    "at": "timestamp",
    "tags": "array<string>",
}
# each with the SQL of another engine
MEASURES = [
    (expect("completeness", "id"), "count(id) / count(*)"),
    (expect("completeness", "tags"), "count(tags) / count(*)"),
    (expect("uniqueness", "id"), "(select count(*) from (select id from t where id is not null group by id having count(*) = 1)) / count(id)"),
    (expect("uniqueness", "amount"), "(select count(*) from (select amount from t where amount is not null group by amount having count(*) = 1)) / count(amount)"),
    (
        expect("uniqueness", "pieces", "country", "paid"),
        """(select count(*) from (select 1 from t where pieces is not null or country is not null or paid is not null
            group by pieces, country, paid having count(*) = 1))
           / count(*) filter (where pieces is not null or country is not null or paid is not null)""",
    ),
    (expect("uniqueness", "at", "on"), """(select count(*) from (select 1 from t where "at" is not null or "on" is not null
        group by "at", "on" having count(*) = 1)) / count(*) filter (where "at" is not null or "on" is not null)"""),
    (expect("range", "amount", min="0", max="99.99"), "avg(case when amount >= 0 and amount <= 99.99 then 1 else 0 end)"),
    (expect("range", "weight", min="0.5"), "avg(case when weight >= 0.5 then 1 else 0 end)"),
    (expect("range", "ratio", max="0.3"), "avg(case when ratio::double <= 0.3 then 1 else 0 end)"),
    (expect("range", "pieces", min="2.5", max="17", ignoreNull=True), "avg(case when pieces >= 2.5 and pieces <= 17 then 1 else 0 end) filter (where pieces is not null)"),
    (expect("values", "country", values=["SE", "NO", ""]), "avg(case when country in ('SE', 'NO', '') then 1 else 0 end)"),
    (expect("values", "pieces", values=["1", "2", "3.5"], ignoreNull=True), "avg(case when pieces in (1, 2) then 1 else 0 end) filter (where pieces is not null)"),
    (expect("values", "amount", values=["1.5", "0.001", "-2"]), "avg(case when amount in (1.5, -2) then 1 else 0 end)"),
    (expect("matches", "country", pattern="[A-Z]{2}|x"), "avg(case when regexp_full_match(country, '[A-Z]{2}|x') then 1 else 0 end)"),
    (expect("matches", "id", pattern="o\\d*[02468]", ignoreNull=True), "avg(case when regexp_full_match(id, 'o\\d*[02468]') then 1 else 0 end) filter (where id is not null)"),
    (expect("freshness", "at", maxHours="24"), f"(({NOW} - max(floor(epoch(\"at\"))) filter (where epoch(\"at\") < {NOW} + 1)) / 3600)"),
    (expect("freshness", "on", maxHours="24"), f"(({NOW} - max(epoch(\"on\")) filter (where epoch(\"on\") <= {NOW})) / 3600)"),
    ({**expect("freshness", "at", maxHours="240", everyRow=True), "name": "every"}, f"avg(case when epoch(\"at\") >= {NOW} - 240 * 3600 then 1 else 0 end)"),
    (expect("rowCount"), "count(*)"),
]


class Measures(Case):
    def compare(self, spec, relation, made=None):
        found = self.measured(spec)
        duckdb.sql(f"create or replace temp table t as {relation}")
        sql = ", ".join(f"({text})::double" for _, text in MEASURES)
        values = duckdb.sql(f"select {sql} from t").fetchone()
        for (one, _), value in zip(MEASURES, values):
            with self.subTest(one["name"]):
                self.assertAlmostEqual(found[one["name"]], value, places=12)

    def test_of_parquet_in_many_files_and_partitions_are_those_of_another_engine(self):
        for index in range(3):
            self.write(f"day=2026-05-0{index + 1}/{index}.parquet", orders(3001, index))
        spec = self.spec(PARQUET, ORDERS, *(one for one, _ in MEASURES), partitions=[("day", "date")])
        self.compare(spec, f"select * from read_parquet('{self.data}/**/*.parquet')")

    def test_of_json_lines_are_those_of_another_engine(self):
        made = orders(2000, 7)
        path = os.path.join(self.data, "a.json")
        os.makedirs(self.data)
        duckdb.sql(f"copy (from made) to '{path}' (format json)")
        self.compare(self.spec(JSON, ORDERS, *(one for one, _ in MEASURES)), "from made", made)

    def test_of_text_with_separators_are_those_of_another_engine(self):
        made = orders(2000, 8)
        flat = {name: kind for name, kind in ORDERS.items() if name != "tags"}
        os.makedirs(self.data)
        duckdb.sql(f"copy (select * exclude tags from made) to '{self.data}/a.csv' (delimiter ';', header false, nullstr '\\N', quote '')")
        measures = [one for one, _ in MEASURES if "tags" not in one["columns"]]
        found = self.measured(self.spec(UNQUOTED, flat, *measures))
        self.write("../parquet/a.parquet", made)
        self.data = os.path.join(self.root, "parquet")
        self.assertEqual(found, self.measured(self.spec(PARQUET, ORDERS, *measures)))

    def test_do_not_change_when_hashes_go_to_the_disk(self):
        self.write("a.parquet", orders(3001, 1))
        spec = self.spec(PARQUET, ORDERS, expect("uniqueness", "id"), expect("uniqueness", "id", "at"))
        in_memory = self.measured(spec)
        before, expectations.HASHES_IN_MEMORY = expectations.HASHES_IN_MEMORY, 100
        self.addCleanup(setattr, expectations, "HASHES_IN_MEMORY", before)
        self.assertEqual(self.measured(spec), in_memory)


class Boundaries(Case):
    """Tables of cases: values, an expectation, and how many fit."""

    def counts(self, kind, values, arrow, one):
        self.write("a.parquet", pa.table({"x": pa.array(values, arrow)}))
        _, report = self.run_on(self.spec(PARQUET, {"x": kind}, {**one, "columns": ["x"]}))
        self.assertEqual(report["unreadableFiles"], [])
        found = report["expectations"][0]
        return found["rows"] - found.get("failingRows", 0), found["rows"]

    def test_of_ranges(self):
        nan, inf = float("nan"), float("inf")
        for kind, arrow, values, ends, fitting in [
            ("int", pa.int32(), [0, 1, 2, None], {"min": "1", "max": "2"}, 2),  # both ends belong to it
            ("int", pa.int32(), [0, 1, 2], {"min": "0.5"}, 2),
            ("bigint", pa.int64(), [2**63 - 1, -(2**63)], {"max": "9223372036854775806.5"}, 1),
            ("bigint", pa.int64(), [2**63 - 1], {"max": "1e30"}, 1),
            ("bigint", pa.int64(), [2**63 - 1, None], {"min": "1e30"}, 0),
            ("bigint", pa.int64(), [-5, None], {"min": "-1e30"}, 1),
            ("tinyint", pa.int8(), [-128, 127], {"max": "126"}, 1),
            ("double", pa.float64(), [0.1, 0.1 + 1e-17, 0.2, nan, inf, -inf], {"min": "0.1"}, 4),
            ("double", pa.float64(), [nan, inf, 0.0], {"max": "1"}, 1),
            # a float is compared as the double that it is, as Spark widens it: 0.1 is 0.10000000149011612, 0.3 is 0.30000001192092896
            ("float", pa.float32(), [0.1, 0.3], {"min": "0.1"}, 2),
            ("float", pa.float32(), [0.1], {"max": "0.1"}, 0),
            ("float", pa.float32(), [0.1], {"max": "0.10000000149011612"}, 1),
            ("float", pa.float32(), [0.5, 0.7], {"min": "0.5", "max": "0.7"}, 2),  # 0.7 is 0.699999988079071
            ("double", pa.float32(), [0.1], {"max": "0.1"}, 0),
            ("decimal(5,2)", pa.decimal128(5, 2), [Decimal("0.99"), Decimal("1.00"), Decimal("1.01")], {"min": "0.995", "max": "1.005"}, 1),
            ("decimal(5,2)", pa.decimal128(5, 2), [Decimal("999.99")], {"max": "1e10"}, 1),
            ("decimal(5,2)", pa.decimal128(5, 1), [Decimal("1.5")], {"min": "1.5"}, 1),
        ]:
            with self.subTest(kind=kind, ends=ends):
                self.assertEqual(self.counts(kind, values, arrow, expect("range", "x", **ends)), (fitting, len(values)))

    def test_of_values(self):
        for kind, arrow, values, listed, fitting in [
            ("string", pa.string(), ["a", "A", " a", "", None], ["a", ""], 2),
            ("int", pa.int32(), [1, 2, 3, None], ["1", "2.0", "2.5"], 2),
            ("double", pa.float64(), [0.1, -0.0, float("nan")], ["0.1", "0"], 2),
            ("float", pa.float32(), [0.1, 0.5], ["0.1", "0.5"], 1),
            ("decimal(5,2)", pa.decimal128(5, 2), [Decimal("1.50"), Decimal("1.51")], ["1.5", "1.505"], 1),
            ("varchar(3)", pa.string(), ["abc"], ["abc"], 1),
        ]:
            with self.subTest(kind=kind, listed=listed):
                self.assertEqual(self.counts(kind, values, arrow, expect("values", "x", values=listed)), (fitting, len(values)))

    def test_of_patterns(self):
        for pattern, values, fitting in [
            ("[a-z]+", ["abc", "abc1", "1abc", "", None, "ABC"], 1),
            ("a|bc", ["a", "bc", "ac", "abc"], 2),
            ("\\d+", ["12", "١٢"], 1),  # as in Java, only ASCII
            ("a.c", ["abc", "a\nc"], 1),
            ("a\\\\b", ["a\\b"], 1),
            ('"+', ['""'], 1),
        ]:
            with self.subTest(pattern=pattern):
                self.assertEqual(self.counts("string", values, pa.string(), expect("matches", "x", pattern=pattern)), (fitting, len(values)))

    def test_of_uniqueness(self):
        nan = float("nan")
        for kind, arrow, values, once, rows in [
            ("string", pa.string(), ["a", "a", "b", None, None], 1, 3),
            ("double", pa.float64(), [0.0, -0.0, nan, nan, 1.0], 1, 5),
            ("boolean", pa.bool_(), [True, False, None], 2, 2),
            ("string", pa.string(), ["", None], 1, 1),
        ]:
            with self.subTest(values=values):
                self.assertEqual(self.counts(kind, values, arrow, expect("uniqueness", "x")), (once, rows))

    def test_of_keys_of_several_columns(self):
        self.write("a.parquet", pa.table({"x": ["a", "ab", None, None, None, ""], "y": ["bc", "c", None, "c", "c", None]}))
        spec = self.spec(PARQUET, {"x": "string", "y": "string"}, expect("uniqueness", "x", "y"))
        _, report = self.run_on(spec)
        # NULL is a value beside another; a row of NULL only is left out
        self.assertEqual((report["expectations"][0]["rows"], report["expectations"][0]["failingRows"]), (5, 2))

    def test_of_ages(self):
        hour = timedelta(hours=1)
        now = datetime.fromtimestamp(NOW, timezone.utc)
        for every, values, passes in [
            (False, [now - 24 * hour], True),
            (False, [now - 24 * hour - timedelta(seconds=1)], False),
            (False, [now - 99 * hour, now - hour, None], True),
            (False, [now + hour], False),  # only in the future: nothing says that data arrived
            (False, [now + hour, now - hour], True),
            (False, [None], False),
            (True, [now - 24 * hour, now], True),
            (True, [now - 25 * hour, now], False),
            (True, [None, now], False),
            (True, [now + hour], True),
            # what databases write for "until further notice": no age of the data, and no old row
            (False, [END], False),
            (False, [END, now - hour], True),
            (False, [END, now - 25 * hour], False),
            (True, [END, now], True),
            (True, [END, now - 25 * hour], False),
            (True, [datetime(1, 1, 1, tzinfo=timezone.utc), now], False),
        ]:
            for of_spark in (False, True):  # INT96, which Spark writes unless told otherwise
                with self.subTest(every=every, values=values, of_spark=of_spark):
                    self.write("a.parquet", pa.table({"x": pa.array(values, pa.timestamp("us", "UTC"))}), use_deprecated_int96_timestamps=of_spark)
                    code, report = self.run_on(self.spec(PARQUET, {"x": "timestamp"}, expect("freshness", "x", maxHours="24", everyRow=every)))
                    self.assertEqual((code, report["unreadableFiles"]), (0 if passes else 1, []))

    def test_of_ages_count_whole_seconds_to_the_microsecond_at_every_time(self):
        for moment in [END, datetime(9000, 1, 1, 0, 0, 1, 999_999), datetime(1969, 12, 31, 23, 59, 58, 1), datetime(1969, 12, 31, 23, 59, 59), datetime(1, 1, 1)]:
            since = moment.replace(tzinfo=timezone.utc) - datetime(1970, 1, 1, tzinfo=timezone.utc)
            found = expectations.seconds(pa.array([moment.replace(tzinfo=timezone.utc), None], pa.timestamp("us", "UTC")))
            self.assertEqual(found.to_pylist(), [since // timedelta(seconds=1), None], moment)

    def test_a_share_holds_if_it_is_equal_to_the_limit(self):
        self.write("a.parquet", pa.table({"x": [1] * 99 + [None]}))
        for least, code in [("0.99", 0), ("0.990001", 1)]:
            self.assertEqual(self.run_on(self.spec(PARQUET, {"x": "int"}, expect("completeness", "x", min=least)))[0], code)

    def test_the_number_of_rows_has_both_ends(self):
        self.write("a.parquet", pa.table({"x": [1, 2, 3]}))
        for ends, code in [({"min": "3", "max": "3"}, 0), ({"min": "4"}, 1), ({"min": "1", "max": "2"}, 1)]:
            self.assertEqual(self.run_on(self.spec(PARQUET, {"x": "int"}, expect("rowCount", **ends)))[0], code)


class Reading(Case):
    def test_text_is_read_as_athena_reads_it(self):
        columns = {"id": "string", "n": "int", "price": "double", "note": "string"}
        self.write("a.csv", '\ufeffid,n,price,note\n1,,2.5,""\n"a,b",2, ,"say ""x"" \\"y\\""\n\\N,3.0,1e3,a\\b\n')
        spec = self.spec(
            CSV,
            columns,
            expect("values", "note", values=["", 'say "x" "y"', "a\\b"]),
            expect("completeness", "note"),
            expect("completeness", "id", min="0.6"),
            expect("values", "n", values=["2", "3"], ignoreNull=True),
            {**expect("completeness", "n", min="0.6")},
            expect("range", "price", min="2.5", share="0.6"),
        )
        code, report = self.run_on(spec)
        self.assertEqual((code, report["faults"], report["rows"]), (0, [], 3))

    def test_every_line_end_and_compression_is_read(self):
        self.write("a.csv", b"id\n1\r\n2\r\n")
        self.write("b.csv.gz", gzip.compress(b"id\n3\n"))
        self.write("c.csv", b"")
        _, report = self.run_on(self.spec(CSV, {"id": "int"}, expect("rowCount", min="3", max="3")))
        self.assertEqual(report["faults"], [])
        self.assertEqual(report["files"], 3)

    def test_keys_of_json_have_no_case(self):
        self.write("a.json", '{"userId": 7, "N": "1.50"}\n\n{"userid": 8, "n": 2}\n')
        spec = self.spec(JSON, {"userid": "bigint", "n": "decimal(5,2)"}, expect("completeness", "userid"), expect("values", "n", values=["1.5", "2"]))
        self.assertEqual(self.run_on(spec)[0], 0)

    def test_names_of_parquet_columns_have_no_case(self):
        self.write("a.parquet", pa.table({"ID": [1]}))
        self.assertEqual(self.run_on(self.spec(PARQUET, {"id": "int"}, expect("completeness", "id")))[0], 0)

    def test_hidden_files_are_no_data(self):
        self.write("a.parquet", pa.table({"x": [1]}))
        for path in ["_SUCCESS", "_quarantine/b.parquet", ".c.parquet", "day/.d"]:
            self.write(path, b"no parquet")
        self.write("day_$folder$", b"")  # of Hadoop
        self.assertEqual(self.run_on(self.spec(PARQUET, {"x": "int"}, expect("rowCount", max="1")))[0], 0)

    def test_partitions_are_columns(self):
        self.write("day=2026-05-31/region=a%2Fb/a.parquet", pa.table({"x": [1]}))
        self.write("day=2026-05-30/region=__HIVE_DEFAULT_PARTITION__/a.parquet", pa.table({"x": [1]}))
        partitions = [("day", "date"), ("region", "string")]
        expected = [expect("freshness", "day", maxHours="36"), expect("values", "region", values=["a/b"], ignoreNull=True)]
        spec = self.spec(PARQUET, {"x": "int"}, *expected, expect("completeness", "region", min="0.5"), partitions=partitions)
        self.assertEqual(self.run_on(spec)[0], 0)
        # one partition alone
        code, report = self.run_on(spec, "--partition", "day=2026-05-30")
        self.assertEqual((code, report["rows"]), (1, 1))

    def test_a_date_or_dictionary_or_time_in_nanoseconds_is_read(self):
        table = pa.table(
            {
                "at": pa.array([1780000000000000001], pa.timestamp("ns")),
                "c": pa.array(["SE"]).dictionary_encode(),
                "b": pa.array([b"SE"]),
                "none": pa.nulls(1),
                "large": pa.array(["SE"], pa.large_string()),
                "view": pa.array(["SE"], pa.string_view()),  # as Polars writes
            }
        )
        self.write("a.parquet", table)
        columns = {"at": "timestamp", "c": "string", "b": "string", "none": "int", "large": "string", "view": "varchar(2)"}
        expected = [expect("values", name, values=["SE"]) for name in ("c", "b", "large", "view")] + [expect("completeness", "none", min="0")]
        code, report = self.run_on(self.spec(PARQUET, columns, *expected, expect("uniqueness", "at")))
        self.assertEqual((code, report["faults"]), (0, []))


class FailsClosed(Case):
    def faults(self, spec, *options, code=1):
        found, report = self.run_on(spec, *options)
        self.assertEqual((found, report["state"]), (code, "FAILED"))
        return "; ".join(report["faults"])

    def rows(self):
        return expect("rowCount")

    def test_without_data(self):
        spec = self.spec(PARQUET, {"x": "int"}, expect("completeness", "x", min="0"))
        self.assertIn("there are no rows", self.faults(spec))
        self.write("a.parquet", pa.table({"x": pa.array([], pa.int32())}))
        self.assertIn("there are no rows; completeness.x: no row was counted", self.faults(spec))

    def test_on_a_share_of_no_rows(self):
        self.write("a.parquet", pa.table({"x": pa.array([None], pa.int32())}))
        spec = self.spec(PARQUET, {"x": "int"}, expect("range", "x", min="1", share="0", ignoreNull=True))
        self.assertIn("range.x: no row was counted", self.faults(spec))

    def test_on_files_that_cannot_be_read_and_keeps_a_copy(self):
        self.write("a.parquet", pa.table({"x": [1]}))
        self.write("b.parquet", b"PAR1 is no parquet")
        self.assertIn("1 of 2 files cannot be read: b.parquet", self.faults(self.spec(PARQUET, {"x": "int"}, self.rows())))
        with open(os.path.join(self.output, "quarantine/r/files/b.parquet"), "rb") as file:
            self.assertEqual(file.read(), b"PAR1 is no parquet")

    def test_on_a_file_that_was_cut_off(self):
        full = self.write("a.parquet", orders(5000, 1))
        with open(full, "rb") as file:
            content = file.read()
        for end in (0, len(content) // 2, len(content) - 1):
            self.write("a.parquet", content[:end])
            self.assertIn("cannot be read", self.faults(self.spec(PARQUET, ORDERS, self.rows())))
        self.write("a.parquet", pa.table({"x": [1]}))
        os.rename(os.path.join(self.data, "a.parquet"), os.path.join(self.root, "kept"))
        self.write("a.csv.gz", gzip.compress(b"id\n" + os.urandom(5000).hex().encode())[:-20])
        self.assertIn("cannot be read", self.faults(self.spec(CSV, {"id": "string"}, self.rows())))

    def test_on_columns_that_are_missing_or_of_another_type(self):
        for table, column, words in [
            (pa.table({"y": [1]}), "int", "has no column x"),
            (pa.table({"x": ["1"]}), "int", "has the column x as string, not as int"),
            (pa.table({"x": [1]}), "double", "has the column x as int64, not as double"),
            (pa.table({"x": [1]}), "string", "has the column x as int64, not as string"),
            (pa.table({"x": [[1]]}), "int", "has the column x as list<element: int64>, not as int"),
            (pa.table({"x": pa.array([1.5], pa.float64())}), "float", "has the column x as double, not as float"),
            (pa.table({"x": pa.array([1.5], pa.float16())}), "float", "has the column x as halffloat, not as float"),
            (pa.table({"x": pa.array([b"\xff"])}), "string", "UTF8"),
            (pa.Table.from_arrays([pa.array([1]), pa.array([1])], ["x", "X"]), "int", "has the column x twice"),
        ]:
            with self.subTest(words=words):
                self.write("a.parquet", table)
                self.assertIn(words, self.faults(self.spec(PARQUET, {"x": column}, expect("completeness", "x"))))

    def test_on_values_that_are_none_of_their_type_and_names_file_row_and_value(self):
        """As Athena fails at each: with the values beside it that are at the very ends of the type, which are read."""
        far = (datetime(9999, 12, 31, 23, 59, 59) - datetime(1970, 1, 1)) // timedelta(seconds=1)
        for kind, arrow, good, bad, shown in [
            ("tinyint", pa.int8(), [-128, 127, None], [], []),
            ("tinyint", pa.int64(), [-128, 127, None], [128, -129], ["128", "-129"]),
            ("smallint", pa.int32(), [-(2**15), 2**15 - 1], [2**15], ["32768"]),
            ("int", pa.int64(), [-(2**31), 2**31 - 1, None], [2**31, -(2**31) - 1], ["2147483648", "-2147483649"]),
            ("int", pa.uint32(), [0, 2**31 - 1], [2**31], ["2147483648"]),
            ("bigint", pa.uint64(), [0, 2**63 - 1], [2**63, 2**64 - 1], ["9223372036854775808", "18446744073709551615"]),
            ("bigint", pa.int64(), [-(2**63), 2**63 - 1], [], []),
            ("decimal(5,2)", pa.decimal128(9, 4), [Decimal("999.9900"), Decimal("-999.9900")], [Decimal("999.9950"), Decimal("1000.0000"), Decimal("0.0010")], ["999.9950", "1000.0000", "0.0010"]),
            ("decimal(5,2)", pa.decimal128(38, 0), [Decimal(999), Decimal(-999)], [Decimal(10**37), Decimal(-1000)], [str(10**37), "-1000"]),
            ("decimal(5,2)", pa.decimal256(60, 2), [Decimal("999.99"), None], [Decimal("1000.00")], ["1000.00"]),
            ("decimal(38,10)", pa.decimal128(5, 2), [Decimal("999.99")], [], []),
            ("varchar(3)", pa.string(), ["abc", "", "\u00e9\u00e8\u00ea", None], ["abcd"], ["abcd"]),
            ("char(2)", pa.string(), ["NO"], ["NOR"], ["NOR"]),
            ("timestamp", pa.timestamp("us"), [END.replace(tzinfo=None), datetime(1, 1, 1)], [(far + 1) * 10**6], [f"{(far + 1) * 10**6} us since 1970"]),
            ("timestamp", pa.timestamp("ms"), [far * 1000], [(far + 1) * 1000, 2**62], [f"{(far + 1) * 1000} ms since 1970", f"{2**62} ms since 1970"]),
            ("timestamp", pa.timestamp("ns"), [2**63 - 1, -(2**63) + 1], [], []),
            ("date", pa.date32(), [date(1, 1, 1), date(9999, 12, 31)], [(far + 1) // 86_400], [f"{(far + 1) // 86_400} days since 1970"]),
        ]:
            with self.subTest(kind=kind, arrow=str(arrow)):
                self.write("a.parquet", pa.table({"y": pa.array(range(len(good + bad))), "x": pa.array([*bad, *good], arrow)}))
                expected = [expect("completeness", "x", min="0"), expect("uniqueness", "x", min="0"), expect("completeness", "y")]
                spec = self.spec(PARQUET, {"x": kind, "y": "int"}, *expected)
                code, report = self.run_on(spec)
                self.assertEqual((code, report["unreadableFiles"], report["rows"]), (1 if bad else 0, [], len(good)))
                kept = self.quarantined("unreadable") if bad else []
                self.assertEqual(kept, [{"file": "a.parquet", "row": row, "reason": f"x: is no {kind}: {text!r}"} for row, text in enumerate(shown, 1)])
                if bad:
                    self.assertEqual(report["faults"][0], f"{len(bad)} rows cannot be read: a.parquet row 1 x: is no {kind}: {shown[0]!r}")

    def test_on_numbers_in_text_beyond_a_float_or_a_double(self):
        for kind, text in [("float", "1e39"), ("double", "1e400"), ("double", "-1e999999")]:
            self.write("a.csv", f"x\n1.5\n{text}\nInfinity\n")
            self.assertIn(f"1 rows cannot be read: a.csv row 3 x: is no {kind}: '{text}'", self.faults(self.spec(CSV, {"x": kind}, expect("completeness", "x"))))

    def test_on_text_whose_header_has_the_columns_in_another_order(self):
        spec = self.spec(CSV, {"net": "int", "gross": "int"}, expect("completeness", "net"))
        self.write("a.csv", "Gross,NET\n1,2\n")
        self.assertIn("has its columns in another order than the table, gross, net: queries read them by position", self.faults(spec))
        for header in ["net,gross", '"Net","Gross"', "Net amount,Gross amount"]:
            self.write("a.csv", f"{header}\n1,2\n")
            self.assertEqual(self.run_on(spec)[0], 0, header)

    def test_on_text_in_a_compression_that_is_not_read_or_is_broken(self):
        spec = self.spec(CSV, {"id": "int"}, self.rows())
        self.write("a.csv.snappy", b"x")
        self.assertIn("a.csv.snappy is compressed in a way that this program cannot read; write it with gzip or bzip2", self.faults(spec))
        os.remove(os.path.join(self.data, "a.csv.snappy"))
        self.write("a.csv.GZ", gzip.compress(b"id\n1\n"))
        self.assertIn("a.csv.GZ is compressed with gzip, and its name does not end in .gz", self.faults(spec))
        os.remove(os.path.join(self.data, "a.csv.GZ"))
        broken = bytearray(gzip.compress(b"id\n" + b"".join(b"%d\n" % number for number in range(9999))))
        broken[2000:2010] = b"\xff" * 10
        self.write("a.csv.gz", bytes(broken))
        self.assertIn("1 of 1 files cannot be read: a.csv.gz", self.faults(spec))

    def test_on_files_outside_the_partitions(self):
        self.write("a.parquet", pa.table({"x": [1]}))
        self.write("day=2026-05-31/b.parquet", pa.table({"x": [1]}))
        self.write("day=soon/c.parquet", pa.table({"x": [1]}))
        spec = self.spec(PARQUET, {"x": "int"}, self.rows(), partitions=[("day", "date")])
        self.faults(spec)
        _, report = self.run_on(spec)
        self.assertEqual([one["reason"] for one in report["unreadableFiles"]], ["is not in day=..., where queries look for it", "day: is no date: 'soon'"])

    def test_on_rows_that_cannot_be_read_and_keeps_them(self):
        lines = ["1,2", "x,2", "1", "1,2,3", '"1,2', "99999999999,2", '1,"2"x']
        self.write("a.csv", "a,b\n" + "\n".join(lines) + "\n")
        self.assertIn("6 rows cannot be read", self.faults(self.spec(CSV, {"a": "int", "b": "string"}, expect("completeness", "a"))))
        kept = self.quarantined("unreadable")
        self.assertEqual([one["line"] for one in kept], lines[1:])
        self.assertEqual(kept[0], {"file": "a.csv", "row": 3, "line": "x,2", "reason": "a: is no int: 'x'"})
        self.assertEqual(kept[1]["reason"], "has 1 values for 2 columns")

    def test_on_carriage_returns_inside_of_rows_at_which_queries_end_them(self):
        for format, content in [(TSV, "a\tb\n1\tx\ry\n"), (CSV, 'a,b\n1,"x\ry"\n'), (JSON, '{"a": 1,\r"b": "x"}\n')]:
            self.data = os.path.join(self.root, format["name"])
            self.write("a", content)
            spec = self.spec(format, {"a": "int", "b": "string"}, expect("completeness", "b"))
            self.assertIn("1 rows cannot be read: a row", self.faults(spec))
            self.assertEqual(self.quarantined("unreadable")[0]["reason"], "holds a carriage return, at which queries end the row")

    def test_on_rows_of_json_that_cannot_be_read(self):
        bad = [b"{", b"[1]", b'{"a": "x"}', b'{"a": 1, "A": 2}', b'{"a": 1.5}', b'{"a": [1]}', b'{"a": true}', b"\xff", b'{"a": "\0"}', b"[" * 5000]
        self.write("a.json", b"\n".join([b'{"a": 1}', *bad]))
        self.faults(self.spec(JSON, {"a": "int"}, expect("completeness", "a")))
        self.assertEqual(len(self.quarantined("unreadable")), len(bad))

    def test_on_a_specification_that_is_not_known(self):
        self.write("a.parquet", pa.table({"x": [1]}))
        spec = self.spec(PARQUET, {"x": "int"}, self.rows())
        for change, words in [
            ({"version": 2}, "has version 2, this program knows 1"),
            ({"version": None}, "has version None"),
            ({"expectations": []}, "none at all"),
            ({"expectations": [{**self.rows(), "kind": "entropy"}]}, "that are not known: rowCount"),
            ({"expectations": [expect("completeness", "y")]}, "the table has no column y"),
            ({"format": {**PARQUET, "name": "iceberg"}}, "cannot read files in format iceberg; run the ruleset in Glue"),
            ({"expectations": [{"name": "a", "kind": "completeness", "columns": ["x"]}]}, "KeyError: 'min'"),
        ]:
            with self.subTest(words=words):
                self.assertIn(words, self.faults({**spec, **change}, code=2))

    def test_on_a_rule_that_only_glue_evaluates(self):
        self.write("a.parquet", pa.table({"x": [1]}))
        spec = self.spec(PARQUET, {"x": "int"}, self.rows(), expect("custom", rule="Mean \"x\" > 0"))
        self.assertIn("custom: only Glue evaluates this rule", self.faults(spec))

    def test_on_a_run_whose_name_is_a_path(self):
        self.write("a.parquet", pa.table({"x": [1]}))
        with self.assertRaisesRegex(ValueError, "--run must be a name"):
            self.run_on(self.spec(PARQUET, {"x": "int"}, self.rows()), "--run", "../up")


class Reports(Case):
    def test_a_good_table(self):
        self.write("a.parquet", pa.table({"x": [1, 2]}))
        code, report = self.run_on(self.spec(PARQUET, {"x": "int"}, expect("completeness", "x"), expect("range", "x", min="1", max="2")))
        self.assertEqual(code, 0)
        self.assertEqual(
            {key: report[key] for key in ("version", "database", "table", "run", "state", "score", "rows", "files", "faults", "quarantine")},
            {"version": 1, "database": "acme", "table": "orders", "run": "r", "state": "SUCCEEDED", "score": 1.0, "rows": 2, "files": 1, "faults": [], "quarantine": []},
        )
        self.assertEqual(
            report["expectations"][1],
            {"name": "range.x", "passed": True, "measured": 1.0, "limit": {"min": 1.0}, "rows": 2, "failingRows": 0},
        )
        self.assertEqual(self.said.getvalue(), "SUCCEEDED: all expectations hold\n")

    def test_says_what_was_measured_and_what_was_asked_for(self):
        self.write("a.parquet", pa.table({"x": [1, 2, 3, None]}))
        _, report = self.run_on(self.spec(PARQUET, {"x": "int"}, expect("completeness", "x"), expect("rowCount", min="5", max="9")))
        self.assertEqual(report["faults"], ["completeness.x: must be at least 1, is 0.75", "rowCount: must be at least 5 and at most 9, is 4"])
        self.assertEqual(report["score"], 0)

    def test_rows_of_expectations_that_do_not_hold_are_quarantined_with_reason_file_and_number(self):
        self.write("a.parquet", pa.table({"x": [1, -1, None], "y": [None, "b", float("nan") and "c"]}))
        self.write("b.csv", "")
        os.remove(os.path.join(self.data, "b.csv"))
        spec = self.spec(PARQUET, {"x": "int", "y": "string"}, expect("range", "x", min="0"), expect("completeness", "y", min="0.5"))
        self.run_on(spec)
        self.assertEqual(
            self.quarantined("range.x"),
            [
                {"expectation": "range.x", "file": "a.parquet", "row": 2, "values": {"x": -1, "y": "b"}},
                {"expectation": "range.x", "file": "a.parquet", "row": 3, "values": {"x": None, "y": "c"}},
            ],
        )
        self.assertIsNone(self.quarantined("completeness.y"))  # it holds

    def test_of_very_many_bad_rows_the_first_are_kept(self):
        self.write("a.parquet", pa.table({"x": pa.array([-1] * 25_000, pa.int32())}))
        _, report = self.run_on(self.spec(PARQUET, {"x": "int"}, expect("range", "x", min="0")))
        self.assertEqual(len(self.quarantined("range.x")), data_quality.QUARANTINED_ROWS)
        self.assertEqual(report["expectations"][0]["failingRows"], 25_000)

    def test_the_version_of_the_data_changes_with_its_files(self):
        spec = self.spec(PARQUET, {"x": "int"}, expect("rowCount"))
        versions = []
        for value in (1, 2, 1):
            self.write("a.parquet", pa.table({"x": [value]}))
            versions.append(self.run_on(spec)[1]["dataVersion"])
        self.assertEqual((versions[0] == versions[1], versions[0] == versions[2]), (False, True))


if __name__ == "__main__":
    unittest.main()
