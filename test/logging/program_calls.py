"""Runs the programs out of their archives, as Lambda does, against servers of HTTP: a domain of OpenSearch and Firehose."""

import base64
import gzip
import http.server
import importlib
import json
import os
import sys
import threading

given = json.load(sys.stdin)
seen = []


class Server(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        seen.append(
            {
                "call": f"{self.command} {self.path}",
                "signed": self.headers.get("authorization", "").split("/", 1)[-1].split(",")[0],
                "token": self.headers.get("x-amz-security-token"),
                "target": self.headers.get("x-amz-target"),
                "body": json.loads(body) if body else None,
            }
        )
        status, answer = 200, {}
        if self.headers.get("x-amz-target"):
            count = len(seen[-1]["body"]["Records"])
            answer = {"FailedPutCount": 0, "RequestResponses": [{"RecordId": "a"}] * count}
        elif self.command == "GET" or self.path.endswith("/logs-*"):
            status = 404
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_PUT = do_POST = answer

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}"
os.environ.update(
    {
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "session",
        "AWS_REGION": "eu-north-1",
        "AWS_DEFAULT_REGION": "eu-north-1",
        "AWS_ENDPOINT_URL_FIREHOSE": address,
        **given["variables"],
    }
)
sys.path.insert(0, given["archive"])
module, function = given["handler"].split(".")
program = importlib.import_module(module)
event = given["event"]
if "lines" in event:
    record = {"messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": "g", "logStream": "s"}
    lines = [{"id": str(n), "timestamp": 1767225600000, "message": text} for n, text in enumerate(event["lines"])]
    packed = gzip.compress(json.dumps({**record, "logEvents": lines}).encode())
    event = {"awslogs": {"data": base64.b64encode(packed).decode()}}
else:
    # the only difference to a domain: no TLS
    caller = program.caller
    program.caller = lambda _endpoint, *rest: caller(address, *rest)
answer = getattr(program, function)(event, None)
json.dump({"answer": answer, "seen": seen}, sys.stdout)
