"""
Runs the program of a gate as a job does, with the role that was synthesized for it, in an emulated account that evaluates
identity and bucket policies over TLS. Prints what happened as JSON. Argument: the plan as a file of JSON.
"""

import json
import os
import socket
import ssl
import subprocess
import sys
import time

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
from botocore.config import Config
from botocore.exceptions import ClientError

with open(sys.argv[1]) as file:
    plan = json.load(file)
folder = os.path.dirname(sys.argv[1])
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
endpoint = f"https://127.0.0.1:{port}"
authority = os.path.join(folder, "authority.pem")
log = open(os.path.join(folder, "emulator.log"), "w")
server = subprocess.Popen(
    [plan["emulator"], "-c", plan["serve"]], env={**os.environ, **plan["env"], "GATEWAY_PORT": str(port)}, stdout=log, stderr=log
)
ZONE, WORKSPACE, KEY = plan["zone"], plan["workspace"], plan["key"]


def client(service, key, secret="owner", token=None):
    return boto3.client(
        service,
        endpoint_url=endpoint,
        verify=authority,
        region_name=plan["region"],
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}),
    )


def owner(service):
    """The account's root, whose access key is its id."""
    return client(service, plan["account"])


def wait():
    deadline = time.time() + 60
    while True:
        try:
            with open(authority, "w") as file:
                file.write(ssl.get_server_certificate(("127.0.0.1", port)))
            return owner("sts").get_caller_identity()
        except Exception:
            if time.time() > deadline or server.poll() is not None:
                raise
            time.sleep(0.1)


def make(key):
    """The buckets as synthesized, with the code; and a queue for the events that the gate's rule matches."""
    s3 = owner("s3")
    for name, policy in plan["buckets"].items():
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": plan["region"]})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
        s3.put_bucket_policy(Bucket=name, Policy=policy.replace(KEY, key))
    for name, content in plan["code"].items():
        s3.put_object(Bucket=WORKSPACE, Key=name, Body=content.encode())
    queue = owner("sqs").create_queue(QueueName="results")["QueueUrl"]
    arn = owner("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    owner("events").put_rule(Name="results", EventPattern=plan["pattern"])
    owner("events").put_targets(Rule="results", Targets=[{"Id": "queue", "Arn": arn}])
    return queue


def credentials_of_role(key):
    anyone = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [anyone]})
    role = owner("iam").create_role(RoleName="evaluator", AssumeRolePolicyDocument=trust)["Role"]
    owner("iam").put_role_policy(RoleName="evaluator", PolicyName="grants", PolicyDocument=plan["policy"].replace(KEY, key))
    got = owner("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="test")["Credentials"]
    return got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"]


def put_day(day, amounts, ids):
    local = os.path.join(folder, "part.parquet")
    pq.write_table(pa.table({"id": ids, "amount": pa.array(amounts, pa.float64())}), local)
    owner("s3").upload_file(local, ZONE, f"shop/orders/day={day}/part.parquet")


def run(credentials, name):
    """The program with these credentials and nothing else: what a job has after SageMaker has brought its code."""
    code = os.path.join(folder, f"code-{name}")
    os.makedirs(code)
    s3 = client("s3", *credentials)
    for key in plan["code"]:
        s3.download_file(WORKSPACE, key, os.path.join(code, os.path.basename(key)))
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": credentials[0],
        "AWS_SECRET_ACCESS_KEY": credentials[1],
        "AWS_SESSION_TOKEN": credentials[2],
        "AWS_REGION": plan["region"],
        "AWS_DEFAULT_REGION": plan["region"],
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_CA_BUNDLE": authority,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    argv = [sys.executable, os.path.join(code, plan["entryPoint"]), "--spec", os.path.join(code, "spec.json"), "--run", name]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True)
    report = owner("s3").get_object(Bucket=WORKSPACE, Key=f"{plan['folder']}/reports/{name}/result.json")["Body"]
    version = subprocess.run([sys.executable, plan["dataVersion"], plan["data"]], env=environment, capture_output=True, text=True)
    return {"code": done.returncode, "said": (done.stdout + done.stderr).strip(), "report": json.load(report), "dataVersion": version.stdout.strip()}


def answer(credentials, service, operation, parameters):
    try:
        getattr(client(service, *credentials), operation)(**parameters)
        return "allowed"
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return "refused" if code in ("AccessDenied", "AccessDeniedException", "403") else code


def quarantined(name):
    found = owner("s3").list_objects_v2(Bucket=ZONE, Prefix=f"_quarantine/orders/{name}/").get("Contents", [])
    return {
        item["Key"]: owner("s3").get_object(Bucket=ZONE, Key=item["Key"])["Body"].read().decode(errors="replace") for item in found
    }


def events(queue):
    """The events that the rule sent to the queue, in the order of their ids."""
    found = []
    for _ in range(10):
        messages = owner("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        found += [json.loads(message["Body"]) for message in messages]
        for message in messages:
            owner("sqs").delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        if not messages:
            break
    return [{key: event[key] for key in ("source", "detail-type", "detail")} for event in found]


def metrics():
    found = owner("cloudwatch").list_metrics(Namespace="MLOps/DataQuality")["Metrics"]
    return sorted([one["MetricName"], *(f"{of['Name']}={of['Value']}" for of in one["Dimensions"])] for one in found)


def main():
    wait()
    key = owner("kms").create_key()["KeyMetadata"]["Arn"]
    queue = make(key)
    credentials = credentials_of_role(key)
    s3 = owner("s3")
    s3.put_object(Bucket=ZONE, Key="clicks/a", Body=b"x")

    put_day("2026-05-30", [1.0] * 50, [f"a{number}" for number in range(50)])
    put_day("2026-05-31", [2.0] * 50, [f"b{number}" for number in range(50)])
    good = run(credentials, "good")
    put_day("2026-05-31", [2.0] * 45 + [-1.0] * 5, [f"b{number}" for number in range(49)] + ["a0"])
    s3.put_object(Bucket=ZONE, Key="shop/orders/day=2026-06-01/part.parquet", Body=b"no parquet")
    bad = run(credentials, "bad")
    calls = [answer(credentials, *call) for call in plan["calls"]]
    everything = {"good": good, "bad": bad, "calls": calls, "quarantined": quarantined("bad"), "of good": quarantined("good")}
    print(json.dumps({**everything, "events": events(queue), "metrics": metrics()}))


try:
    main()
finally:
    server.kill()
    server.wait()
