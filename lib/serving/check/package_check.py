"""Says whether a version of the registry is the one that was judged, before it is served.

Whoever approves a version may change what it names: IAM knows no condition for it. The evaluation wrote the SHA-256 of the
archive that it judged into its contract, whose address no approver can change. The version is served only if it is approved, has one
container, and names an archive with that SHA-256.
"""

import hashlib
import json
import time

BLOCK = 1 << 20
# a permission that Terraform has given a moment ago takes some seconds to hold everywhere
TRIES, PAUSE_SECONDS = 8, 5
# from where a container would load what nobody judged
FURTHER = ("ModelDataSource", "AdditionalModelDataSources", "AdditionalS3DataSource", "BaseModel")
DENIED = ("AccessDenied", "AccessDeniedException")


class NotServed(Exception):
    """Why a version is not served."""


def split(uri):
    scheme, _, rest = (uri or "").partition("://")
    bucket, _, key = rest.partition("/")
    if scheme != "s3" or not bucket or not key:
        raise NotServed(f"'{uri}' is no address of an object in S3")
    return {"Bucket": bucket, "Key": key}


def sha256_of(body):
    digest = hashlib.sha256()
    for block in iter(lambda: body.read(BLOCK), b""):
        digest.update(block)
    return digest.hexdigest()


def contract_of(version, s3):
    uri = (version.get("CustomerMetadataProperties") or {}).get("contract")
    if not uri:
        raise NotServed("its metadata have no contract; register it by a pipeline that judges it")
    try:
        artifact = json.loads(s3.get_object(**split(uri))["Body"].read())["artifact"]
        return {"sha256": artifact["sha256"], "bytes": artifact["bytes"]}
    except (ValueError, KeyError, TypeError) as fault:
        raise NotServed(f"{uri} is no contract of an evaluation: {type(fault).__name__}") from fault


def artifact_of(version):
    containers = (version.get("InferenceSpecification") or {}).get("Containers") or []
    if len(containers) != 1:
        raise NotServed(f"it has {len(containers)} containers, and one was judged")
    for name in FURTHER:
        if containers[0].get(name):
            raise NotServed(f"it names {name} besides the archive that was judged")
    uri = containers[0].get("ModelDataUrl")
    if not uri:
        raise NotServed("it names no archive")
    return uri


def check(package_arn, sagemaker, s3):
    """Returns the SHA-256 of the archive, or raises NotServed."""
    version = sagemaker.describe_model_package(ModelPackageName=package_arn)
    status = version.get("ModelApprovalStatus")
    if status != "Approved":
        raise NotServed(f"its status is {status}; approve it first, with the role of the approver")
    uri = artifact_of(version)
    wanted = contract_of(version, s3)
    answer = s3.get_object(**split(uri))
    if answer["ContentLength"] != wanted["bytes"]:
        raise NotServed(f"{uri} has {answer['ContentLength']} bytes, and {wanted['bytes']} were judged; register the model again")
    got = sha256_of(answer["Body"])
    if got != wanted["sha256"]:
        raise NotServed(f"{uri} has the SHA-256 {got[:12]}…, and {wanted['sha256'][:12]}… was judged; register the model again")
    return got


def patiently(work, pause=time.sleep):
    """What `work` returns, which may be refused at first."""
    for left in reversed(range(TRIES)):
        try:
            return work()
        except Exception as fault:
            code = getattr(fault, "response", {}).get("Error", {}).get("Code")
            if code not in DENIED or left == 0:
                raise
            pause(PAUSE_SECONDS)


def handler(event, _context):
    import boto3  # of the runtime of Lambda

    package_arn = event["packageArn"]
    clients = boto3.client("sagemaker"), boto3.client("s3")
    try:
        return {"packageArn": package_arn, "sha256": patiently(lambda: check(package_arn, *clients))}
    except NotServed as fault:
        raise NotServed(f"{package_arn} is not served: {fault}") from None
