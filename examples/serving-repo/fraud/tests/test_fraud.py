"""Trains, serves and asks the model on this machine, with the packages of the image and of the client."""

import json
import sys
import tempfile
import unittest
from collections import Counter
from pathlib import Path

FRAUD = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(FRAUD / "client"), str(FRAUD / "tests")]
from fraud_client import FraudClient, variant_of  # noqa: E402
from local_endpoint import NAME, Container, LocalEndpoint, ask, payments, train  # noqa: E402

CSV = {"Content-Type": "text/csv"}


class Fraud(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        train(cls.scratch.name, payments(2000, seed=1))
        cls.container = Container(cls.scratch.name)

    @classmethod
    def tearDownClass(cls):
        cls.container.close()
        cls.scratch.cleanup()

    def invoke(self, body, headers=CSV):
        status, answer = ask(f"{self.container.url}/invocations", body.encode(), headers)
        return status, answer.decode()

    def test_the_container_answers_what_the_samples_of_the_smoke_test_ask(self):
        samples = json.loads((FRAUD / "smoke.json").read_text())
        for one in samples["requests"]:
            status, answer = self.invoke(one["body"], {"Content-Type": samples["contentType"]})
            self.assertEqual(status, 200)
            predictions = json.loads(answer)["predictions"]
            self.assertEqual(len(predictions), one.get("rows", 1))
            self.assertTrue(all(0 <= value <= 1 for value in predictions))

    def test_a_large_payment_at_night_of_a_new_account_is_worse_than_a_small_one_by_day_of_an_old_one(self):
        night, day = json.loads(self.invoke("900,3,1\n10,14,2500")[1])["predictions"]
        self.assertGreater(night, day)

    def test_csv_and_json_ask_the_same(self):
        rows = {"instances": [{"account_days": 1, "hour": 3, "amount": 900}]}  # names, in any order
        self.assertEqual(self.invoke(json.dumps(rows), {"Content-Type": "application/json"}), self.invoke("900,3,1"))

    def test_a_request_that_cannot_be_read_is_an_error_of_the_client_not_of_the_model(self):
        for body, headers, said in [
            ("900,3", CSV, "a row must have amount, hour, account_days, got 2 values"),
            ("", CSV, "text/csv cannot be read"),
            ("{}", {"Content-Type": "application/json"}, "application/json cannot be read"),
            ("900,3,1", {"Content-Type": "text/html"}, "the content type must be"),
        ]:
            with self.subTest(body=body, headers=headers):
                status, answer = self.invoke(body, headers)
                self.assertEqual(status, 400)  # errors of the server would roll a deployment back
                self.assertIn(said, answer)

    def test_a_customer_stays_with_one_version_and_all_are_split_by_the_weights(self):
        shares = {"champion": 90.0, "challenger": 10.0}
        first = {customer: variant_of("limits", customer, shares) for customer in range(10_000)}
        self.assertEqual(first, {customer: variant_of("limits", customer, shares) for customer in first})
        self.assertAlmostEqual(Counter(first.values())["challenger"] / len(first), 0.1, delta=0.01)
        other = Counter(variant_of("colours", customer, shares) for customer, one in first.items() if one == "challenger")
        self.assertAlmostEqual(other["challenger"] / sum(other.values()), 0.1, delta=0.04)  # another experiment deals anew

    def test_the_client_follows_a_weight_that_becomes_zero_within_a_minute(self):
        endpoint = LocalEndpoint({"challenger": (self.container, 50), "champion": (self.container, 50)})
        self.addCleanup(endpoint.close)
        now = [0.0]
        client = FraudClient(NAME, "limits", endpoint.client("sagemaker-runtime"), endpoint.client("sagemaker"), clock=lambda: now[0])
        customers = [f"customer-{number}" for number in range(40)]
        answered = lambda: {client.score(f"pay-{one}", one, 20, 12, 900)[1] for one in customers}  # noqa: E731
        self.assertEqual(answered(), {"champion", "challenger"})
        endpoint.variants["challenger"][1] = 0  # by the file, or by the loop
        now[0] = 61.0
        self.assertEqual(answered(), {"champion"})


if __name__ == "__main__":
    unittest.main()
