"""Answers as SageMaker asks a container: `GET /ping` and `POST /invocations` on port 8080."""

import importlib.util
import os
from pathlib import Path

from waitress import serve

MODEL = Path(os.environ.get("ML_FOLDER", "/opt/ml")) / "model"


def program_in(folder):
    spec = importlib.util.spec_from_file_location("inference", folder / "code/inference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


inference = program_in(MODEL)
model = inference.model_fn(MODEL)  # before the port is open, so that /ping answers only if the model does


def app(request, start):
    status, kind, body = answer(request["REQUEST_METHOD"], request["PATH_INFO"], request)
    start(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]


def answer(method, path, request):
    if (method, path) == ("GET", "/ping"):
        return "200 OK", "text/plain", b""
    if (method, path) != ("POST", "/invocations"):
        return "404 Not Found", "text/plain", b"GET /ping and POST /invocations are all there is"
    body = request["wsgi.input"].read(int(request.get("CONTENT_LENGTH") or 0))
    try:
        rows = inference.input_fn(body, request.get("CONTENT_TYPE", ""))
    except inference.BadRequest as fault:
        return "400 Bad Request", "text/plain", str(fault).encode()
    return "200 OK", "application/json", inference.output_fn(inference.predict_fn(rows, model)).encode()


if __name__ == "__main__":
    serve(app, host="0.0.0.0", port=int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080")), threads=os.cpu_count() or 1)
