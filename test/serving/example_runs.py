"""
What the README of `examples/serving-repo` shows, run: versions are trained by the image's program and judged by the shipped evaluation,
served, asked by the shipped smoke test and by the shop's client, captured, and judged by the shipped drift program. Prints what
happened as JSON.

Argument: a file of JSON with the `example`, the `programs` (folders of the shipped ones), the `smoke` settings of the endpoint and the
`drift` settings of the monitor, as they are synthesized, the `weights` of an experiment, and the number of `rows` of a day.
"""

import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

plan = json.loads(Path(sys.argv[1]).read_text())
example, programs = Path(plan["example"]), {name: Path(folder) for name, folder in plan["programs"].items()}
sys.path[:0] = [str(example / "fraud/client"), str(example / "fraud/tests"), str(programs["smoke"]), str(programs["experiment"]), str(programs["captured"])]

import smoke  # noqa: E402
from experiment_report import assignment  # noqa: E402
from fraud_client import FraudClient  # noqa: E402
from local_endpoint import NAME, Container, LocalEndpoint, ask, payments, train  # noqa: E402

work = Path(tempfile.mkdtemp())
START = datetime(2026, 11, 1, 1, tzinfo=timezone.utc)
UNTIL = "2026-11-02T00:15:00Z"


def ran(*words, **env):
    done = subprocess.run([sys.executable, *map(str, words)], capture_output=True, text=True, env={**os.environ, **env})
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)


class Version:
    """A version as the pipeline makes it: trained, judged on data that it has not seen, served."""

    def __init__(self, number, rows, test, **settings):
        self.number, self.folder = number, work / f"version-{number}"
        model, artifact, held_out = train(self.folder, rows, **settings), self.folder / "artifact", self.folder / "test"
        artifact.mkdir()
        with tarfile.open(artifact / "model.tar.gz", "w:gz") as archive:
            archive.add(model, ".")
        held_out.mkdir()
        test.to_parquet(held_out / "part-0.parquet")
        self.judged = self.folder / "evaluation"
        words = ["--framework", "custom", "--task", "classification", "--target", "fraud", "--format", "parquet", "--resamples", "50"]
        places = ["--model-folder", artifact, "--test-folder", held_out, "--output-folder", self.judged, "--message-file", self.folder / "message"]
        ran(programs["evaluation"] / "evaluate.py", *words, "--served-by", "code/inference.py", *places, PYTHONPATH=str(programs["contract"]))
        self.auc = json.loads((self.judged / "gate.json").read_text())["auc"]
        self.contract = json.loads((self.judged / "contract.json").read_text())
        self.container = Container(self.folder)


class Store:
    """The registry and the objects that the smoke test reads: contracts by their version, and the samples."""

    def __init__(self, versions):
        self.versions = {f"contracts/{one.number}": one for one in versions}

    def describe_model_package(self, ModelPackageName):
        return {"CustomerMetadataProperties": {"contract": f"s3://store/contracts/{ModelPackageName.split('/')[-1]}"}}

    def get_object(self, Bucket, Key):
        content = json.dumps(self.versions[Key].contract) if Key in self.versions else (example / "fraud/smoke.json").read_text()
        return {"Body": io.BytesIO(content.encode())}


def smoked(endpoint, versions):
    store = Store(versions)
    clients = {"runtime": endpoint.client("sagemaker-runtime"), "s3": store, "sagemaker": store}
    event = {"execution": "arn:aws:states:eu-north-1:111122223333:execution:smoke:1", "look": {"share": 1.0}}
    return smoke.ask(event, plan["smoke"], clients)


def day(endpoint, name, larger=1.0, seed=5, rows=None):
    """A day of payments, asked by the shop. @returns the variants that have answered each customer"""
    endpoint.captured = work / name
    endpoint.count = 0
    client = FraudClient(NAME, "limits", endpoint.client("sagemaker-runtime"), endpoint.client("sagemaker"))
    answered = {}
    for number, one in enumerate(payments(rows or plan["rows"], seed, larger).itertuples()):
        customer = f"c-{number % 100}"
        _, variant = client.score(f"pay-{number}", customer, one.amount, one.hour, one.account_days)
        answered.setdefault(customer, set()).add(variant)
    return {customer: sorted(variants) for customer, variants in answered.items()}


def judged(name, baseline):
    """What the job of the monitor says of a day."""
    settings, report, message = work / "settings.json", work / f"{name}-report", work / f"{name}-message"
    settings.write_text(json.dumps(plan["drift"]))
    words = ["judge", "--settings", settings, "--baseline", f"{baseline}/", "--captured", f"{work / name}/", "--report", report]
    ran(programs["drift"] / "drift.py", *words, "--until", UNTIL, "--no-metrics", "--message-file", message, PYTHONPATH=str(programs["captured"]))
    (found,) = report.rglob("report.json")
    return message.read_text().strip(), json.loads(found.read_text())["drifted"]


def main():
    test = payments(3000, seed=2)
    first, second = (Version(number, payments(4000, seed=1), test, penalty=penalty) for number, penalty in ((1, 1), (2, 0.001)))
    weights = plan["weights"]
    endpoint = LocalEndpoint({"challenger": (second.container, weights["challenger"]), "champion": (first.container, weights["champion"])})
    step = timedelta(hours=22) / plan["rows"]
    endpoint.now = lambda: START + step * endpoint.count
    served = [first, second]
    try:
        report = {"auc": [first.auc, second.auc]}
        report["ping"] = [ask(f"{one.container.url}/ping")[0] for one in served]
        report["smoke"] = smoked(endpoint, served)
        answered = day(endpoint, "experiment", rows=200)
        report["several"] = [customer for customer, variants in answered.items() if len(variants) > 1]
        report["challenged"] = sum(variants == ["challenger"] for variants in answered.values()) / len(answered)
        # as the report of an experiment reckons, from the shares of its plan
        report["as planned"] = all([assignment.variant_of("limits", one, weights)] == variants for one, variants in answered.items())
        events = [json.loads(line) for file in (work / "experiment").rglob("*.jsonl") for line in file.read_text().splitlines()]
        report["captured"] = [len(events), sorted({key for one in events for key in one["eventMetadata"]})]

        endpoint.variants = {"challenger": [second.container, 0], "champion": [second.container, 100]}
        day(endpoint, "ordinary")
        report["ordinary day"] = judged("ordinary", second.folder / "test")
        day(endpoint, "dearer", larger=3.0)
        report["dearer day"] = judged("dearer", second.folder / "test")

        third = Version(3, payments(4000, seed=3, larger=3.0), payments(3000, seed=4, larger=3.0), penalty=0.001)
        served.append(third)
        endpoint.variants = {"challenger": [third.container, 10], "champion": [second.container, 90]}
        report["trial"] = [third.auc, smoked(endpoint, served)["verdict"]]
        endpoint.variants = {"challenger": [third.container, 0], "champion": [third.container, 100]}
        day(endpoint, "promoted", larger=3.0, seed=6)
        report["promoted day"] = judged("promoted", third.folder / "test")
        print(json.dumps(report))
    finally:
        endpoint.close()
        for one in served:
            one.container.close()


main()
