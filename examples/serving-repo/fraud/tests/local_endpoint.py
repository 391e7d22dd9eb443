"""
The model on this machine: trained, served by its container's program, and asked through an address that answers clients of boto3
as the runtime of SageMaker does, with variants, weights, and captured data.
"""

import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
import numpy as np
import pandas as pd

CONTAINER = Path(__file__).resolve().parents[1] / "container"
NAME = "acme-dev-fraud"
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback needs no proxy


def payments(count, seed, larger=1.0):
    """Made-up payments: large ones at night of young accounts are often fraud."""
    draw = np.random.default_rng(seed)
    amount = (draw.lognormal(3.5, 1, count) * larger).round(2)
    hour = draw.integers(0, 24, count)
    account_days = draw.integers(0, 3000, count)
    risk = np.log(amount) - 4.5 + 1.5 * (hour < 6) - account_days / 700
    return pd.DataFrame(
        {"amount": amount, "hour": hour, "account_days": account_days, "fraud": (draw.random(count) < 1 / (1 + np.exp(-2 * risk))).astype(int)}
    )


def train(folder, rows, **settings):
    """Runs `train` as SageMaker does. @returns the folder of the model"""
    data, config = Path(folder, "input/data/train"), Path(folder, "input/config")
    for one in (data, config):
        one.mkdir(parents=True)
    rows.to_parquet(data / "part-0.parquet")
    (config / "hyperparameters.json").write_text(json.dumps({key: str(value) for key, value in settings.items()}))
    subprocess.run([sys.executable, str(CONTAINER / "train.py")], check=True, env={**os.environ, "ML_FOLDER": str(folder)})
    return Path(folder, "model")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def ask(url, body=None, headers=()):
    """@returns status and body of an answer"""
    try:
        with _DIRECT.open(urllib.request.Request(url, data=body, headers=dict(headers)), timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as fault:
        return fault.code, fault.read()


class Container:
    """`serve` of a trained folder, which is ready when it answers `/ping`."""

    def __init__(self, folder):
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        env = {**os.environ, "ML_FOLDER": str(folder), "SAGEMAKER_BIND_TO_PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1"}
        self.process = subprocess.Popen([sys.executable, str(CONTAINER / "serve.py")], env=env)
        deadline = time.monotonic() + 60
        while True:
            try:
                if ask(f"{self.url}/ping")[0] == 200:
                    return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.close()
                raise RuntimeError("the container does not answer /ping")
            time.sleep(0.05)

    def close(self):
        self.process.terminate()
        self.process.wait()


class LocalEndpoint:
    """Variants by name, each a container and a weight. What is asked is captured below `captured`, by variant and hour."""

    def __init__(self, variants, captured=None, now=lambda: datetime.now(timezone.utc), seed=1):
        self.variants, self.captured, self.now = {name: list(one) for name, one in variants.items()}, captured, now
        self.draw, self.lock, self.count = random.Random(seed), threading.Lock(), 0
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, answer, headers = endpoint.answer(self.path, self.headers, body)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def client(self, service):
        host = f"http://127.0.0.1:{self.server.server_address[1]}"
        return boto3.client(service, region_name="eu-north-1", endpoint_url=host, aws_access_key_id="test", aws_secret_access_key="test")

    def answer(self, path, headers, body):
        if headers.get("X-Amz-Target") == "SageMaker.DescribeEndpoint":
            variants = [{"VariantName": name, "CurrentWeight": weight} for name, (_, weight) in self.variants.items()]
            return 200, json.dumps({"EndpointName": NAME, "ProductionVariants": variants}).encode(), {"Content-Type": "application/x-amz-json-1.1"}
        if not re.fullmatch(f"/endpoints/{NAME}/invocations", path):
            return 404, b"{}", {"Content-Type": "application/json"}
        names, weights = list(self.variants), [weight for _, weight in self.variants.values()]
        variant = headers.get("X-Amzn-SageMaker-Target-Variant") or self.draw.choices(names, weights)[0]
        kind = headers.get("Content-Type", "text/csv")
        status, answer = ask(f"{self.variants[variant][0].url}/invocations", body, {"Content-Type": kind})
        if status != 200:
            return 424, json.dumps({"Message": answer.decode(), "OriginalStatusCode": status}).encode(), {"x-amzn-ErrorType": "ModelError"}
        self.capture(variant, headers, body.decode(), answer.decode())
        return 200, answer, {"Content-Type": "application/json", "x-Amzn-Invoked-Production-Variant": variant}

    def capture(self, variant, headers, given, answer):
        if self.captured is None:
            return
        with self.lock:
            at, self.count = self.now(), self.count + 1
            event = {
                "captureData": {
                    "endpointInput": {"observedContentType": "text/csv", "mode": "INPUT", "data": given, "encoding": "CSV"},
                    "endpointOutput": {"observedContentType": "application/json", "mode": "OUTPUT", "data": answer, "encoding": "JSON"},
                },
                "eventMetadata": {
                    "eventId": f"event-{self.count}",
                    "inferenceId": headers.get("X-Amzn-SageMaker-Inference-Id"),
                    "customAttributes": [headers.get("X-Amzn-SageMaker-Custom-Attributes")],
                    "inferenceTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                },
                "eventVersion": "0",
            }
            file = Path(self.captured, variant, at.strftime("%Y/%m/%d/%H"), "part.jsonl")
            file.parent.mkdir(parents=True, exist_ok=True)
            with open(file, "a", encoding="utf-8") as opened:
                opened.write(json.dumps(event) + "\n")

    def close(self):
        self.server.shutdown()
        self.server.server_close()
