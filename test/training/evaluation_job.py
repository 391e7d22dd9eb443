"""
Runs a processing job as SageMaker does, with nothing but the permissions of its role, against an emulator that evaluates IAM and
bucket policies over TLS: inputs are downloaded by the role, the program is run with the arguments and the environment of the
request, outputs are uploaded by the role. Prints what happened as JSON. Argument: the plan as a file of JSON.
"""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

REFUSALS = ["AccessDenied", "AccessDeniedException", "403"]
plan = json.loads(Path(sys.argv[1]).read_text())
work = Path.cwd()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def serve(name, env):
    """Starts an emulator, whose program is in the plan with its port to be filled in."""
    port = free_port()
    log = open(work / f"{name}.log", "w")
    source = plan["emulators"][name].replace("PORT", str(port))
    env = {**os.environ, **{key: value.replace("PORT", str(port)) for key, value in env.items()}}
    return port, subprocess.Popen([sys.executable, "-c", source], env=env, stdout=log, stderr=log)


def client(service, url, key, secret="owner", token=None):
    return boto3.client(
        service,
        endpoint_url=url,
        verify=str(work / "ministack-tls" / "server.crt"),
        region_name=plan["region"],
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )


def wait(call):
    deadline = time.time() + 60
    while True:
        try:
            return call()
        except Exception:
            if time.time() > deadline:
                raise
            time.sleep(0.1)


def role_of(owner):
    """The credentials of a role with the policy of the plan."""
    anyone = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [anyone]})
    role = owner("iam").create_role(RoleName="evaluation", AssumeRolePolicyDocument=document)["Role"]
    owner("iam").put_role_policy(RoleName="evaluation", PolicyName="job", PolicyDocument=plan["policy"])
    return owner("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="job")["Credentials"]


def make_packages(moto):
    """A group with an old champion, the champion and a newer package that nobody approved."""
    sagemaker = client("sagemaker", moto, "owner")
    sagemaker.create_model_package_group(ModelPackageGroupName=plan["group"])
    for uri, status in plan["packages"]:
        containers = [{"Image": "image", "ModelDataUrl": uri}]
        specification = {"Containers": containers, "SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]}
        sagemaker.create_model_package(
            ModelPackageGroupName=plan["group"], InferenceSpecification=specification, ModelApprovalStatus=status
        )


def local(path):
    return work / "container" / path.lstrip("/")


def download(s3, uri, folder):
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for item in (item for page in pages for item in page.get("Contents", [])):
        name = item["Key"][len(prefix) :] or item["Key"].rpartition("/")[2]
        target = local(folder) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        s3.download_file(bucket, item["Key"], str(target))


def run(request, credentials, urls):
    """The job: its exit code, its message, its log."""
    s3 = client("s3", urls["s3"], credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])
    for given in request["ProcessingInputs"]:
        download(s3, given["S3Input"]["S3Uri"], given["S3Input"]["LocalPath"])
    program = request["AppSpecification"]
    words = [str(local(word)) if word.startswith("/opt/") else word for word in program["ContainerEntrypoint"][1:]]
    words += program["ContainerArguments"]
    folders = {"--model-folder": "processing/model", "--test-folder": "processing/test", "--output-folder": "processing/evaluation"}
    for option, folder in {**folders, "--message-file": "output/message"}.items():
        words += [option, str(local(f"/opt/ml/{folder}"))]
    env = {
        **{key: os.environ[key] for key in ["PATH", "TMPDIR"]},
        **request.get("Environment", {}),
        "AWS_REGION": plan["region"],
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
        "AWS_ENDPOINT_URL_S3": urls["s3"],
        "AWS_ENDPOINT_URL_SAGEMAKER": urls["sagemaker"],
        "AWS_CA_BUNDLE": str(work / "ministack-tls" / "server.crt"),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run([plan["python"], *words], env=env, capture_output=True, text=True)
    if done.returncode == 0:
        for output in request["ProcessingOutputConfig"]["Outputs"]:
            bucket, _, prefix = output["S3Output"]["S3Uri"].removeprefix("s3://").partition("/")
            for path in local(output["S3Output"]["LocalPath"]).iterdir():
                # SageMaker names the key of the request, which is the bucket's: the emulator knows no condition on it
                s3.put_object(Bucket=bucket, Key=f"{prefix}/{path.name}", Body=path.read_bytes())
    message = local("/opt/ml/output/message")
    return {"code": done.returncode, "message": message.read_text() if message.exists() else None, "log": done.stdout + done.stderr}


def attempt(s3, operation, parameters):
    try:
        getattr(s3, operation)(**parameters)
        return "allowed"
    except ClientError as error:
        code = error.response["Error"]["Code"]
        return "refused" if code in REFUSALS else f"{code}: {error}"


def main():
    ministack, first = serve("ministack", plan["ministack"])
    moto, second = serve("moto", {})
    try:
        urls = {"s3": f"https://127.0.0.1:{ministack}", "sagemaker": f"http://127.0.0.1:{moto}"}
        owner = lambda service: client(service, urls["s3"], plan["account"])  # noqa: E731
        wait(lambda: owner("sts").get_caller_identity())
        wait(lambda: client("sagemaker", urls["sagemaker"], "owner").list_model_package_groups())
        key = owner("kms").create_key()["KeyMetadata"]["Arn"]
        for name in ["policy", "request", "buckets"]:
            plan[name] = json.loads(json.dumps(plan[name]).replace(plan["key"], key))
        for name, bucket in plan["buckets"].items():
            s3 = owner("s3")
            s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": plan["region"]})
            for path, file in bucket["objects"].items():
                s3.put_object(Bucket=name, Key=path, Body=Path(file).read_bytes())
            s3.put_bucket_policy(Bucket=name, Policy=bucket["policy"])
        make_packages(urls["sagemaker"])
        credentials = role_of(owner)
        done = run(plan["request"], credentials, urls)
        mine = client("s3", urls["s3"], credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])
        answers = [attempt(mine, *call) for call in plan["refused"]]
        written = {}
        pages = owner("s3").get_paginator("list_objects_v2").paginate(Bucket=plan["reports"][0], Prefix=plan["reports"][1])
        for item in (item for page in pages for item in page.get("Contents", [])):
            body = owner("s3").get_object(Bucket=plan["reports"][0], Key=item["Key"])["Body"].read()
            written[item["Key"]] = json.loads(body)
        print(json.dumps({**done, "answers": answers, "written": written}))
    finally:
        first.kill()
        second.kill()


if __name__ == "__main__":
    main()
