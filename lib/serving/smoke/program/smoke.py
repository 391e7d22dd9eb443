"""Asks an endpoint for predictions when a new fleet answers, and judges what comes back.

`look` says whether there is something to test: a fleet that answers and is watched, or one that has all requests. `ask` sends the
sample requests and compares the answers with the contracts of the models. Clients cannot choose the fleet: a share of the requests
goes to the new one, so many are sent that it misses all of them once in a thousand tests.
"""

import csv
import io
import json
import math
import os
import time
from datetime import datetime, timezone

MISSED = 0.001  # probability that the new fleet gets none of the requests
SUM_TOLERANCE = 0.01  # probabilities of servers are rounded
THROTTLE_TRIES, THROTTLE_SECONDS = 5, 0.5
SHOWN = 3
MAX_SAMPLES, MAX_BODY = 100, 4 * 1024 * 1024
KINDS = ("probabilities", "scores", "labels", "numbers")
OVER = ("Failed", "Deleting", "OutOfService", "RollingBack", "UpdateRollbackFailed")


class Untestable(Exception):
    """Why a test cannot be made."""


# --- what is there to test ------------------------------------------------------------------------------------------------------


def state_of(endpoint, share):
    """The verdict on an answer of DescribeEndpoint, and the share of the requests that a new fleet gets."""
    status = endpoint["EndpointStatus"]
    if status == "InService":
        return "ready", 1.0
    if status in OVER:
        return "over", 0.0
    pending = (endpoint.get("PendingDeploymentSummary") or {}).get("ProductionVariants") or []
    # the API has the stages of a deployment at both places
    variants = [*pending, *(endpoint.get("ProductionVariants") or [])]
    phases = {one.get("Status") for variant in variants for one in variant.get("VariantStatus") or []}
    return ("ready", share) if "Baking" in phases else ("waits", 0.0)


def is_first(running, execution):
    """Whether no older execution tests the endpoint: SageMaker sends several events for one deployment."""
    oldest = min(running, key=lambda one: (one["startDate"], one["executionArn"]), default=None)
    return oldest is None or oldest["executionArn"] == execution


def minutes_since(text, now):
    return (now - datetime.fromisoformat(text.replace("Z", "+00:00"))).total_seconds() / 60


def look(event, settings, clients, now):
    sagemaker, machines = clients["sagemaker"], clients["stepfunctions"]
    running = machines.list_executions(stateMachineArn=settings["machine"], statusFilter="RUNNING", maxResults=1000)
    if not is_first(running["executions"], event["execution"]):
        return answer("over", why="an older execution tests the endpoint")
    endpoint = sagemaker.describe_endpoint(EndpointName=settings["endpoint"])
    verdict, share = state_of(endpoint, settings["share"])
    status = endpoint["EndpointStatus"]
    if verdict == "waits" and minutes_since(event["startedAt"], now) > settings["patienceMinutes"]:
        return answer("late", why=f"the endpoint is {status} for {settings['patienceMinutes']} minutes, and no new fleet answers")
    return answer(verdict, share, f"the endpoint is {status}")


# --- what is asked --------------------------------------------------------------------------------------------------------------


def split(uri):
    scheme, _, rest = (uri or "").partition("://")
    bucket, _, key = rest.partition("/")
    if scheme != "s3" or not bucket or not key:
        raise Untestable(f"'{uri}' is no address of an object in S3")
    return {"Bucket": bucket, "Key": key}


def read_json(uri, s3):
    try:
        return json.loads(s3.get_object(**split(uri))["Body"].read())
    except ValueError as fault:
        raise Untestable(f"{uri} is no JSON: {fault}") from fault


def samples_in(content, uri):
    """The requests of a file of samples: `{contentType, accept, path, outputs, requests: [{body, rows}]}`."""

    def need(holds, what):
        if not holds:
            raise Untestable(f"{uri}: {what}")

    need(isinstance(content, dict), "must be an object with 'requests'")
    requests = content.get("requests")
    need(isinstance(requests, list) and 0 < len(requests) <= MAX_SAMPLES, f"'requests' must be a list of 1 to {MAX_SAMPLES}")
    path = content.get("path", [])
    need(isinstance(path, list) and all(isinstance(key, (str, int)) for key in path), "'path' must be a list of keys")
    found = []
    for index, one in enumerate(requests):
        need(isinstance(one, dict) and "body" in one, f"requests[{index}] must have a 'body'")
        body, rows = one["body"], one.get("rows", 1)
        text = body if isinstance(body, str) else json.dumps(body)
        need(isinstance(rows, int) and not isinstance(rows, bool) and rows > 0, f"requests[{index}].rows must be 1 or more")
        need(len(text.encode()) <= MAX_BODY, f"requests[{index}].body must have at most {MAX_BODY} bytes")
        found.append({"body": text.encode(), "rows": rows})
    json_type = "application/json"
    return {
        "contentType": content.get("contentType", json_type),
        "accept": content.get("accept", json_type),
        "path": path,
        "outputs": content.get("outputs"),
        "requests": found,
    }


def outputs_of(package, samples, clients):
    """What a variant must answer with: by the contract of its version, or as the samples say."""
    if not package:
        outputs, place = samples["outputs"], "'outputs' of the samples, for a model that is no version of the registry,"
    else:
        metadata = clients["sagemaker"].describe_model_package(ModelPackageName=package).get("CustomerMetadataProperties")
        uri = (metadata or {}).get("contract")
        if not uri:
            raise Untestable(f"{package} has no contract in its metadata; register it by a pipeline that judges it")
        contract = read_json(uri, clients["s3"])
        outputs, place = (contract.get("signature") or {}).get("outputs"), f"'signature.outputs' of {uri}"
    if not isinstance(outputs, dict) or outputs.get("kind") not in KINDS:
        raise Untestable(f"{place} must have a 'kind' of {', '.join(KINDS)}")
    return outputs


def asks_for(share, samples):
    """Requests to one variant: each sample once, and enough that the new fleet has one."""
    if share >= 1:
        return samples
    return max(samples, math.ceil(math.log(MISSED) / math.log(1 - share)))


# --- what is answered -----------------------------------------------------------------------------------------------------------


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def predictions_in(body, content_type, path):
    """The predictions of an answer, one for each row."""
    if content_type.split(";")[0].strip() == "text/csv":
        rows = [row for row in csv.reader(io.StringIO(body.decode())) if row]
        cells = [[number_or_text(cell.strip()) for cell in row] for row in rows]
        return [row[0] if len(row) == 1 else row for row in cells]
    value = json.loads(body)
    for key in path:
        value = value[key]
    return value if isinstance(value, list) else [value]


def number_or_text(cell):
    try:
        return float(cell)
    except ValueError:
        return cell


def fault_of(prediction, outputs):
    """Why a prediction is none that the model gives; None if it is one."""
    kind, classes = outputs["kind"], outputs.get("classes") or []
    shown = json.dumps(prediction)[:80]
    if kind == "labels":
        known = [str(one) for one in classes]
        if isinstance(prediction, (dict, list)) or prediction is None:
            return f"{shown} is no label"
        whole = isinstance(prediction, float) and prediction.is_integer()
        written = {str(prediction), str(int(prediction))} if whole else {str(prediction)}
        return None if not known or written & set(known) else f"{shown} is none of the labels {', '.join(known[:SHOWN])}"
    values = prediction if isinstance(prediction, list) else [prediction]
    if not values or not all(is_number(value) for value in values):
        return f"{shown} is no number"
    if kind == "numbers":
        return None
    # a server may give one number for the second of two classes
    if classes and len(values) != len(classes) and not (len(values) == 1 and len(classes) == 2):
        return f"{shown} has {len(values)} values, and the model knows {len(classes)} classes"
    if kind == "scores":
        return None
    if any(value < 0 or value > 1 for value in values):
        return f"{shown} is no probability"
    if len(values) > 1 and abs(sum(values) - 1) > SUM_TOLERANCE:
        return f"the probabilities {shown} have the sum {sum(values):.3f}"
    return None


def fault_of_answer(body, content_type, sample, samples, outputs):
    try:
        predictions = predictions_in(body, content_type, samples["path"])
    except (ValueError, KeyError, IndexError, TypeError) as fault:
        return f"{body[:80]!r} has no predictions at {samples['path']}: {type(fault).__name__}"
    rows = sample["rows"]
    if rows == 1 and len(predictions) > 1 and outputs["kind"] in ("probabilities", "scores", "numbers"):
        if all(is_number(one) for one in predictions):
            predictions = [predictions]  # the values of the only row, without a list of rows around them
    if len(predictions) != rows:
        return f"{len(predictions)} predictions for {rows} rows"
    return next((fault for fault in (fault_of(one, outputs) for one in predictions) if fault), None)


# --- the test -------------------------------------------------------------------------------------------------------------------


def invoke(runtime, request, pause):
    """An answer with its milliseconds. Only a client that asks too fast is patient: any other error is one of the endpoint."""
    for left in reversed(range(THROTTLE_TRIES)):
        begin = time.monotonic()
        try:
            got = runtime.invoke_endpoint(**request)
            body = got["Body"].read()
            return body, got.get("ContentType", ""), got.get("InvokedProductionVariant"), (time.monotonic() - begin) * 1000
        except Exception as fault:
            code = getattr(fault, "response", {}).get("Error", {}).get("Code")
            if code != "ThrottlingException" or left == 0:
                raise
            pause(THROTTLE_SECONDS)


def test_variant(variant, outputs, samples, plan):
    """Faults of the answers of a variant."""
    faults, slow = [], 0
    requests = samples["requests"]
    wanted = asks_for(plan["share"], len(requests))
    for index in range(wanted):
        if plan["seconds_left"]() <= 0:
            return [*faults, f"{variant}: only {index} of {wanted} requests were answered in time"]
        sample = requests[index % len(requests)]
        request = {
            "EndpointName": plan["endpoint"],
            "Body": sample["body"],
            "ContentType": samples["contentType"],
            "Accept": samples["accept"],
            "InferenceId": f"{plan['prefix']}{plan['id']}-{variant[:12]}-{index}",  # at most 64 characters
            **({"TargetVariant": variant} if plan["several"] else {}),
        }
        try:
            body, content_type, answered, milliseconds = invoke(plan["runtime"], request, plan["pause"])
        except Exception as fault:  # whatever keeps an answer from a client
            faults.append(f"{variant}, request {index % len(requests)}: {type(fault).__name__}: {str(fault)[:200]}")
            continue
        fault = fault_of_answer(body, content_type or samples["accept"], sample, samples, outputs)
        if answered not in (None, variant):
            fault = f"{answered} has answered"
        if fault:
            faults.append(f"{variant}, request {index % len(requests)}: {fault}")
        slow += plan["latencyMs"] is not None and milliseconds > plan["latencyMs"]
    # if the whole new fleet were slow, its share of the answers would be: half of it is too much to be chance
    allowed = max(1, math.floor(wanted * plan["share"] / 2)) if wanted > 1 else 0
    if slow > allowed:
        faults.append(f"{variant}: {slow} of {wanted} answers took more than {plan['latencyMs']} ms, {allowed} may")
    return faults


def ask(event, settings, clients, clock=time.monotonic, pause=time.sleep):
    share = float(event["look"]["share"])
    end = clock() + settings["seconds"]
    variants = settings["variants"]
    plan = {
        "endpoint": settings["endpoint"],
        "prefix": settings["prefix"],
        "id": event["execution"].split(":")[-1][:30],
        "share": share,
        "latencyMs": settings.get("latencyMs"),
        "several": len(variants) > 1,
        "runtime": clients["runtime"],
        "pause": pause,
        "seconds_left": lambda: end - clock(),
    }
    try:
        samples = samples_in(read_json(settings["samples"], clients["s3"]), settings["samples"])
        outputs = {name: outputs_of(package, samples, clients) for name, package in variants.items()}
    except Untestable as fault:
        return answer("failed", share, f"it cannot be tested: {fault}")
    faults = [fault for name in variants for fault in test_variant(name, outputs[name], samples, plan)]
    if not faults:
        return answer("passed", share, "all answers were good")
    more = f"; and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
    return answer("failed", share, "; ".join(faults[:SHOWN]) + more)


def answer(verdict, share=0.0, why=""):
    return {"verdict": verdict, "share": share, "why": why}


def handler(event, _context):
    import boto3  # of the runtime of Lambda
    from botocore.config import Config

    settings = json.loads(os.environ["SMOKE"])
    once = Config(retries={"total_max_attempts": 1}, read_timeout=65)  # a repetition would hide an error
    clients = {
        "sagemaker": boto3.client("sagemaker"),
        "stepfunctions": boto3.client("stepfunctions"),
        "s3": boto3.client("s3"),
        "runtime": boto3.client("sagemaker-runtime", config=once),
    }
    if event["step"] == "look":
        result = look(event, settings, clients, datetime.now(timezone.utc))
    else:
        result = ask(event, settings, clients)
    print(json.dumps(result))
    return result
