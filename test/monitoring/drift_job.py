"""
Runs the job of a drift monitor as SageMaker does, with nothing but the permissions of its role, against an emulator that evaluates
IAM and bucket policies over TLS: captured data with drift is there, the program is run as the request says, its report and metrics
are read. Prints what happened as JSON. Argument: the plan as a file of JSON.
"""

import json
import os
import random
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / folder) for folder in ("training", "serving")]

import capture_files as files  # noqa: E402
from evaluation_job import attempt, client, download, local, plan, role_of, serve, wait, work  # noqa: E402

UNTIL = "2026-11-02T00:15:00Z"


def payments(rows, seed, larger=1.0):
    """Amounts, countries, and a score that hangs on the amount."""
    draw = random.Random(seed)
    for _ in range(rows):
        amount = draw.lognormvariate(3, 1) * larger
        yield amount, draw.choice(["NO", "SE", "DK"]), min(1.0, amount / 500)


def make_baseline(folder):
    """A profile, made by the program as it was uploaded."""
    rows = [f"{amount:.2f},{country},{score:.4f}" for amount, country, score in payments(3000, 1)]
    data = folder / "train.csv"
    data.write_text("\n".join(["amount,country,prediction", *rows]) + "\n")
    words = ["baseline", "--settings", folder / "code" / "settings.json", "--data", data, "--format", "csv", "--profile", folder / "profile.json"]
    command = [plan["python"], folder / "code" / "drift.py", *words, "--message-file", folder / "message"]
    subprocess.run([str(word) for word in command], check=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}, stdout=subprocess.DEVNULL)
    return (folder / "profile.json").read_bytes()


def captured(folder):
    """A day of payments that are three times as large, by the key of their object."""
    events = [
        files.event(number, files.START + timedelta(seconds=80 * number), f"{amount:.2f},{country}", f"{score:.4f}")
        for number, (amount, country, score) in enumerate(payments(1000, 2, 3.0))
    ]
    files.write(folder, events)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.jsonl")}


def run(request, credentials, url):
    """The job: its exit code, and its message."""
    s3 = client("s3", url, credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])
    for given in request["ProcessingInputs"]:
        download(s3, given["S3Input"]["S3Uri"], given["S3Input"]["LocalPath"])
    program = request["AppSpecification"]
    words = [*program["ContainerEntrypoint"][1:], *program["ContainerArguments"]]
    words = [str(local(word)) if word.startswith("/opt/") else word for word in words]
    env = {
        **{key: os.environ[key] for key in ["PATH", "TMPDIR"]},
        "MLOPS_CAUSE": f"schedule:{UNTIL}",
        "AWS_REGION": plan["region"],
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
        "AWS_ENDPOINT_URL": url,
        "AWS_CA_BUNDLE": str(work / "ministack-tls" / "server.crt"),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    message = work / "message"
    done = subprocess.run([plan["python"], *words, "--message-file", str(message)], env=env, capture_output=True, text=True)
    return {"code": done.returncode, "message": message.read_text() if message.exists() else None, "log": done.stdout + done.stderr}


def main():
    port, emulator = serve("ministack", plan["ministack"])
    url = f"https://127.0.0.1:{port}"
    owner = lambda service: client(service, url, plan["account"])  # noqa: E731
    try:
        wait(lambda: owner("sts").get_caller_identity())
        key = owner("kms").create_key()["KeyMetadata"]["Arn"]
        for name in ["policy", "request", "buckets"]:
            plan[name] = json.loads(json.dumps(plan[name]).replace(plan["key"], key))
        code = work / "code"
        for path, text in plan["program"].items():
            (code / path).parent.mkdir(parents=True, exist_ok=True)
            (code / path).write_text(text)
        lake, workspace = plan["lake"], plan["workspace"]
        objects = {
            workspace: {f"{plan['folder']}{path}": text.encode() for path, text in plan["program"].items()},
            lake: {
                "baselines/card-fraud/profile.json": make_baseline(work),
                **{f"captured/card-fraud/champion/{path}": body for path, body in captured(work / "captured").items()},
                "captured/other/champion/2026/11/01/00/a.jsonl": b"{}",
            },
        }
        s3 = owner("s3")
        for name, policy in plan["buckets"].items():
            s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": plan["region"]})
            for path, body in objects[name].items():
                s3.put_object(Bucket=name, Key=path, Body=body)
            s3.put_bucket_policy(Bucket=name, Policy=policy)
        credentials = role_of(owner)
        done = run(plan["request"], credentials, url)
        mine = [client(service, url, credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"]) for service in ("s3", "cloudwatch")]
        answers = [attempt(mine[service], *call) for service, *call in plan["refused"]]
        written = {}
        for item in s3.list_objects_v2(Bucket=workspace, Prefix=plan["reports"]).get("Contents", []):
            written[item["Key"]] = s3.get_object(Bucket=workspace, Key=item["Key"])["Body"].read().decode()
        watching = owner("cloudwatch")
        now = datetime.now(timezone.utc)
        metrics = []
        for one in watching.list_metrics()["Metrics"]:
            span = {"StartTime": now - timedelta(hours=1), "EndTime": now + timedelta(hours=1), "Period": 7200}
            points = watching.get_metric_statistics(**one, **span, Statistics=["Maximum"])["Datapoints"]
            dimensions = {dimension["Name"]: dimension["Value"] for dimension in one["Dimensions"]}
            values = [point["Maximum"] for point in points]
            metrics.append({"namespace": one["Namespace"], "name": one["MetricName"], "dimensions": dimensions, "values": values})
        print(json.dumps({**done, "answers": answers, "written": written, "metrics": metrics}))
    finally:
        emulator.kill()


main()
