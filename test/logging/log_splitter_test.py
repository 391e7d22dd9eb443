import base64
import gzip
import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "lib/logging/shipping"))
import log_splitter  # noqa: E402
from log_splitter import NotDelivered, split  # noqa: E402

TIME = 1767225600123  # 2026-01-01T00:00:00.123Z


def event(*messages, kind="DATA_MESSAGE"):
    record = {
        "messageType": kind,
        "owner": "111122223333",
        "logGroup": "/aws/sagemaker/TrainingJobs",
        "logStream": "churn/algo-1",
        "subscriptionFilters": ["acme-dev-logs"],
        "logEvents": [{"id": f"{n}", "timestamp": TIME + n, "message": text} for n, text in enumerate(messages)],
    }
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(record).encode())).decode()}}


class Firehose:
    """Takes what it is told to; of the others it says why not."""

    def __init__(self, *refusals):
        self.refusals = list(refusals)  # of each call, the records that are refused
        self.calls = []
        self.taken = []

    def put_record_batch(self, DeliveryStreamName, Records):
        assert DeliveryStreamName == "logs"
        assert len(Records) <= 500 and sum(len(one["Data"]) for one in Records) <= 4 * 1024 * 1024
        self.calls.append(len(Records))
        refused = self.refusals.pop(0) if self.refusals else ()
        answers = []
        for index, record in enumerate(Records):
            if index in refused:
                answers.append({"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "slow down"})
            else:
                self.taken.append(json.loads(record["Data"]))
                answers.append({"RecordId": str(index)})
        return {"FailedPutCount": len(refused), "RequestResponses": answers}


class Lines(unittest.TestCase):
    def test_each_line_is_a_document_with_where_and_when_it_was_written(self):
        firehose = Firehose()
        self.assertEqual(split(event("epoch 1", "epoch 2"), firehose, "logs"), 2)
        self.assertEqual(
            firehose.taken[0],
            {
                "@timestamp": "2026-01-01T00:00:00.123Z",
                "account": "111122223333",
                "group": "/aws/sagemaker/TrainingJobs",
                "stream": "churn/algo-1",
                "event": "0",
                "message": "epoch 1",
            },
        )

    def test_an_object_can_be_searched_by_its_keys_and_anything_else_is_text(self):
        firehose = Firehose()
        texts = ['{"level": "ERROR", "step": {"n": 3}}', "[1, 2]", "{not json", '"text"', "{}", "Grüße 🙂", ""]
        split(event(*texts), firehose, "logs")
        self.assertEqual([one["message"] for one in firehose.taken], texts)
        self.assertEqual([one.get("fields") for one in firehose.taken], [json.loads(texts[0])] + [None] * 6)

    def test_an_object_that_opensearch_would_refuse_is_made_smaller_or_is_text_only(self):
        deep = {}
        for _ in range(30):
            deep = {"k" * 300: deep}
        texts = [json.dumps({"": "x" * 9000, "deep": deep}), '{"loss": NaN}', "{" * 100_000, '{"a": ' * 5000 + "1" + "}" * 5000]
        firehose = Firehose()
        split(event(*texts), firehose, "logs")
        self.assertEqual([one["message"] for one in firehose.taken], texts)
        small, *others = [one.get("fields") for one in firehose.taken]
        self.assertEqual(len(small["_"]), 4000)
        self.assertEqual(others[:2], [None, None])

        def terms(value, path=""):
            if isinstance(value, dict):
                return [term for key, one in value.items() for term in terms(one, f"{path}.{key}")]
            return [f"{path}={value}"]

        longest = max(len(term.encode()) for term in terms(small))
        self.assertLess(longest, 32_766)
        self.assertLessEqual(max(term.count(".k") for term in terms(small)), 20)

    def test_what_asks_whether_it_may_send_is_no_line(self):
        firehose = Firehose()
        self.assertEqual(split(event("CWL CONTROL MESSAGE", kind="CONTROL_MESSAGE"), firehose, "logs"), 0)
        self.assertEqual(firehose.calls, [])

    def test_a_long_line_is_cut_and_says_so(self):
        firehose = Firehose()
        split(event("x" * 250_000), firehose, "logs")
        self.assertEqual(len(firehose.taken[0]["message"]), 200_000)
        self.assertEqual(firehose.taken[0]["cut"], 250_000)

    def test_many_or_large_lines_are_put_in_batches_within_the_limits(self):
        firehose = Firehose()
        split(event(*["short"] * 1001), firehose, "logs")
        self.assertEqual(firehose.calls, [500, 500, 1])
        firehose = Firehose()
        split(event(*["x" * 199_000] * 50), firehose, "logs")
        self.assertEqual(sum(firehose.calls), 50)
        self.assertGreater(len(firehose.calls), 2)


class Refusals(unittest.TestCase):
    def test_only_what_was_refused_is_put_again_each_time_later(self):
        firehose, waits = Firehose((1, 3), (0,)), []
        split(event("a", "b", "c", "d"), firehose, "logs", waits.append)
        self.assertEqual(firehose.calls, [4, 2, 1])
        self.assertEqual([one["message"] for one in firehose.taken], ["a", "c", "d", "b"])
        self.assertEqual(waits, [1, 2])

    def test_after_five_times_it_fails_so_that_lambda_keeps_the_lines(self):
        firehose, waits = Firehose(*[(0,)] * 5), []
        with self.assertRaisesRegex(NotDelivered, "1 documents: ServiceUnavailableException"):
            split(event("a"), firehose, "logs", waits.append)
        self.assertEqual(len(waits), log_splitter.ATTEMPTS - 1)


if __name__ == "__main__":
    unittest.main()
