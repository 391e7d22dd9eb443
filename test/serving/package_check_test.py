import hashlib
import io
import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "lib/serving/check"))
import package_check  # noqa: E402
from package_check import NotServed, check, patiently  # noqa: E402

ARN = "arn:aws:sagemaker:eu-north-1:111122223333:model-package/churn/3"
JUDGED = b"the archive that was judged"
MODEL = "s3://models/churn/output/a/model.tar.gz"
CONTRACT = "s3://models/churn/reports/a/contract.json"


def contract(**changes):
    artifact = {"sha256": hashlib.sha256(JUDGED).hexdigest(), "bytes": len(JUDGED), **changes}
    return json.dumps({"contractVersion": 1, "artifact": artifact}).encode()


class Registry:
    def __init__(self, **changes):
        self.version = {
            "ModelApprovalStatus": "Approved",
            "InferenceSpecification": {"Containers": [{"Image": "serve", "ModelDataUrl": MODEL}]},
            "CustomerMetadataProperties": {"contract": CONTRACT},
            **changes,
        }

    def describe_model_package(self, ModelPackageName):
        assert ModelPackageName == ARN
        return self.version


class Store:
    def __init__(self, **objects):
        self.objects = {MODEL: JUDGED, CONTRACT: contract(), **objects}
        self.read = []

    def get_object(self, Bucket, Key):
        uri = f"s3://{Bucket}/{Key}"
        self.read.append(uri)
        content = self.objects[uri]
        return {"Body": io.BytesIO(content), "ContentLength": len(content)}


class Check(unittest.TestCase):
    def refused(self, reason, registry=None, store=None):
        with self.assertRaises(NotServed) as caught:
            check(ARN, registry or Registry(), store or Store())
        self.assertIn(reason, str(caught.exception))

    def test_an_approved_version_with_the_archive_that_was_judged_is_served(self):
        self.assertEqual(check(ARN, Registry(), Store()), hashlib.sha256(JUDGED).hexdigest())

    def test_one_that_waits_is_not(self):
        self.refused("its status is PendingManualApproval", Registry(ModelApprovalStatus="PendingManualApproval"))

    def test_one_that_was_rejected_is_not(self):
        self.refused("its status is Rejected", Registry(ModelApprovalStatus="Rejected"))

    def test_another_archive_of_the_same_size_is_not(self):
        self.refused("was judged; register the model again", store=Store(**{MODEL: JUDGED[::-1]}))

    def test_another_archive_of_another_size_is_not_even_hashed(self):
        store = Store(**{MODEL: JUDGED + b"!"})
        self.refused(f"has {len(JUDGED) + 1} bytes, and {len(JUDGED)} were judged", store=store)

    def test_an_address_that_the_approver_changed_is_not(self):
        other = "s3://models/churn/output/b/model.tar.gz"
        registry = Registry(InferenceSpecification={"Containers": [{"ModelDataUrl": other}]})
        self.refused("was judged", registry, Store(**{other: b"x" * len(JUDGED)}))

    def test_a_second_container_is_not(self):
        containers = [{"ModelDataUrl": MODEL}, {"ModelDataUrl": MODEL}]
        self.refused("it has 2 containers", Registry(InferenceSpecification={"Containers": containers}))

    def test_one_that_loads_more_than_its_archive_is_not(self):
        more = {
            "ModelDataSource": {"S3DataSource": {"S3Uri": MODEL}},
            "AdditionalModelDataSources": [{"ChannelName": "more"}],
            "AdditionalS3DataSource": {"S3Uri": MODEL},
            "BaseModel": {"HubContentName": "other"},
        }
        for name, value in more.items():
            containers = [{"ModelDataUrl": MODEL, name: value}]
            self.refused(f"it names {name}", Registry(InferenceSpecification={"Containers": containers}))

    def test_one_without_a_specification_is_not(self):
        self.refused("it has 0 containers", Registry(InferenceSpecification=None))

    def test_one_without_an_archive_is_not(self):
        self.refused("it names no archive", Registry(InferenceSpecification={"Containers": [{"Image": "serve"}]}))

    def test_one_without_a_contract_is_not(self):
        self.refused("its metadata have no contract", Registry(CustomerMetadataProperties={}))

    def test_one_whose_contract_is_none_is_not(self):
        for text in (b"", b"[]", b"{}", b'{"artifact": {}}', b'{"artifact": {"sha256": "a"}}', b"null"):
            self.refused("is no contract of an evaluation", store=Store(**{CONTRACT: text}))

    def test_an_address_outside_of_s3_is_not(self):
        for uri in ("https://models/churn/model.tar.gz", "s3://models", "s3:///key", "model.tar.gz"):
            registry = Registry(InferenceSpecification={"Containers": [{"ModelDataUrl": uri}]})
            self.refused("is no address of an object in S3", registry)

    def test_a_permission_that_does_not_hold_yet_is_waited_for(self):
        class Denied(Exception):
            response = {"Error": {"Code": "AccessDenied"}}

        answers, pauses = [Denied(), Denied(), "served"], []

        def work():
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        self.assertEqual(patiently(work, pauses.append), "served")
        self.assertEqual(pauses, [5, 5])
        answers[:] = [Denied()] * 20
        with self.assertRaises(Denied):
            patiently(work, pauses.append)
        self.assertEqual(len(answers), 12)
        answers[:] = [NotServed("no"), "served"]
        with self.assertRaises(NotServed):
            patiently(work, pauses.append)

    def test_what_is_wrong_is_said_with_the_version(self):
        class Boto:
            @staticmethod
            def client(name):
                return {"sagemaker": Registry(ModelApprovalStatus="Rejected"), "s3": Store()}[name]

        sys.modules["boto3"] = Boto
        try:
            with self.assertRaises(NotServed) as caught:
                package_check.handler({"packageArn": ARN}, None)
        finally:
            del sys.modules["boto3"]
        self.assertEqual(
            str(caught.exception),
            f"{ARN} is not served: its status is Rejected; approve it first, with the role of the approver",
        )


if __name__ == "__main__":
    unittest.main()
