"""Runs the relay of an archive with messages, against a server on loopback: what it was told, and the error.

Reads {"archive": path, "variables": {}, "secrets": {arn: text or null}, "messages": [[topic, text]], "statuses": {path: code}}.
In a secret, {server} is the address of the server; null is one that cannot be read.
"""

import json
import os
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer

request = json.load(sys.stdin)
told = []


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        told.append([self.path, json.loads(body)])
        self.send_response(request.get("statuses", {}).get(self.path, 200))
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
address = f"http://127.0.0.1:{server.server_port}"
os.environ.update(request["variables"], PAGERDUTY=f"{address}/pagerduty")

with zipfile.ZipFile(request["archive"]) as archive:
    assert archive.testzip() is None
sys.path.insert(0, request["archive"])  # Python imports from a zip, as Lambda unpacks it
import alarm_relay  # noqa: E402


def secret(arn):
    text = request["secrets"][arn]
    if text is None:
        raise PermissionError(arn)
    return text.replace("{server}", address)


records = [{"Sns": {"TopicArn": topic, "Message": text, "MessageId": f"m{index}", "Subject": None}} for index, (topic, text) in enumerate(request["messages"])]
error = None
try:
    alarm_relay.handler({"Records": records}, None, secret=secret)
except Exception as raised:
    error = f"{type(raised).__name__}: {raised}"
server.shutdown()
print(json.dumps({"told": told, "error": error}))
