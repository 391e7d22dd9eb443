"""Asks the endpoint for the probability of fraud, for each customer by the same version of the model."""

import hashlib
import json
import time

# of the shares, as in the plan of an experiment: another order deals customers out otherwise
ORDER = ("champion", "challenger")


def variant_of(experiment, unit, shares):
    """The variant of a customer: the same each time, and by the shares over all customers."""
    hashed = hashlib.sha256(f"{experiment}:{unit}".encode("utf-8")).digest()
    place = int.from_bytes(hashed[:8], "big") / 2**64 * sum(shares.values())
    passed = 0.0
    for variant, share in shares.items():
        passed += share
        if place < passed:
            return variant
    return [variant for variant, share in shares.items() if share > 0][-1]


class FraudClient:
    """
    `runtime` and `sagemaker` are clients of boto3. Weights have no effect on a request that names its variant, so they are read from
    the endpoint and used as shares: a weight that changes, in the file or by the retraining loop, holds for sticky customers too.
    """

    def __init__(self, endpoint, experiment, runtime, sagemaker, seconds=60, clock=time.monotonic):
        self.endpoint, self.experiment, self.runtime, self.sagemaker = endpoint, experiment, runtime, sagemaker
        self.seconds, self.clock = seconds, clock
        self.known, self.read_at = None, 0.0

    def shares(self):
        if self.known is None or self.clock() - self.read_at >= self.seconds:
            variants = self.sagemaker.describe_endpoint(EndpointName=self.endpoint)["ProductionVariants"]
            weights = {one["VariantName"]: one["CurrentWeight"] for one in variants}
            self.known = {name: weights[name] for name in ORDER}
            self.read_at = self.clock()
        return self.known

    def score(self, payment, customer, amount, hour, account_days):
        """@returns the probability of fraud, and the variant that gave it"""
        answer = self.runtime.invoke_endpoint(
            EndpointName=self.endpoint,
            TargetVariant=variant_of(self.experiment, customer, self.shares()),
            ContentType="text/csv",
            Body=f"{amount:.2f},{hour},{account_days}",
            InferenceId=payment,  # in the captured data, where it joins the answer with what came of the payment
            CustomAttributes=f"customer={customer};experiment={self.experiment}",
        )
        (probability,) = json.loads(answer["Body"].read())["predictions"]
        return probability, answer["InvokedProductionVariant"]
