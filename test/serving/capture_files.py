"""Files as an endpoint captures them, for the tests of drift and of experiments."""

import base64
import json
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [
    str(ROOT / "lib/serving/captured/program"),
    str(ROOT / "lib/serving/experiment/program"),
    str(ROOT / "lib/monitoring/drift/program"),
]
START = datetime(2026, 11, 1, tzinfo=timezone.utc)


def body(mode, text, kind="text/csv", encoding=None):
    """A captured body; without an encoding the one that the service chooses for the type."""
    encoding = encoding or ("CSV" if "csv" in kind else "JSON" if "json" in kind else "BASE64")
    data = base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode() if encoding == "BASE64" else text
    return {"observedContentType": kind, "mode": mode, "data": data, "encoding": encoding}


def event(number, at, given=None, answer=None, inference_id=None, attributes=None):
    """An event as SageMaker writes it; `given` and `answer` are bodies, or texts of CSV."""
    data = {}
    for key, mode, one in [("endpointInput", "INPUT", given), ("endpointOutput", "OUTPUT", answer)]:
        if one is not None:
            data[key] = one if isinstance(one, dict) else body(mode, one)
    metadata = {"eventId": f"event-{number}", "inferenceTime": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
    if inference_id:
        metadata["inferenceId"] = inference_id
    if attributes:
        metadata["customAttributes"] = [attributes]
    return {"captureData": data, "eventMetadata": metadata, "eventVersion": "0"}


def write(folder, events):
    """Writes events to a folder of a variant, by the hour, as JSON lines."""
    hours = {}
    for one in events:
        at = one["eventMetadata"]["inferenceTime"]
        hours.setdefault(at[:13].replace("-", "/").replace("T", "/"), []).append(json.dumps(one))
    for hour, lines in hours.items():
        file = Path(folder, hour, "00-00-000-part.jsonl")
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(file, "a", encoding="utf-8") as opened:
            opened.write("\n".join(lines) + "\n")


def hours_after(hours):
    return START + timedelta(hours=hours)


def scratch(test):
    """A folder that is gone after a test."""
    folder = tempfile.TemporaryDirectory()
    test.addCleanup(folder.cleanup)
    return Path(folder.name)
