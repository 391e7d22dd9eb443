"""Awkward rows on real Spark, with what the readers of the catalog document for them.

Run by test/e2e/conversion.test.ts. A row is `(line, values)`, or `(line, "words of the fault")` if it is rejected.

What the SerDes do is written in Athena's guide (Open CSV SerDe, Lazy Simple SerDe, Hive JSON SerDe) and, in detail, in
the readers of Trino, on which Athena is built: `CsvDeserializer`, `SimpleDeserializer`, `JsonDeserializer` and
`HiveFormatUtils` in `lib/trino-hive-formats`.
"""

import json
import runpy
import sys
import tempfile
import unittest
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

SCRIPT = Path(__file__).parents[2] / "lib" / "data-lake" / "conversion" / "parquet_conversion.py"
MODULE = SCRIPT.with_name("catalog_text.py")  # of `--extra-py-files`
sys.path.insert(0, str(MODULE.parent))
# by value to the workers, as the script of a Glue job is: it is no module there
conversion = SimpleNamespace(**runpy.run_path(str(SCRIPT), run_name="job"))

QUOTED = [
    # (Open CSV SerDe) both escapes of a quote; a separator inside quotes
    (b'1,"a ""b"" c",', (1, 'a "b" c', None)),
    (b'2,"a \\"b\\" c",', (2, 'a "b" c', None)),
    (b'3,"x,y",1.5', (3, "x,y", Decimal("1.50"))),
    # the SerDe drops a backslash before other characters; a value would be lost
    (b"4,C:\\temp,", (4, "C:\\temp", None)),
    # empty text is text, an empty number is NULL (the SerDe fails on it)
    (b"5,,", (5, "", None)),
    (b"6,\\N,\\N", (6, None, None)),
    # data frames write whole numbers with a fraction where others are missing
    (b"7.0, padded ,1e3", (7, " padded ", Decimal("1000.00"))),
    # digits after the scale are rounded half up
    (b"8,x,1.005", (8, "x", Decimal("1.01"))),
    ("9,h\u00e9llo \u4e16\u754c \U0001f600,0".encode(), (9, "h\u00e9llo \u4e16\u754c \U0001f600", Decimal("0.00"))),
    (b"", None),
    (b"7.5,x,1", "id: is no bigint: '7.5'"),
    (b"9223372036854775808,x,1", "id: is no bigint"),
    (b"1,x,12345678901.00", "amount: is no decimal(12,2): '12345678901.00'"),
    (b"1,x,9999999999.995", "amount: is no decimal(12,2)"),
    (b"1,x,1_000", "amount: is no decimal(12,2)"),
    (b'1,x,"1,000.00"', "amount: is no decimal(12,2)"),
    (b"1,x", "has 2 values for 3 columns"),
    (b"1,x,1,extra", "has 4 values for 3 columns"),
    (b'1,"open,1', "is no CSV"),
    (b'1, "x",1', "is no CSV: a blank before a quote"),
    ("1,h\u00e9llo,1".encode("latin-1"), "is not UTF-8"),
    ("1,x,1".encode("utf-16-le"), "holds a NUL character; the file must be UTF-8, not UTF-16"),
]

# (LazySimpleSerDe) nothing is quoted or escaped; `\N` is NULL; an empty text is text, any other empty value is NULL
TABBED = [
    (b'a\t"q"\ttrue\t2026-01-31\t2026-01-31 12:30:00', ("a", '"q"', True, date(2026, 1, 31), "2026-01-31 12:30:00")),
    (b"\\N\t\\N\t\\N\t\\N\t\\N", (None, None, None, None, None)),
    (b"\t\t\t\t", ("", "", None, None, None)),
    (b"a\\t\t\\\\N\tFALSE\t0001-01-01\t0001-01-01 00:00:00", ("a\\t", "\\\\N", False, date(1, 1, 1), "0001-01-01 00:00:00")),
    # an instant with a zone, which the SerDe does not read, is kept as the same instant in UTC
    (b"a\tb\tyes\t2026-01-31T00:00:00Z\t2026-01-31T12:30:00+02:00", ("a", "b", True, date(2026, 1, 31), "2026-01-31 10:30:00")),
    (b"a\tb\t0\t2026-1-5\t2026-01-31T12:30:00.123456789Z", ("a", "b", False, date(2026, 1, 5), "2026-01-31 12:30:00.123456")),
    (b"abcd\tb\ttrue\t\t", "code: is no varchar(3): 'abcd'"),
    (b"a\tb\tmaybe\t\t", "ok: is no boolean: 'maybe'"),
    # the readers roll over to the 2nd of March
    (b"a\tb\ttrue\t2026-02-30\t", "day: is no date: '2026-02-30'"),
    # the readers drop the time
    (b"a\tb\ttrue\t2026-01-31 12:30:00\t", "day: is no date"),
    (b"a\tb\ttrue\t2026-01-31T00:00:00+02:00\t", "day: is no date"),
    (b"a\tb\ttrue\t31.01.2026\t", "day: is no date"),
    (b"a\tb\ttrue\t\t1706700000", "at: is no timestamp: '1706700000'"),
    (b"a\tb\ttrue\t\t2026-01-31 12:30 Europe/Berlin", "at: is no timestamp"),
]

JSON = [
    # (Hive JSON SerDe) the case of a key is no part of its name, at any depth
    (b'{"userId":1,"Name":"a","ADDRESS":{"zipCode":"1","City":"x"}}', (1, "a", ("1", "x"), None, None, None)),
    (b'{"userid":null,"unknown":{"deep":[1]}}', (None,) * 6),
    (b'{"name":1.10}', (None, "1.10", None, None, None, None)),
    (b'{"name":true}', (None, "true", None, None, None, None)),
    (b'{"name":{"b":[1.50,"x"]}}', (None, '{"b":[1.50,"x"]}', None, None, None, None)),
    (b'{"name":"\\u0041\\n\\ud83d\\ude00"}', (None, "A\n\U0001f600", None, None, None, None)),
    # a decimal is never a double on its way
    (b'{"amount":123456789012345678.12}', (None, None, None, Decimal("123456789012345678.12"), None, None)),
    (b'{"amount":"1.50","userId":"7"}', (7, None, None, Decimal("1.50"), None, None)),
    (b'{"tags":["a",null,"c"],"scores":{"Low":0.5,"high":null}}', (None, None, None, None, ["a", None, "c"], {"Low": 0.5, "high": None})),
    (b"   ", None),
    (b'{"userId":1,"userID":2}', "userid: occurs twice"),
    (b'{"userId":1.5}', "userid: is no bigint: '1.5'"),
    (b'{"userId":"abc"}', "userid: is no bigint: 'abc'"),
    (b'{"userId":""}', "userid: is no bigint: ''"),
    (b'{"userId":[1]}', "userid: is no bigint: '[1]'"),
    (b'{"address":"x"}', "address: is no struct<zipcode:string,city:string>: 'x'"),
    (b'{"tags":["a",{"b":1}],"scores":{"a":"much"}}', "scores.a: is no double"),
    (b'{"scores":{"a":1e400}}', "scores.a: is no double: '1e400'"),
    (b'{"tags":{"a":1}}', "tags: is no array<string>"),
    (b'{"userId":1', "is no JSON"),
    (b'{"userId":1}{"userId":2}', "is no JSON"),
    (b"[1]", "is no JSON object"),
    (b'{"name":"\\ud83d"}', "is not UTF-8"),
    ('{"name":"h\u00e9"}'.encode("latin-1"), "is not UTF-8"),
]


def table(classification, columns, serde=None, **parameters):
    return conversion.Table(
        {
            "StorageDescriptor": {
                "Location": "s3://lake/orders/",
                "Columns": [{"Name": name, "Type": kind} for name, kind in columns],
                "SerdeInfo": {"Parameters": serde or {}},
            },
            "PartitionKeys": [{"Name": "day"}],
            "Parameters": {"classification": classification, **parameters},
        }
    )


def plain(value):
    return tuple(plain(item) for item in value) if isinstance(value, tuple) else value


class OnSpark(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        for key, value in {**conversion.SETTINGS, "spark.sql.shuffle.partitions": "1"}.items():
            builder = builder.config(key, value)
        cls.spark = builder.getOrCreate()
        cls.spark.sparkContext.setLogLevel("OFF")
        cls.spark.sparkContext.addPyFile(str(MODULE))

    @classmethod
    def tearDownClass(cls):
        cls.spark.stop()

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def convert(self, source, columns, files, max_percent=100):
        """The converted rows, the rejected ones, and what `rewrite` counted."""
        target = table("parquet", columns, **{"parquet.compression": "SNAPPY"})
        folder = f"{self.folder}/target/"  # only it goes to the workers with the table
        target.path = lambda partition: folder + partition
        (self.folder / "source").mkdir()
        paths = []
        for name, content in files.items():
            (self.folder / "source" / name).write_bytes(content)
            paths.append(str(self.folder / "source" / name))
        rejected = str(self.folder / "rejected")
        counts = conversion.rewrite(self.spark, source, target, "day=1/", paths, rejected, max_percent)
        # by the types of the catalog, as Athena reads
        schema = ", ".join(f"`{name}` {conversion.Kind(kind).in_spark()}" for name, kind in columns)
        texts = [f"cast(`{name}` as string) `{name}`" if kind == "timestamp" else f"`{name}`" for name, kind in columns]
        good = self.spark.read.schema(schema).parquet(target.path("day=1/")).selectExpr(*texts).collect()
        bad = [json.loads(line) for part in Path(rejected).glob("*.json") for line in part.read_text().splitlines()]
        return good, bad, counts

    def check(self, rows, source, columns, header=b""):
        content = header + b"\n".join(line for line, _ in rows) + b"\n"
        good, bad, counts = self.convert(source, columns, {"a": content})
        self.assertEqual(
            [plain(tuple(row)) for row in good], [values for _, values in rows if isinstance(values, tuple)]
        )
        faults = [values for _, values in rows if isinstance(values, str)]
        self.assertEqual(len(bad), len(faults), [row["fault"] for row in bad])
        for row, fault in zip(bad, faults):
            self.assertTrue(row["fault"].startswith(fault), row)
            self.assertTrue(row["file"].endswith("/source/a"), row)
        self.assertEqual(counts, (len(good), len(bad)))

    def test_reads_quoted_csv(self):
        source = table(
            "csv",
            [("id", "string"), ("name", "string"), ("amount", "string")],
            {"separatorChar": ",", "quoteChar": '"'},
            delimiter=",",
            **{"skip.header.line.count": "1"},
        )
        columns = [("id", "bigint"), ("name", "string"), ("amount", "decimal(12,2)")]
        self.check(QUOTED, source, columns, header=b"\xef\xbb\xbfid,name,amount\r\n")

    def test_reads_tab_separated_text(self):
        names = ["code", "name", "ok", "day", "at"]
        source = table("csv", [(name, "string") for name in names], {"field.delim": "\t"}, delimiter="\t")
        self.check(TABBED, source, list(zip(names, ["varchar(3)", "string", "boolean", "date", "timestamp"])))

    def test_reads_json(self):
        columns = [
            ("userid", "bigint"),
            ("name", "string"),
            ("address", "struct<zipcode:string,city:string>"),
            ("amount", "decimal(20,2)"),
            ("tags", "array<string>"),
            ("scores", "map<string,double>"),
        ]
        self.check(JSON, table("json", columns), columns, header=b"\xef\xbb\xbf")

    def test_keeps_numbers_of_every_size(self):
        columns = [("t", "tinyint"), ("s", "smallint"), ("i", "int"), ("f", "float"), ("d", "double"), ("x", "decimal(38,10)")]
        rows = [
            (b"127,32767,2147483647,0.5,1e308,1234567890123456789012345678.0123456789", (127, 32767, 2147483647, 0.5, 1e308, Decimal("1234567890123456789012345678.0123456789"))),
            (b"-128,-32768,-2147483648,NaN,-Infinity,-0", None),
            (b"128,,,,,", "t: is no tinyint: '128'"),
            (b",32768,,,,", "s: is no smallint"),
            (b",,2147483648,,,", "i: is no int"),
            (b",,,1e39,,", "f: is no float: '1e39'"),
            (b",,,,0x10,", "d: is no double"),
            (b",,,,,1e28", "x: is no decimal(38,10): '1e28'"),
            (b",,,,,1e999999", "x: is no decimal(38,10)"),
        ]
        source = table("csv", columns, {"field.delim": ","}, delimiter=",")
        good, bad, _ = self.convert(source, columns, {"a": b"\n".join(line for line, _ in rows)})
        self.assertEqual(tuple(good[0]), rows[0][1])
        self.assertEqual(str(tuple(good[1])), "(-128, -32768, -2147483648, nan, -inf, Decimal('0E-10'))")
        self.assertEqual([row["fault"][:6] for row in bad], [fault[:6] for _, fault in rows if isinstance(fault, str)])

    def test_skips_the_header_of_each_file_once(self):
        source = table("csv", [("a", "string")], {"quoteChar": '"'}, delimiter=",", **{"skip.header.line.count": "1"})
        self.spark.conf.set("spark.sql.files.maxPartitionBytes", "64")  # several blocks a file, several files a task
        self.addCleanup(self.spark.conf.unset, "spark.sql.files.maxPartitionBytes")
        files = {name: b"a\n" + b"".join(b"%d\n" % number for number in range(30)) for name in ["1", "2", "3"]}
        good, bad, _ = self.convert(source, [("a", "int")], {**files, "only-a-header": b"a\n"})
        self.assertEqual(sorted(row.a for row in good), sorted([*range(30)] * 3))
        self.assertEqual(bad, [])

    def test_leaves_the_target_as_it_was_if_too_many_rows_do_not_fit(self):
        source = table("json", [("a", "int")])
        with self.assertRaisesRegex(ValueError, "1 of 2 rows do not fit"):
            self.convert(source, [("a", "int")], {"a": b'{"a":1}\n{"a":"x"}\n'}, max_percent=1)
        self.assertFalse((self.folder / "target").exists())


if __name__ == "__main__":
    unittest.main()
