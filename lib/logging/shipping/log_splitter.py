"""Makes a document of each line of a log group: what CloudWatch Logs sends has many lines in one compressed record, and
OpenSearch takes one document in a record of Firehose."""

import base64
import datetime
import gzip
import json
import os
import time

# limits of PutRecordBatch
MOST_RECORDS = 500
MOST_BYTES = 4 * 1024 * 1024
MOST_RECORD_BYTES = 1_000_000
# text of a line beyond this is cut; the log group has all of it
MOST_TEXT = 200_000
ATTEMPTS = 5
# of what can be searched by its keys, so that the longest term fits: 12 keys and a value of 4 bytes a character
MOST_VALUE = 4000
MOST_KEY = 200
MOST_DEPTH = 12


class NotDelivered(Exception):
    """Lambda calls again with the same lines, and at last keeps them in the bucket."""


def lines_of(event):
    """The record that CloudWatch Logs sends."""
    return json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))


def document(record, line):
    """What can be searched of a line. A line that is a JSON object can be searched by its keys too."""
    text = line["message"]
    at = datetime.datetime.fromtimestamp(line["timestamp"] / 1000, datetime.timezone.utc)
    made = {
        "@timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "account": record["owner"],
        "group": record["logGroup"],
        "stream": record["logStream"],
        "event": line["id"],
        "message": text[:MOST_TEXT],
    }
    if len(text) > MOST_TEXT:
        made["cut"] = len(text)
        return made
    fields = object_in(text)
    if fields:
        made["fields"] = fields
    return made


def object_in(text):
    if not text.lstrip().startswith("{"):
        return None
    try:
        return indexable(json.loads(text, parse_constant=no_number))
    except (ValueError, RecursionError):
        return None


def no_number(name):
    raise ValueError(f"{name} is no number of JSON")


def indexable(value, depth=0):
    """A value without what makes OpenSearch refuse the whole document: a term has at most 32,766 bytes with its path, and an
    object a depth of 20."""
    if isinstance(value, str):
        return value[:MOST_VALUE]
    if depth >= MOST_DEPTH and isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)[:MOST_VALUE]
    if isinstance(value, dict):
        return {key[:MOST_KEY] or "_": indexable(one, depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [indexable(one, depth + 1) for one in value]
    return value


def encoded(made):
    """A document in bytes, without what makes it too large."""
    data = json.dumps(made, ensure_ascii=False).encode("utf-8", "replace")
    if len(data) > MOST_RECORD_BYTES:
        made = {key: value for key, value in made.items() if key != "fields"}
        data = json.dumps(made, ensure_ascii=False).encode("utf-8", "replace")
    return data


def batches(documents):
    batch, size = [], 0
    for data in documents:
        if batch and (len(batch) == MOST_RECORDS or size + len(data) > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(data)
        size += len(data)
    if batch:
        yield batch


def deliver(client, stream, batch, wait=time.sleep):
    """Puts a batch; what Firehose does not take is put again, later each time."""
    for attempt in range(ATTEMPTS):
        answer = client.put_record_batch(DeliveryStreamName=stream, Records=[{"Data": data} for data in batch])
        if answer["FailedPutCount"] == 0:
            return
        batch = [data for data, one in zip(batch, answer["RequestResponses"]) if one.get("ErrorCode")]
        reasons = {one["ErrorCode"] for one in answer["RequestResponses"] if one.get("ErrorCode")}
        if attempt + 1 < ATTEMPTS:
            wait(2**attempt)
    raise NotDelivered(f"Firehose did not take {len(batch)} documents: {', '.join(sorted(reasons))}")


def split(event, client, stream, wait=time.sleep):
    record = lines_of(event)
    if record["messageType"] != "DATA_MESSAGE":
        return 0  # CloudWatch Logs asks whether it may send
    documents = [encoded(document(record, line)) for line in record["logEvents"]]
    for batch in batches(documents):
        deliver(client, stream, batch, wait)
    return len(documents)


def handler(event, _context):
    import boto3

    return {"documents": split(event, boto3.client("firehose"), os.environ["STREAM"])}
