"""Reads what endpoints capture, in each of its forms."""

import gzip
import json
import unittest
from datetime import timedelta

import capture_files as files
from capture_files import START, body, event, hours_after, scratch

from captured import Unreadable
from captured.bodies import rows_of
from captured.places import Bucket, Folder
from captured.records import Reading, record_of, records
from captured.results import metric
from captured.times import Window, text_of, time_of_run

DAY = Window(START, START + timedelta(days=1))
NAMES = ["age", "city"]


def rows(given, answer=None, names=NAMES, predictions=None):
    return record_of(event(1, START, given, answer)).rows(names, predictions)


class Bodies(unittest.TestCase):
    def test_csv_json_and_base64_say_the_same(self):
        expected = [{"age": "31", "city": "Oslo, Norway", "prediction": "0.5"}]
        line = '31,"Oslo, Norway"\n'
        self.assertEqual(rows(line, "0.5\n"), expected)
        self.assertEqual(rows(body("INPUT", line, "text/csv; charset=utf-8", "BASE64"), body("OUTPUT", "0.5", "text/csv", "BASE64")), expected)
        answer = body("OUTPUT", '{"predictions": [0.5]}', "application/json")
        numbers = [{"age": 31, "city": "Oslo, Norway", "prediction": 0.5}]
        for text in [
            '{"instances": [[31, "Oslo, Norway"]]}',
            '{"instances": [{"city": "Oslo, Norway", "age": 31}]}',
            '{"instances": [{"features": [31, "Oslo, Norway"]}]}',
            '{"inputs": {"age": [31], "city": ["Oslo, Norway"]}}',
            '{"dataframe_split": {"columns": ["city", "age"], "data": [["Oslo, Norway", 31]]}}',
            '{"age": 31, "city": "Oslo, Norway"}',
            '[[31, "Oslo, Norway"]]',
            '[31, "Oslo, Norway"]',
        ]:
            for encoding in ["JSON", "BASE64"]:
                self.assertEqual(rows(body("INPUT", text, "application/json", encoding), answer), numbers, text)

    def test_several_rows_get_their_own_answers(self):
        lines = body("INPUT", '{"age": 1, "city": "a"}\n{"age": 2, "city": "b"}\n', "application/jsonlines")
        for answer in ["0.1\n0.2\n", "0.1,0.2", body("OUTPUT", "[0.1, 0.2]", "application/json")]:
            found = rows(lines, answer)
            self.assertEqual([(row["age"], float(row["prediction"])) for row in found], [(1, 0.1), (2, 0.2)])
        with self.assertRaisesRegex(Unreadable, "3 answers to 2 rows"):
            rows(lines, "0.1\n0.2\n0.3")

    def test_columns_without_a_key_are_rows_if_there_are_as_many_answers(self):
        asked = body("INPUT", '{"age": [31, 45], "city": ["Oslo", "Lund"]}', "application/json")
        expected = [(31, "Oslo", 0.1), (45, "Lund", 0.2)]
        for answer in ["[0.1, 0.2]", '{"predictions": [0.1, 0.2]}', "[[0.1], [0.2]]", "[0.1]\n[0.2]"]:
            found = rows(asked, body("OUTPUT", answer, "application/json"))
            self.assertEqual([(row["age"], row["city"], row["prediction"]) for row in found], expected, answer)
        found = rows(asked, body("OUTPUT", '{"price": [0.1, 0.2]}', "application/json"))
        self.assertEqual([(row["age"], row["city"], row["prediction.price"]) for row in found], expected)
        self.assertEqual(len(rows(asked)), 2)  # nobody knows better: the features have names
        self.assertEqual(rows(asked, body("OUTPUT", "0.5", "application/json"))[0]["age"], [31, 45])  # one answer: lists
        (one,) = rows(body("INPUT", '{"age": [31], "city": ["Oslo"]}', "application/json"), body("OUTPUT", '{"price": [0.1]}', "application/json"))
        self.assertEqual((one["age"], one["city"], one["prediction.price[0]"]), (31, "Oslo", 0.1))
        tokens = body("INPUT", '{"ids": [1, 2, 3], "mask": [1, 1, 0]}', "application/json")
        answer = body("OUTPUT", '{"label": "good", "score": 0.9}', "application/json")
        self.assertEqual(rows(tokens, answer, names=None)[0]["ids"], [1, 2, 3])

    def test_texts_are_read_whatever_a_web_server_calls_them(self):
        for kind in ["text/html; charset=utf-8", "text/html", "text/plain", ""]:
            for answer in ['{"predictions": [0.5]}', "0.5", "[0.5]"]:
                self.assertEqual(float(rows("1,a", body("OUTPUT", answer, kind, "BASE64"))[0]["prediction"]), 0.5, (kind, answer))

    def test_long_fields_are_read(self):
        self.assertEqual(len(rows(f"1,{'x' * 200_000}")[0]["city"]), 200_000)

    def test_answers_of_several_values_have_names(self):
        classes = body("OUTPUT", '{"predictions": [[0.9, 0.1]]}', "application/json")
        self.assertEqual(rows("1,a", classes)[0]["prediction[1]"], 0.1)
        self.assertEqual(rows("1,a", classes, predictions=["stay", "leave"])[0]["leave"], 0.1)
        labelled = body("OUTPUT", '{"predictions": [{"label": "leave", "scores": [0.9, 0.1]}]}', "application/json")
        self.assertEqual(
            rows("1,a", labelled)[0],
            {"age": "1", "city": "a", "prediction.label": "leave", "prediction.scores[0]": 0.9, "prediction.scores[1]": 0.1},
        )

    def test_nested_objects_are_flat_and_unknown_names_are_left_out(self):
        nested = body("INPUT", '{"customer": {"age": 31}, "city": "Oslo", "session": "x"}', "application/json")
        self.assertEqual(rows(nested, names=["customer.age", "city", "income"]), [{"customer.age": 31, "city": "Oslo", "income": None}])

    def test_what_cannot_be_read_says_why(self):
        for given, reason in [
            (body("INPUT", b"\x93NUMPY", "application/x-npy"), "a body of application/x-npy cannot be read"),
            (body("INPUT", b"\xff\xfe", "text/csv", "BASE64"), "no text in base64"),
            ({"mode": "INPUT", "data": "?", "encoding": "BASE64", "observedContentType": "text/csv"}, "no text in base64"),
            (body("INPUT", "{", "application/json"), "no json"),
            ("1,2,3", "a row has 3 values, 2 features are named"),
            (body("INPUT", '{"inputs": {"age": [1, 2], "city": ["a"]}}', "application/json"), "differ in length"),
        ]:
            with self.assertRaisesRegex(Unreadable, reason):
                rows(given)
        with self.assertRaisesRegex(Unreadable, "say the names of the features"):
            rows("1,a", names=None)
        with self.assertRaisesRegex(Unreadable, "not captured"):
            rows_of({"encoding": "CSV"})


class Records(unittest.TestCase):
    def read(self, folder, window=DAY, folders=("",)):
        reading = Reading()
        return list(records(Folder(str(folder)), window, reading, folders)), reading

    def test_of_a_window_are_read_once_each(self):
        folder = scratch(self)
        inside = [event(number, hours_after(number)) for number in range(24)]
        outside = [event(100 + number, START + timedelta(days=days)) for number, days in enumerate([-1, 1, 2])]
        files.write(folder, [*inside, *outside, inside[3]])
        found, reading = self.read(folder)
        self.assertEqual([record.event_id for _, record in found], [f"event-{number}" for number in range(24)])
        self.assertEqual((reading.records, reading.files), (24, 24))

    def test_that_began_before_their_file_ended_are_found(self):
        folder = scratch(self)
        late, before = event(1, START + timedelta(minutes=3)), event(2, START - timedelta(seconds=1))
        path = folder / "2026/10/31/23/59-00-000.jsonl"
        path.parent.mkdir(parents=True)
        path.write_text(f"{json.dumps(before)}\n{json.dumps(late)}\n")
        self.assertEqual([record.event_id for _, record in self.read(folder)[0]], ["event-1"])

    def test_come_from_the_folders_of_their_variants(self):
        folder = scratch(self)
        for number, variant in enumerate(["champion", "challenger", "champion-2"]):
            files.write(folder / variant, [event(number, START)])
        found, _ = self.read(folder, folders=["champion", "challenger"])
        self.assertEqual([(variant, record.event_id) for variant, record in found], [("champion", "event-0"), ("challenger", "event-1")])

    def test_are_read_compressed_and_from_the_columns_of_a_table_in_parquet(self):
        import pyarrow
        from pyarrow import parquet

        folder = scratch(self)
        first, second = event(1, START, "1,a", "0.1", "id-1", "unit=u-1;experiment=rank"), event(2, START, "2,b", "0.2")
        (folder / "one.jsonl.gz").write_bytes(gzip.compress(json.dumps(first).encode()))
        lowered = {
            "capturedata": {key.lower(): {name.lower(): value for name, value in one.items()} for key, one in second["captureData"].items()},
            "eventmetadata": {"eventid": "event-2", "inferencetime": START, "customattributes": None, "inferenceid": None},
            "eventversion": "0",
        }
        parquet.write_table(pyarrow.Table.from_pylist([lowered]), folder / "two.parquet")
        (folder / "_SUCCESS").write_text("")
        found, _ = self.read(folder)
        self.assertEqual([record.rows(NAMES, None)[0]["city"] for _, record in found], ["a", "b"])
        record = found[0][1]
        self.assertEqual((record.inference_id, record.attributes), ("id-1", {"unit": "u-1", "experiment": "rank"}))

    def test_that_are_none_are_counted_with_their_reasons(self):
        folder = scratch(self)
        lines = ["{", "{}", '{"captureData": {}, "eventMetadata": {"eventId": "x", "inferenceTime": "yesterday"}}', json.dumps(event(1, START))]
        (folder / "a.jsonl").write_text("\n".join(lines))
        found, reading = self.read(folder)
        self.assertEqual((len(found), reading.unreadable, reading.share), (1, 3, 0.75))
        self.assertIn("a line is no json", reading.reasons)
        self.assertTrue(any("yesterday" in reason for reason in reading.reasons))

    def test_of_smoke_tests_are_counted_and_left_out(self):
        folder = scratch(self)
        ids = ["smoke-1f2e-3", "smoke-1f2e-4", "smoker-7", "i-smoke-1", None]
        sent = [event(number, hours_after(number), "1,a", "0.1", one) for number, one in enumerate(ids)]
        files.write(folder, [*sent, sent[0], event(9, hours_after(-9), "1,a", "0.1", "smoke-of-yesterday")])
        found, reading = self.read(folder)
        self.assertEqual([record.inference_id for _, record in found], ["smoker-7", "i-smoke-1", None])
        self.assertEqual((reading.records, reading.smoke_tests), (3, 2))

    def test_of_a_bucket_are_listed_by_day_only(self):
        calls = []

        class S3:
            def get_paginator(self, _):
                return self

            def paginate(self, Bucket, Prefix):
                calls.append(Prefix)
                yield {"Contents": [{"Key": f"{Prefix}00/a.jsonl"}]} if Prefix.endswith("11/01/") else {}

            def get_object(self, Bucket, Key):
                import io

                calls.append(Key)
                return {"Body": io.BytesIO(json.dumps(event(1, START)).encode())}

        found = list(records(Bucket(S3(), "s3://lake/churn/"), DAY, Reading(), ["a"]))
        self.assertEqual(len(found), 1)
        self.assertEqual(calls, ["churn/a/2026/10/31/", "churn/a/2026/11/01/", "churn/a/2026/11/01/00/a.jsonl"])


class Times(unittest.TestCase):
    def test_a_late_run_is_about_the_time_of_its_schedule(self):
        self.assertEqual(text_of(time_of_run(None, "schedule:2026-11-02T03:00:00Z")), "2026-11-02T03:00:00Z")
        self.assertEqual(time_of_run(None, "manual:ada", START), START)
        self.assertEqual(text_of(time_of_run("2026-11-02T04:00:00+01:00", "schedule:2026-11-02T00:00:00Z")), "2026-11-02T03:00:00Z")

    def test_metrics_have_dimensions_in_ascii(self):
        names = [one["Value"] for one in metric("PSI", 1, {"Monitor": ":x", "Feature": "größe"})["Dimensions"]]
        self.assertEqual(names, ["x", "gr\\xf6\\xdfe"])
        # CloudWatch refuses the whole call for one that is blank, or has a line break
        for name, expected in {" ": "_", "\t": "\\x09", "amount\n(EUR)": "amount\\x0a(EUR)", ":: a ": "a", "": "_"}.items():
            self.assertEqual(metric("PSI", 1, {"Feature": name})["Dimensions"][0]["Value"], expected)


if __name__ == "__main__":
    unittest.main()
