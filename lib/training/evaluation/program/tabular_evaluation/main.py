"""The evaluation from its arguments to its files: report.json, gate.json and contract.json, all of them or none."""

import argparse
import json
import os
import sys
import tempfile
import traceback
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

import serving_contract

from . import Failed, champion, metrics, models, predictions, tables

MESSAGE = "/opt/ml/output/message"  # SageMaker shows the first KB as the job's ExitMessage
FEW_ROWS = 100
BY_IMAGE = "image"


def arguments_of(words):
    parser = argparse.ArgumentParser(prog="evaluate.py", description="Evaluates a model on a held-out table.")
    add = parser.add_argument
    add("--framework", required=True, choices=models.FRAMEWORKS)
    add("--task", required=True, choices=["classification", "regression"])
    add("--target", required=True, help="column with the truth")
    add("--format", required=True, choices=["parquet", "csv"])
    add("--identifiers", nargs="+", default=[], help="columns that the model does not get")
    add("--columns", nargs="+", help="names of the columns of CSV files without a header")
    add("--positive", help="the class that is looked for, of two")
    add("--labels", nargs="+", help="classes in the order of the model's outputs")
    add("--inference", help="Python file in the artifact with model_fn")
    add("--served-by", help="what serves the model: 'image', or a file of the artifact, such as code/inference.py")
    add("--noise", type=float, default=0, help="standard deviations by which numbers are moved; 0 for none")
    add("--missing", type=float, default=0, help="part of the fields that are emptied; 0 for none")
    add("--shuffled", action="store_true", help="also give the columns in another order")
    add("--seed", type=int, default=1)
    add("--confidence", type=float, default=0.95)
    add("--resamples", type=int, default=1000, help="bootstrap samples; 0 for no intervals")
    add("--max-rows", type=int, default=1_000_000)
    add("--champion-group", help="model package group whose newest approved model is compared")
    add("--champion-metric", help="metric of the comparison")
    add("--model-folder", default="/opt/ml/processing/model")
    add("--test-folder", default="/opt/ml/processing/test")
    add("--output-folder", default="/opt/ml/processing/evaluation")
    add("--message-file", default=MESSAGE)
    return parser.parse_args(words)


class TestSet:
    """The rows that every model is judged on."""

    def __init__(self, options):
        files = tables.files_in(options.test_folder, "test set")
        self.fingerprint = tables.fingerprint(files, options.test_folder)
        label = options.target if options.task == "classification" else None
        frame = tables.read(files, options.format, options.columns, options.max_rows, text=label)
        self.features, truth = tables.split(frame, options.target, options.identifiers)
        self.options, self.rows = options, len(frame)
        if options.task == "classification":
            self.truth = predictions.Truth(truth, options.labels, options.positive)
        elif tables.kind_of(truth) in ("text", "time"):
            raise Failed(f"the target {options.target!r} holds {tables.kind_of(truth)}s, a regression takes numbers")
        else:
            self.truth = truth.to_numpy(dtype="float64")
            if not np.all(np.isfinite(self.truth)):
                raise Failed(f"the target {options.target!r} is infinite in some rows; leave these rows out")

    def tables(self):
        """The table by the suffix of its metrics: as it is, and each perturbed one when it is asked for."""
        yield "", self.features
        options = self.options
        for name, frame in tables.perturbations(self.features, options.seed, options.noise, options.missing, options.shuffled):
            yield f"@{name}", frame


class Judged:
    """A model's judgements by suffix, the reasons for those that there are not, and what its outputs are."""

    def __init__(self, model, test, who, suffixes=None):
        self.judgements, self.reasons, self.classes, self.kind = {}, {}, None, None
        for suffix, frame in test.tables():
            if suffixes is not None and suffix not in suffixes:
                continue
            try:
                self.judgements[suffix], kind = self.judge(model, test, frame)
                self.kind = self.kind or kind
            except MemoryError:
                raise
            except Exception as fault:
                reason = str(fault) if isinstance(fault, Failed) else f"the model refuses the table: {tables.brief(fault)}"
                if suffix == "":
                    raise Failed(reason if who is None else f"{who} cannot be judged on this test set: {reason}")
                self.reasons[suffix] = reason
        self.model_warnings = list(model.warnings)
        self.layout, self.by_name = model.layout, model.columns is not None
        self.columns = list(model.columns or test.features.columns)

    def judge(self, model, test, frame):
        outputs = model.predict(frame)
        wrong = [one for one in outputs if one is not None and len(one) != test.rows]
        if wrong:
            raise Failed(f"the model gives {len(wrong[0]):,} predictions for {test.rows:,} rows")
        if test.options.task == "regression":
            return predictions.regression(test.truth, outputs)
        if self.classes is None:
            self.classes = test.truth.classes(model, outputs[1])
        return predictions.classification(model, test.truth, outputs, self.classes)

    def not_computed(self, names):
        """Why metrics are missing, by the name of the metric."""
        reasons = {}
        for suffix, judgement in self.judgements.items():
            reasons.update({f"{name}{suffix}": reason for name, reason in judgement.undefined.items()})
        for suffix, reason in self.reasons.items():
            reasons.update({f"{name}{suffix}": reason for name in names})
        return reasons


@contextmanager
def open_artifact(archive, folder, options, served_by=None):
    """A model; with `served_by` only one that can be served so: what nobody can serve is not registered."""
    unpacked = models.unpack(archive, folder)
    script = None if served_by == BY_IMAGE else served_by
    if script and not (unpacked / script).is_file():
        what = f"the artifact lacks {script!r} with model_fn, without which its image serves nothing"
        raise Failed(f"{what}; it has {models.listing(unpacked)}: write it to the model folder in training")
    with models.loaded(options.framework, unpacked, options.inference or script) as model:
        if script and not isinstance(model, models.Scripted):
            raise Failed(f"{script} of the artifact has no model_fn, without which its image serves nothing; add it")
        if served_by == BY_IMAGE:
            models.require_served(options.framework, unpacked, model)
        yield model


def evaluate(options, clients):
    """The three files' content. `clients` gives the client of a service of AWS."""
    test = TestSet(options)
    with tempfile.TemporaryDirectory() as scratch:
        archive = models.archive_in(options.model_folder, "the artifact")
        with open_artifact(archive, Path(scratch, "model"), options, options.served_by) as model:
            judged = Judged(model, test, None)
        contract = contract_of(options, archive, Path(scratch, "model").resolve(), judged, test)
        best, other = None, None
        if options.champion_group:
            best = champion.newest_approved(clients("sagemaker"), options.champion_group)
        if best:
            downloaded = champion.download(clients("s3"), best, Path(scratch, "download"))
            suffix = suffix_of(options.champion_metric)
            try:
                with open_artifact(downloaded, Path(scratch, "champion"), options) as model:
                    other = Judged(model, test, str(best), suffixes={"", suffix})
            except Failed as fault:
                text = str(fault)
                raise Failed(text if text.startswith(str(best)) else f"{best} cannot be judged in this image: {text}")
    return report_of(options, test, judged, best, other, contract)


def suffix_of(metric):
    return metric[metric.index("@") :] if "@" in metric else ""


def contract_of(options, archive, folder, judged, test):
    outputs = {"kind": judged.kind}
    if judged.classes is not None:
        outputs["classes"] = list(judged.classes)
    frame = test.features
    inputs = [{"name": name, "type": tables.kind_of(frame[name])} for name in judged.columns if name in frame.columns]
    signature = {"inputs": inputs, "byName": judged.by_name, "outputs": outputs}
    return serving_contract.describe(options.framework, archive, folder, judged.layout, signature)


def report_of(options, test, judged, best, other, contract):
    both = {("model", suffix): one for suffix, one in judged.judgements.items()}
    if other:
        both.update({("champion", suffix): one for suffix, one in other.judgements.items()})
    values, drawn = metrics.judge(both, test.rows, options.seed, options.resamples, options.confidence)
    names = metrics.CLASSIFICATION if options.task == "classification" else metrics.REGRESSION

    def found(who):
        return {
            f"{name}{suffix}": result[name]
            for (one, suffix), result in values.items()
            if one == who
            for name in names
            if name in result and np.isfinite(result[name]["value"])
        }

    overflown = {
        f"{name}{suffix}": "it is no finite number"
        for (one, suffix), result in values.items()
        if one == "model"
        for name in result
        if not np.isfinite(result[name]["value"])
    }
    report = {
        "version": 1,
        "task": options.task,
        "framework": contract["framework"],
        "testSet": {"rows": test.rows, **test.fingerprint},
        "metrics": found("model"),
        "notComputed": {**judged.not_computed(names), **overflown},
        "warnings": list(warnings_of(test, judged)),
        "champion": None,
        "columns": {"used": judged.columns, "unused": [name for name in test.features if name not in judged.columns]},
        "settings": {
            name: getattr(options, name)
            for name in ["target", "identifiers", "noise", "missing", "shuffled", "seed", "confidence", "resamples"]
        },
    }
    if options.task == "classification":
        judgement = judged.judgements[""]
        report["classes"] = list(judgement.classes)
        report["averaging"] = "positive class" if judgement.is_binary else "macro"
        report["outputs"] = judged.kind
    gate = {key_of(name): result["value"] for name, result in report["metrics"].items()}
    if options.champion_group:
        metric = options.champion_metric
        gate[f"champion_{key_of(metric)}_loss"] = 0.0
    if best:
        difference = compared(options, values, drawn, metric)
        if difference is None:
            reason = {**report["notComputed"], **other.not_computed(names)}.get(metric, "it is not computed")
            raise Failed(f"{best} cannot be compared in {metric}: {reason}")
        gate[f"champion_{key_of(metric)}_loss"] = difference["value"]
        report["champion"] = {
            "package": best.arn,
            "version": best.version,
            "metrics": found("champion"),
            "loss": {metric: difference},
        }
    return {"report.json": report, "contract.json": contract, "gate.json": gate}


def compared(options, values, drawn, metric):
    """What the model loses against the champion, paired by row: value and interval, or None if one of them has no value."""
    suffix, name = suffix_of(metric), metric.split("@")[0]
    sides = [("model", suffix), ("champion", suffix)]
    if any(name not in values.get(side, {}) for side in sides):
        return None
    model, best = (values[side][name]["value"] for side in sides)
    if not np.isfinite(model - best):
        return None
    samples = metrics.loss(name, *(drawn[side][name] for side in sides))
    return metrics.with_interval(metrics.loss(name, model, best), samples, options.confidence)


def warnings_of(test, judged):
    if test.rows < FEW_ROWS:
        yield f"the test set has {test.rows} rows: intervals are wide"
    yield from judged.model_warnings
    for suffix, judgement in judged.judgements.items():
        for warning in judgement.warnings():
            yield warning if suffix == "" else f"{suffix[1:]}: {warning}"


def key_of(metric):
    return metric.replace("@", "_at_")


def write(folder, contents):
    """Writes each file beside its place and renames it; the gate is the last, and is gone before the first."""
    root = Path(folder)
    root.mkdir(parents=True, exist_ok=True)
    for name in reversed(list(contents)):
        (root / name).unlink(missing_ok=True)
    texts = {name: json.dumps(content, indent=2, allow_nan=False, ensure_ascii=False) for name, content in contents.items()}
    for name, text in texts.items():
        fresh = root / f".{name}.new"
        fresh.write_text(text + "\n", encoding="utf-8")
        os.replace(fresh, root / name)


def tell(path, text):
    """Leaves a message for DescribeProcessingJob, and in the log."""
    print(text, flush=True)
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(text.encode("utf-8")[:1000].decode("utf-8", "ignore").encode("utf-8"))
    except OSError as fault:
        print(f"no message was left in {path}: {fault}", file=sys.stderr)


def summary(report):
    shown = [f"{name} {result['value']:.4g}" for name, result in report["metrics"].items()]
    left = [f"{name}: {reason}" for name, reason in report["notComputed"].items() if "@" not in name]
    return "; ".join([f"{report['testSet']['rows']:,} rows", ", ".join(shown), *report["warnings"], *left])


def client(service):
    import boto3

    # SageMaker says the region in a variable that boto3 does not read
    return boto3.client(service, region_name=os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION"))


def main(words, clients=client):
    options = arguments_of(words)
    pd.options.mode.chained_assignment = None
    try:
        for name in ["report.json", "contract.json", "gate.json"]:
            Path(options.output_folder, name).unlink(missing_ok=True)
        contents = evaluate(options, clients)
        write(options.output_folder, contents)
    except Failed as fault:
        tell(options.message_file, f"no evaluation: {fault}")
        return 1
    except MemoryError:
        tell(options.message_file, "no evaluation: this instance has too little memory; take a larger one, or a smaller test set")
        return 1
    except Exception as fault:
        traceback.print_exc()
        tell(options.message_file, f"no evaluation: fault of the program, see the log: {tables.brief(fault)}")
        return 1
    tell(options.message_file, summary(contents["report.json"]))
    return 0
