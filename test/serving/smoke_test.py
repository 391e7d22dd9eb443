import io
import json
import sys
import unittest
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "lib/serving/smoke/program"))
import smoke  # noqa: E402

SAMPLES, CONTRACT = "s3://models/churn/smoke.json", "s3://reports/churn/contract.json"
PACKAGE = "arn:aws:sagemaker:eu-north-1:111122223333:model-package/churn/3"
EXECUTION = "arn:aws:states:eu-north-1:111122223333:execution:churn-smoke:one"
BINARY = {"kind": "probabilities", "classes": ["stays", "leaves"]}
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=timezone.utc)


def settings(**changes):
    return {
        "endpoint": "acme-churn",
        "machine": "machine",
        "variants": {"champion": PACKAGE},
        "samples": SAMPLES,
        "share": 0.1,
        "prefix": "smoke-",
        "seconds": 120,
        "patienceMinutes": 60,
        **changes,
    }


class Refused(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.response = {"Error": {"Code": code}}


class Aws:
    """What the program calls, with an endpoint whose answers a test says."""

    def __init__(self, answers=None, samples=None, outputs=BINARY, endpoint=None, running=()):
        self.answers = answers or (lambda request, index: [0.2, 0.8])
        content = {"requests": [{"body": "0.3,1"}, {"body": {"age": 7}}]} if samples is None else samples
        self.objects = {
            SAMPLES: content if isinstance(content, bytes) else json.dumps(content).encode(),
            CONTRACT: json.dumps({"signature": {"outputs": outputs}}).encode(),
        }
        self.endpoint = endpoint or {"EndpointStatus": "InService"}
        self.running = [{"executionArn": arn, "startDate": start} for arn, start in running]
        self.requests = []

    @property
    def clients(self):
        return {"sagemaker": self, "stepfunctions": self, "s3": self, "runtime": self}

    def get_object(self, Bucket, Key):
        return {"Body": io.BytesIO(self.objects[f"s3://{Bucket}/{Key}"])}

    def describe_endpoint(self, EndpointName):
        return self.endpoint

    def describe_model_package(self, ModelPackageName):
        return {"CustomerMetadataProperties": {"contract": CONTRACT}}

    def list_executions(self, stateMachineArn, statusFilter, maxResults):
        return {"executions": self.running}

    def invoke_endpoint(self, **request):
        self.requests.append(request)
        answer = self.answers(request, len(self.requests) - 1)
        if isinstance(answer, Exception):
            raise answer
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return {
            "Body": io.BytesIO(body),
            "ContentType": request["Accept"],
            "InvokedProductionVariant": request.get("TargetVariant", "champion"),
        }


def ask(aws, share=1.0, clock=lambda: 0.0, **changes):
    event = {"execution": EXECUTION, "look": {"share": share}}
    return smoke.ask(event, settings(**changes), aws.clients, clock=clock, pause=lambda _: None)


def look(aws, started="2026-11-27T11:50:00.123Z"):
    return smoke.look({"execution": EXECUTION, "startedAt": started}, settings(), aws.clients, NOW)


def updating(*statuses):
    variants = [{"VariantName": "champion", "VariantStatus": [{"Status": status} for status in statuses]}]
    return {"EndpointStatus": "Updating", "PendingDeploymentSummary": {"ProductionVariants": variants}}


class Look(unittest.TestCase):
    def test_a_fleet_that_is_watched_is_asked_with_its_share(self):
        self.assertEqual(look(Aws(endpoint=updating("Deleting", "Baking")))["verdict"], "ready")
        self.assertEqual(look(Aws(endpoint=updating("Baking")))["share"], 0.1)
        old = [{"VariantStatus": [{"Status": "Baking"}]}]
        self.assertEqual(look(Aws(endpoint={**updating("Creating"), "ProductionVariants": old}))["verdict"], "ready")

    def test_a_fleet_that_starts_is_waited_for(self):
        for endpoint in (updating("Creating"), updating("ActivatingTraffic"), updating(), {"EndpointStatus": "Updating"},
                         {"EndpointStatus": "Creating"}, {"EndpointStatus": "SystemUpdating"}):
            self.assertEqual(look(Aws(endpoint=endpoint))["verdict"], "waits")

    def test_one_that_never_answers_is_a_failure(self):
        self.assertEqual(look(Aws(endpoint=updating("Creating")), "2026-11-27T10:59:00Z")["verdict"], "late")

    def test_an_endpoint_in_service_has_one_fleet(self):
        self.assertEqual(look(Aws()), {"verdict": "ready", "share": 1.0, "why": "the endpoint is InService"})

    def test_nothing_is_tested_while_a_deployment_is_rolled_back(self):
        for status in ("RollingBack", "Failed", "Deleting", "OutOfService"):
            self.assertEqual(look(Aws(endpoint={"EndpointStatus": status}))["verdict"], "over")

    def test_one_of_several_events_of_a_deployment_is_enough(self):
        mine = (EXECUTION, 2)
        self.assertEqual(look(Aws(running=[mine, ("older", 1)]))["verdict"], "over")
        self.assertEqual(look(Aws(running=[mine, ("younger", 3)]))["verdict"], "ready")
        self.assertEqual(look(Aws(running=[mine, (EXECUTION[:-3] + "two", 2)]))["verdict"], "ready")


class Ask(unittest.TestCase):
    def failed(self, reason, *args, **kwargs):
        result = ask(*args, **kwargs)
        self.assertEqual(result["verdict"], "failed")
        self.assertIn(reason, result["why"])

    def test_good_answers_pass(self):
        aws = Aws()
        self.assertEqual(ask(aws), {"verdict": "passed", "share": 1.0, "why": "all answers were good"})
        self.assertEqual([one["Body"] for one in aws.requests], [b"0.3,1", b'{"age": 7}'])
        self.assertTrue(all(one["InferenceId"].startswith("smoke-one-") for one in aws.requests))
        self.assertNotIn("TargetVariant", aws.requests[0])

    def test_a_new_fleet_with_a_share_is_asked_so_often_that_it_answers(self):
        for share, count in ((0.1, 66), (0.01, 688), (0.5, 10), (1.0, 2)):
            aws = Aws()
            ask(aws, share)
            self.assertEqual(len(aws.requests), count)
            self.assertTrue(share == 1 or (1 - share) ** count <= 0.001)

    def test_one_wrong_answer_of_many_fails(self):
        self.failed("request 1: [0.2, 1.8] is no probability", Aws(lambda _, i: [0.2, 1.8] if i == 65 else 0.2), 0.1)

    def test_each_variant_is_asked_by_its_name_also_one_with_weight_0(self):
        aws = Aws(lambda request, _: "?" if request["TargetVariant"] == "challenger" else 0.5)
        self.failed('challenger, request 0: "?" is no number', aws, variants={"champion": PACKAGE, "challenger": PACKAGE})

    def test_another_variant_than_the_one_asked_fails(self):
        class Wrong(Aws):
            def invoke_endpoint(self, **request):
                return {**super().invoke_endpoint(**request), "InvokedProductionVariant": "other"}

        self.failed("other has answered", Wrong(), variants={"champion": PACKAGE, "challenger": PACKAGE})

    def test_an_error_fails_but_a_client_that_is_too_fast_waits(self):
        self.failed("Refused: ModelError", Aws(lambda _, i: Refused("ModelError") if i == 0 else 0.5))
        aws = Aws(lambda _, i: Refused("ThrottlingException") if i < 3 else 0.5)
        self.assertEqual(ask(aws)["verdict"], "passed")
        self.failed("ThrottlingException", Aws(lambda *_: Refused("ThrottlingException")))

    def test_what_is_not_asked_in_time_fails(self):
        times = iter(range(1000))
        self.failed("champion: only", Aws(), 0.1, clock=lambda: next(times) * 10.0)

    def test_a_slow_new_fleet_fails_and_a_slow_answer_does_not(self):
        def slow(which):
            clock = [0.0]

            def answers(_, index):
                clock[0] += 2.0 if which(index) else 0.01
                return 0.5

            real, smoke.time.monotonic = smoke.time.monotonic, lambda: clock[0]
            try:
                return ask(Aws(answers), 0.1, latencyMs=500)
            finally:
                smoke.time.monotonic = real

        self.assertEqual(slow(lambda index: index == 3)["verdict"], "passed")
        result = slow(lambda index: index % 10 == 0)
        self.assertIn("7 of 66 answers took more than 500 ms, 3 may", result["why"])

    def test_what_the_contract_says_is_judged(self):
        classes = ["a", "b", "c"]
        cases = [
            (BINARY, 0.4, True), (BINARY, [0.4, 0.6], True), (BINARY, [[0.4, 0.6]], True), (BINARY, {"p": 1}, False),
            (BINARY, [0.4, 0.7], False), (BINARY, [0.1, 0.2, 0.7], False), (BINARY, "0.4", False), (BINARY, True, False),
            (BINARY, None, False), (BINARY, [], False), (BINARY, b"NaN", False), (BINARY, b"<html>", False),
            ({"kind": "labels", "classes": classes}, ["b"], True), ({"kind": "labels", "classes": classes}, ["d"], False),
            ({"kind": "labels", "classes": [0, 1]}, [1.0], True), ({"kind": "labels", "classes": [0, 1]}, [2], False),
            ({"kind": "scores", "classes": classes}, [-3, 4, 5], True), ({"kind": "scores", "classes": classes}, [[1, 2]], False),
            ({"kind": "numbers"}, [12.5], True), ({"kind": "numbers"}, [None], False), ({"kind": "numbers"}, b"[Infinity]", False),
        ]  # fmt: skip
        for outputs, answer, good in cases:
            with self.subTest(outputs=outputs, answer=answer):
                aws = Aws(lambda *_, answer=answer: answer, outputs=outputs)
                self.assertEqual(ask(aws)["verdict"], "passed" if good else "failed")

    def test_answers_have_a_prediction_for_each_row_at_their_path_or_in_csv(self):
        rows = {"path": ["predictions"], "requests": [{"body": {"instances": [1, 2]}, "rows": 2}]}
        self.assertEqual(ask(Aws(lambda *_: {"predictions": [0.1, 0.2]}, rows))["verdict"], "passed")
        self.failed("1 predictions for 2 rows", Aws(lambda *_: {"predictions": [0.1]}, rows))
        self.failed("has no predictions at ['predictions']", Aws(lambda *_: {"error": "no"}, rows))
        table = {"accept": "text/csv", "contentType": "text/csv", "requests": [{"body": "1\n2", "rows": 2}]}
        self.assertEqual(ask(Aws(lambda *_: b"0.1,0.9\n0.5,0.5\n", table))["verdict"], "passed")
        self.failed("is no number", Aws(lambda *_: b"0.1,0.9\nerror\n", table))

    def test_what_cannot_be_tested_has_failed(self):
        for samples, reason in [
            (b"{", "is no JSON"),
            ([], "must be an object"),
            ({"requests": []}, "'requests' must be a list of 1 to 100"),
            ({"requests": [{"rows": 1}]}, "requests[0] must have a 'body'"),
            ({"requests": [{"body": "1", "rows": 0}]}, "requests[0].rows must be 1 or more"),
            ({"requests": [{"body": "1"}], "path": "predictions"}, "'path' must be a list of keys"),
        ]:
            self.failed(reason, Aws(samples=samples))
        self.failed("'signature.outputs' of s3://reports/churn/contract.json must have a 'kind'", Aws(outputs={"kind": "?"}))
        self.failed("'outputs' of the samples", Aws(), variants={"champion": ""})

    def test_a_model_outside_of_the_registry_has_its_outputs_in_the_samples(self):
        aws = Aws(lambda *_: 12, {"outputs": {"kind": "numbers"}, "requests": [{"body": "1"}]})
        self.assertEqual(ask(aws, variants={"champion": ""})["verdict"], "passed")


if __name__ == "__main__":
    unittest.main()
