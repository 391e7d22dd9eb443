"""
Tests of the evaluation with the scikit-learn, pandas and pyarrow of an image: real models on real files, and each metric
against scikit-learn's own or a value worked out by hand. Run by test/e2e/training/evaluation.test.ts.
"""

import bz2
import gzip
import io
import json
import lzma
import pickle
import sys
import tarfile
import tempfile
import types
import unittest
import warnings
from contextlib import nullcontext, redirect_stderr, redirect_stdout
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from unittest import mock

import joblib
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import sklearn
from sklearn import metrics as theirs
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import LinearSVC

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "lib" / "training" / "evaluation" / "program"), str(ROOT / "lib" / "registry" / "contract")]
sys.dont_write_bytecode = True
warnings.simplefilter("ignore")

import serving_contract  # noqa: E402
from tabular_evaluation import Failed, main, metrics, models, predictions, tables  # noqa: E402


def customers(rows=600, seed=7):
    """A table with a signal in two numbers and a text, an id, and a flag."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "id": np.arange(rows),
            "age": random.normal(40, 10, rows),
            "visits": random.poisson(5, rows),
            "city": random.choice(["Oslo", "Rome", "Lima"], rows),
            "member": random.random(rows) < 0.3,
        }
    )
    score = (frame.age - 40) / 10 - (frame.visits - 5) / 2 + (frame.city == "Rome") + random.normal(0, 0.7, rows)
    frame["churned"] = np.where(score > 0, "yes", "no")
    frame["spend"] = 20 + 3 * frame.age - 2 * frame.visits + random.normal(0, 5, rows)
    return frame


TRAIN, TEST = customers(1200, 1), customers(600, 2)
NUMBERS = ["age", "visits", "member"]


def pack(path, files):
    """An artifact of files: an estimator, a text or bytes by name."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            data = content
            if not isinstance(content, (bytes, str)):
                buffer = io.BytesIO()
                joblib.dump(content, buffer)
                data = buffer.getvalue()
            data = data.encode() if isinstance(data, str) else data
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


class Run:
    """One evaluation in a folder of its own."""

    def __init__(self, model, table, *words, clients=None, name="part-0.parquet", drop=(), framework="scikit-learn"):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for below in ["model", "test", "out"]:
                (root / below).mkdir()
            if model is not None:
                pack(root / "model" / "model.tar.gz", model if isinstance(model, dict) else {"model.joblib": model})
            for place, part in (table if isinstance(table, dict) else {name: table}).items():
                (root / "test" / place).parent.mkdir(parents=True, exist_ok=True)
                if isinstance(part, (bytes, str)):
                    (root / "test" / place).write_bytes(part.encode() if isinstance(part, str) else part)
                elif place.endswith(".parquet"):
                    part.drop(columns=list(drop)).to_parquet(root / "test" / place, index=False)
                else:
                    part.drop(columns=list(drop)).to_csv(root / "test" / place, index=False)
            (root / "out" / "gate.json").write_text("of an earlier run")
            given = ["--framework", framework, "--resamples", "100", *words]
            given += ["--model-folder", str(root / "model"), "--test-folder", str(root / "test")]
            given += ["--output-folder", str(root / "out"), "--message-file", str(root / "message")]
            output = io.StringIO()
            with redirect_stdout(output), redirect_stderr(output):
                self.code = main.main(given, clients or main.client)
            self.output = output.getvalue()
            self.message = (root / "message").read_text()
            self.files = sorted(path.name for path in (root / "out").iterdir())
            read = {path.name: json.loads(path.read_text()) for path in (root / "out").iterdir()}
            self.report, self.gate, self.contract = (read.get(f"{kind}.json") for kind in ["report", "gate", "contract"])


CHURN = ["--task", "classification", "--target", "churned", "--format", "parquet"]
SPEND = ["--task", "regression", "--target", "spend", "--format", "parquet"]
ONLY_NUMBERS = ["--identifiers", "id", "city"]
PERTURBED = ["--noise", "0.1", "--missing", "0.1", "--shuffled"]


def classifier(columns=NUMBERS):
    return LogisticRegression().fit(TRAIN[columns], TRAIN.churned)


def churn(model, table=None, *words, **more):
    table = TEST.drop(columns="spend") if table is None else table
    return Run(model, table, *CHURN, *ONLY_NUMBERS, *words, **more)


def spend(model, table=None, *words, **more):
    table = TEST.drop(columns="churned") if table is None else table
    return Run(model, table, *SPEND, *ONLY_NUMBERS, *words, **more)


class Metrics(unittest.TestCase):
    """Our metrics, which take weights, are those of scikit-learn."""

    def judged(self, truth, labels, scores, classes=("a", "b"), are_probabilities=True):
        return metrics.Classification(np.array(truth), np.array(labels), scores, are_probabilities, list(classes))

    def test_of_two_classes_are_those_of_scikit_learn_with_and_without_weights(self):
        random = np.random.default_rng(3)
        for trial in range(20):
            rows = int(random.integers(5, 200))
            truth = np.r_[0, 1, random.integers(0, 2, rows)]
            scores = np.round(random.random(len(truth)), 1)  # with ties
            scores = np.column_stack([1 - scores, scores])
            labels = (scores[:, 1] > 0.5).astype(int)
            for weights in [np.ones(len(truth)), random.integers(0, 4, len(truth)) + (np.arange(len(truth)) < 2)]:
                given = {"sample_weight": weights}
                got = self.judged(truth, labels, scores).values(weights.astype(float))
                expected = {
                    "auc": theirs.roc_auc_score(truth, scores[:, 1], **given),
                    "accuracy": theirs.accuracy_score(truth, labels, **given),
                    "balanced_accuracy": theirs.balanced_accuracy_score(truth, labels, **given),
                    "f1": theirs.f1_score(truth, labels, **given),
                    "precision": theirs.precision_score(truth, labels, zero_division=0, **given),
                    "recall": theirs.recall_score(truth, labels, **given),
                    "log_loss": theirs.log_loss(truth, scores, **given),
                    "brier": theirs.brier_score_loss(truth, scores[:, 1], **given),
                }
                self.assertEqual(set(got), set(expected))
                for name, value in expected.items():
                    self.assertAlmostEqual(got[name], value, 9, f"{name}, trial {trial}")

    def test_of_more_classes_are_the_macro_averages_of_scikit_learn(self):
        random = np.random.default_rng(4)
        for _ in range(10):
            truth = np.r_[0, 1, 2, 3, random.integers(0, 4, 80)]
            scores = random.dirichlet([1, 1, 1, 1], len(truth))
            labels = scores.argmax(axis=1)
            got = self.judged(truth, labels, scores, "abcd").values(np.ones(len(truth)))
            average = {"average": "macro", "zero_division": 0}
            expected = {
                "auc": theirs.roc_auc_score(truth, scores, multi_class="ovr", average="macro"),
                "balanced_accuracy": theirs.balanced_accuracy_score(truth, labels),
                "f1": theirs.f1_score(truth, labels, **average),
                "precision": theirs.precision_score(truth, labels, **average),
                "recall": theirs.recall_score(truth, labels, **average),
                "log_loss": theirs.log_loss(truth, scores),
                "brier": np.mean(np.sum((scores - np.eye(4)[truth]) ** 2, axis=1)),
            }
            for name, value in expected.items():
                self.assertAlmostEqual(got[name], value, 9, name)

    def test_of_classes_that_are_nowhere_in_the_rows_count_in_no_average(self):
        truth, labels = np.array([0, 1, 2, 0, 1]), np.array([0, 2, 2, 1, 1])
        got = self.judged(truth, labels, None, "abcd", False).values(np.ones(5))
        for name, score in [("precision", theirs.precision_score), ("recall", theirs.recall_score), ("f1", theirs.f1_score)]:
            self.assertAlmostEqual(got[name], score(truth, labels, average="macro"), 12, name)

    def test_of_numbers_are_those_of_scikit_learn(self):
        random = np.random.default_rng(5)
        truth, guess, weights = random.normal(5, 2, 100), random.normal(5, 2, 100), random.integers(0, 3, 100).astype(float)
        got = metrics.Regression(truth, guess).values(weights)
        given = {"sample_weight": weights}
        self.assertAlmostEqual(got["rmse"], theirs.root_mean_squared_error(truth, guess, **given), 9)
        self.assertAlmostEqual(got["mae"], theirs.mean_absolute_error(truth, guess, **given), 9)
        self.assertAlmostEqual(got["r2"], theirs.r2_score(truth, guess, **given), 9)
        self.assertAlmostEqual(got["mape"], theirs.mean_absolute_percentage_error(truth, guess, **given), 9)

    def test_have_the_values_that_a_person_works_out(self):
        # of the four pairs of a positive and a negative row, three are in order and one is a tie
        scores = np.array([0.1, 0.4, 0.4, 0.9])
        judged = self.judged([0, 0, 1, 1], [0, 0, 0, 1], np.column_stack([1 - scores, scores]))
        got = judged.values(np.ones(4))
        self.assertEqual(got["auc"], 3.5 / 4)
        self.assertEqual((got["accuracy"], got["precision"], got["recall"]), (0.75, 1, 0.5))
        self.assertAlmostEqual(got["f1"], 2 / 3, 12)
        self.assertAlmostEqual(got["brier"], (0.01 + 0.16 + 0.36 + 0.01) / 4, 12)
        self.assertAlmostEqual(got["log_loss"], -np.log([0.9, 0.6, 0.4, 0.9]).mean(), 12)

    def test_without_a_class_or_probabilities_are_left_out_with_the_reason(self):
        one_class = self.judged([0, 0], [0, 1], np.array([[0.9, 0.1], [0.2, 0.8]]))
        self.assertEqual(one_class.undefined["auc"], "the test set has no rows of the class 'b'")
        self.assertEqual(set(one_class.values(np.ones(2))), {"accuracy", "balanced_accuracy", "precision", "f1", "log_loss", "brier"})
        labels = self.judged([0, 1], [0, 1], None, are_probabilities=False)
        self.assertEqual(set(labels.undefined), {"auc", "log_loss", "brier"})
        flat = metrics.Regression(np.zeros(3), np.array([0.0, 1.0, 2.0]))
        self.assertEqual(set(flat.values(np.ones(3))), {"rmse", "mae"})
        self.assertEqual(flat.undefined["mape"], "the target is 0 in 3 rows")


class Intervals(unittest.TestCase):
    def test_of_an_accuracy_are_those_of_the_binomial_distribution(self):
        # the bootstrap of a share is a binomial sample divided by its size, whose quantiles are known
        from scipy.stats import binom

        truth = np.zeros(200, int)
        labels = (np.arange(200) < 40).astype(int)
        judged = metrics.Classification(truth, labels, None, False, ["a", "b"])
        found, _ = metrics.judge({"": judged}, 200, 1, 4000, 0.95)
        got = found[""]["accuracy"]
        self.assertEqual(got["value"], 0.8)
        for bound, quantile in [("low", 0.025), ("high", 0.975)]:
            self.assertAlmostEqual(got[bound], binom.ppf(quantile, 200, 0.8) / 200, delta=0.006)

    def test_cover_the_true_value_as_often_as_they_say(self):
        random = np.random.default_rng(9)
        covered = 0
        for trial in range(200):
            errors = random.normal(0, 1, 150)
            found, _ = metrics.judge({"": metrics.Regression(errors + 3, np.full(150, 3.0))}, 150, trial, 200, 0.9)
            covered += found[""]["mae"]["low"] <= np.sqrt(2 / np.pi) <= found[""]["mae"]["high"]
        self.assertTrue(0.84 <= covered / 200 <= 0.95, covered)

    def test_of_a_difference_are_of_pairs(self):
        # two models that differ by 0.01 in every row: each varies, and their difference does not
        random = np.random.default_rng(2)
        truth = random.normal(0, 5, 300)
        error = np.abs(random.normal(0, 1, 300))
        both = {"model": metrics.Regression(truth, truth + error + 0.01), "champion": metrics.Regression(truth, truth + error)}
        found, drawn = metrics.judge(both, 300, 1, 200, 0.95)
        self.assertGreater(found["model"]["mae"]["high"] - found["model"]["mae"]["low"], 0.05)
        lost = metrics.loss("mae", drawn["model"]["mae"], drawn["champion"]["mae"])
        np.testing.assert_allclose(lost, 0.01, atol=1e-9)

    def test_are_left_out_if_many_samples_have_no_value(self):
        truth = np.zeros(50, int)
        truth[0] = 1  # in a third of the samples there is no positive row
        scores = np.column_stack([1 - np.arange(50) / 50, np.arange(50) / 50])
        found, _ = metrics.judge({"": metrics.Classification(truth, truth, scores, True, ["a", "b"])}, 50, 1, 200, 0.95)
        self.assertEqual(set(found[""]["auc"]), {"value"})
        self.assertEqual(set(found[""]["accuracy"]), {"value", "low", "high"})


class Classifiers(unittest.TestCase):
    def test_that_are_good_have_a_report_a_gate_and_a_contract(self):
        model = classifier()
        run = churn(model, None, *PERTURBED)
        self.assertEqual((run.code, run.files), (0, ["contract.json", "gate.json", "report.json"]), run.output)
        truth, scores = TEST.churned == "yes", model.predict_proba(TEST[NUMBERS])[:, 1]
        self.assertAlmostEqual(run.gate["auc"], theirs.roc_auc_score(truth, scores), 12)
        self.assertAlmostEqual(run.gate["f1"], theirs.f1_score(truth, scores > 0.5), 12)
        auc = run.report["metrics"]["auc"]
        self.assertLess(auc["low"], auc["value"])
        self.assertLess(auc["value"], auc["high"])
        self.assertEqual(run.report["classes"], ["no", "yes"])
        self.assertEqual(run.report["testSet"]["rows"], 600)
        self.assertIn("600 rows; auc 0.", run.message)

    def test_lose_by_noise_keep_by_name_and_refuse_what_is_missing(self):
        run = churn(classifier(), None, "--noise", "3", "--missing", "0.1", "--shuffled")
        self.assertLess(run.gate["auc_at_noise"], run.gate["auc"] - 0.05)
        self.assertEqual(run.gate["auc_at_shuffled"], run.gate["auc"])
        self.assertNotIn("auc_at_missing", run.gate)
        self.assertIn("Input X contains NaN", run.report["notComputed"]["auc@missing"])

    def test_that_take_missing_fields_lose_by_them(self):
        model = HistGradientBoostingClassifier(max_iter=30).fit(TRAIN[NUMBERS], TRAIN.churned)
        run = churn(model, None, "--missing", "0.5")
        self.assertLess(run.gate["auc_at_missing"], run.gate["auc"] - 0.05)
        self.assertEqual(run.gate.keys() & {"auc_at_noise", "auc_at_shuffled"}, set())

    def test_that_count_columns_are_wrong_once_their_order_changes(self):
        model = LogisticRegression().fit(TRAIN[NUMBERS].to_numpy(), TRAIN.churned)
        run = churn(model, None, "--shuffled")
        self.assertLess(run.gate["auc_at_shuffled"], run.gate["auc"] - 0.2)
        self.assertFalse(run.contract["signature"]["byName"])

    def test_of_texts_are_judged_as_pipelines(self):
        encoder = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["city"]), remainder="passthrough")
        model = make_pipeline(encoder, LogisticRegression(max_iter=500)).fit(TRAIN[["city", *NUMBERS]], TRAIN.churned)
        run = Run(model, TEST.drop(columns="spend"), *CHURN, "--identifiers", "id", "--noise", "0.3", "--shuffled")
        self.assertEqual(run.code, 0, run.output)
        self.assertGreater(run.gate["auc"], churn(classifier()).gate["auc"])
        self.assertLess(run.gate["auc_at_noise"], run.gate["auc"])
        types = {one["name"]: one["type"] for one in run.contract["signature"]["inputs"]}
        self.assertEqual(types, {"age": "number", "visits": "integer", "city": "text", "member": "boolean"})

    def test_that_are_bad_have_numbers_that_say_so(self):
        shuffled = TRAIN.churned.sample(frac=1, random_state=1).to_numpy()
        run = churn(LogisticRegression().fit(TRAIN[NUMBERS], np.where(TRAIN.churned == "yes", "no", "yes")))
        self.assertLess(run.gate["auc"], 0.3)
        run = churn(RandomForestClassifier(20, random_state=1).fit(TRAIN[NUMBERS], shuffled))
        self.assertTrue(0.4 < run.gate["auc"] < 0.6, run.gate)

    def test_that_are_constant_are_told_of(self):
        run = churn(DummyClassifier(strategy="most_frequent").fit(TRAIN[NUMBERS], TRAIN.churned))
        self.assertEqual((run.gate["auc"], run.gate["balanced_accuracy"]), (0.5, 0.5))
        self.assertTrue(any(warning.startswith("the model gives every row the class") for warning in run.report["warnings"]))

    def test_without_probabilities_have_no_log_loss(self):
        run = churn(LinearSVC(dual=False).fit(TRAIN[NUMBERS], TRAIN.churned))
        self.assertEqual(run.report["outputs"], "scores")
        self.assertGreater(run.gate["auc"], 0.7)
        self.assertNotIn("log_loss", run.gate)
        self.assertEqual(run.report["notComputed"]["log_loss"], "the model gives scores, no probabilities")

    def test_of_a_test_set_with_one_class_have_no_auc(self):
        run = churn(classifier(), TEST[TEST.churned == "no"].drop(columns="spend"))
        self.assertEqual(run.code, 0)
        self.assertNotIn("auc", run.gate)
        self.assertNotIn("recall", run.gate)
        self.assertEqual(run.report["notComputed"]["auc"], "the test set has no rows of the class 'yes'")
        self.assertIn("every row of the test set has the class 'no'", run.report["warnings"])

    def test_look_for_the_positive_class_that_is_named(self):
        model = classifier()
        run = churn(model, None, "--positive", "no")
        truth, guess = TEST.churned == "no", model.predict(TEST[NUMBERS]) == "no"
        self.assertAlmostEqual(run.gate["precision"], theirs.precision_score(truth, guess), 12)
        self.assertAlmostEqual(run.gate["recall"], theirs.recall_score(truth, guess), 12)
        self.assertAlmostEqual(run.gate["auc"], churn(model).gate["auc"], 12)
        self.assertIn("positive must be one of two classes, got 'maybe'", churn(model, None, "--positive", "maybe").message)

    def test_of_many_classes_are_judged_by_the_macro_average(self):
        def with_city(frame):
            return frame.assign(churned=frame.city)  # three classes

        model = RandomForestClassifier(10, random_state=1).fit(TRAIN[NUMBERS], TRAIN.city)
        run = churn(model, with_city(TEST).drop(columns="spend"))
        expected = theirs.f1_score(TEST.city, model.predict(TEST[NUMBERS]), average="macro")
        self.assertAlmostEqual(run.gate["f1"], expected, 12)
        self.assertEqual(run.report["averaging"], "macro")


class Regressions(unittest.TestCase):
    def test_that_are_good_have_the_errors_of_scikit_learn(self):
        model = LinearRegression().fit(TRAIN[NUMBERS], TRAIN.spend)
        run = spend(model, None, "--noise", "0.5")
        guess = model.predict(TEST[NUMBERS])
        self.assertAlmostEqual(run.gate["rmse"], theirs.root_mean_squared_error(TEST.spend, guess), 9)
        self.assertAlmostEqual(run.gate["r2"], theirs.r2_score(TEST.spend, guess), 9)
        self.assertGreater(run.gate["rmse_at_noise"], run.gate["rmse"])
        self.assertEqual(run.contract["signature"]["outputs"], {"kind": "numbers"})

    def test_that_are_constant_are_told_of(self):
        run = spend(DummyRegressor().fit(TRAIN[NUMBERS], TRAIN.spend))
        self.assertLessEqual(run.gate["r2"], 0)
        self.assertTrue(any("the same number" in warning for warning in run.report["warnings"]))

    def test_of_numbers_beyond_all_measure_have_no_square(self):
        script = "def model_fn(folder):\n    return None\ndef predict_fn(data, model):\n    return [1e200] * len(data)\n"
        run = spend({"code/inference.py": script})
        self.assertEqual(run.code, 0, run.output)
        self.assertNotIn("rmse", run.gate)
        self.assertEqual(run.report["notComputed"]["rmse"], "it is no finite number")
        self.assertIn("mae", run.gate)

    def test_of_a_target_of_texts_fail(self):
        run = Run(LinearRegression().fit(TRAIN[NUMBERS], TRAIN.spend), TEST, *SPEND[:2], "--target", "city", "--format", "parquet")
        self.assertEqual((run.code, run.files), (1, []))
        self.assertIn("the target 'city' holds texts, a regression takes numbers", run.message)


class Failures(unittest.TestCase):
    """No half report: the reason is in the message, no file is left, not even that of an earlier run."""

    def fails(self, run, reason):
        self.assertIn(reason, run.message)
        self.assertEqual((run.code, run.files), (1, []))

    def test_of_an_empty_test_set(self):
        empty = TEST.drop(columns="spend").head(0)
        self.fails(churn(classifier(), empty), "the test set has no rows")
        self.fails(churn(classifier(), {}), "the test set has no files in ")
        self.fails(churn(classifier(), {"_SUCCESS": "", "_tmp/a.parquet": TEST}), "the test set has no files in ")

    def test_of_columns_that_are_missing(self):
        self.fails(churn(classifier(), drop=["age"]), "the test set lacks columns of the model: age")
        self.fails(churn(classifier(), drop=["churned"]), "the test set lacks the column 'churned'; it has 'id', 'age'")
        self.fails(churn(classifier(), drop=["id"]), "the test set lacks the column 'id'")
        counted = LogisticRegression().fit(TRAIN[NUMBERS].to_numpy(), TRAIN.churned)
        self.fails(churn(counted, drop=["age"]), "the model takes 3 columns and does not know their names, the test set has 2: visits, member")

    def test_of_a_target_with_gaps(self):
        table = TEST.drop(columns="spend").assign(churned=TEST.churned.where(TEST.id > 11))
        self.fails(churn(classifier(), table), "the target 'churned' is missing in 12 of 600 rows")

    def test_of_classes_that_the_model_does_not_know(self):
        table = TEST.drop(columns="spend").assign(churned=TEST.churned.where(TEST.id > 2, "later"))
        self.fails(churn(classifier(), table), "the target has 3 rows with classes that the model does not know: 'later'; it knows 'no', 'yes'")

    def test_of_values_that_the_model_refuses(self):
        table = TEST.drop(columns="spend").assign(age="old")
        self.fails(churn(classifier(), table), "the model refuses the table: ValueError: could not convert string to float: 'old'")

    def test_of_predictions_that_are_no_numbers(self):
        script = "class Model:\n    def predict(self, x):\n        return [float('nan')] + [0.0] * (len(x) - 1)\ndef model_fn(folder):\n    return Model()\n"
        self.fails(spend({"code/inference.py": script}), "the model gives no number for 1 of 600 rows")
        self.fails(churn({"code/inference.py": script}), "the model gives no number for 1 of 600 rows")
        short = script.replace("(len(x) - 1)", "3")
        self.fails(spend({"code/inference.py": short.replace("float('nan')", "1.0")}), "the model gives 4 predictions for 600 rows")

    def test_of_too_many_rows(self):
        self.fails(churn(classifier(), None, "--max-rows", "599"), "the test set has more than 599 rows, the limit")
        two = {"a.parquet": TEST.drop(columns="spend"), "b.parquet": TEST.drop(columns="spend")}
        self.fails(churn(classifier(), two, "--max-rows", "1199"), "the test set has more than 1,199 rows, the limit")
        self.assertEqual(churn(classifier(), two, "--max-rows", "1200").code, 0)

    def test_of_more_bytes_than_memory(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "a.parquet")
            TEST.to_parquet(path)
            with self.assertRaisesRegex(Failed, r"the test set has more than [\d,]+ bytes, the limit on this instance is 1,000"):
                tables.read([path], "parquet", None, 1000, memory=4_000)

    def test_of_files_that_are_something_else(self):
        self.fails(churn(classifier(), {"a.parquet": "id,age\n1,2\n"}), "a.parquet is no parquet file")
        binary = Run(classifier(), {"a.csv": b"\xff\xfe\x00"}, *CHURN[:-1], "csv")
        self.fails(binary, "a.csv is not UTF-8, which a CSV file must be")
        mixed = {"a.parquet": TEST.drop(columns="spend"), "b.parquet": TEST.drop(columns=["spend", "age"])}
        self.fails(churn(classifier(), mixed), "b.parquet and a.parquet differ in the columns 'age'")
        texts = {"a.parquet": TEST.drop(columns="spend"), "b.parquet": TEST.drop(columns="spend").assign(age="x")}
        self.fails(churn(classifier(), texts), "column 'age' holds numbers in a.parquet, and texts in b.parquet")

    def test_of_an_artifact_that_cannot_be_loaded(self):
        self.fails(churn(None), "the artifact must be one model.tar.gz, got nothing")
        self.fails(churn({"weights.bin": b"x"}), "the artifact has no model.joblib; it has weights.bin")
        self.fails(churn({"model.joblib": b"broken"}), "the artifact cannot be loaded: ")
        self.fails(churn({"a.joblib": classifier(), "b.joblib": classifier()}), "the artifact has 2 files *.joblib: a.joblib, b.joblib")
        self.fails(churn({"code/inference.py": "import nowhere\n"}), "needs a module that this image lacks: ModuleNotFoundError: No module named 'nowhere'")
        self.fails(churn({"model.joblib": classifier()}, None, "--inference", "code/own.py"), "the artifact lacks 'code/own.py'; it has model.joblib")
        self.fails(churn({"model.joblib": {"no": "model"}}), "the artifact holds a dict, which has no predict")

    def test_of_a_fault_of_its_own(self):
        def broken(_service):
            raise RuntimeError("no network")

        run = churn(classifier(), None, "--champion-group", "churn", "--champion-metric", "auc", clients=broken)
        self.fails(run, "no evaluation: fault of the program, see the log: RuntimeError: no network")
        self.assertIn("Traceback", run.output)

    def test_leaves_a_message_of_at_most_a_kilobyte(self):
        names = [f"column_with_a_long_name_{index}" for index in range(200)]
        wide = LogisticRegression().fit(pd.DataFrame(np.ones((len(TRAIN), 200)), columns=names), TRAIN.churned)
        self.assertLessEqual(len(churn(wide).message.encode()), 1024)


class Artifacts(unittest.TestCase):
    def unpacked(self, *members, **limits):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "model.tar.gz")
            with tarfile.open(path, "w:gz") as archive:
                for member, data in members:
                    archive.addfile(member, io.BytesIO(data))
            models.unpack(path, Path(folder, "model"), **limits)
            return sorted(one.name for one in Path(folder).rglob("*") if one.is_file())

    def member(self, name, kind=tarfile.REGTYPE, data=b"x", link=""):
        info = tarfile.TarInfo(name)
        info.type, info.linkname, info.size = kind, link, len(data) if kind == tarfile.REGTYPE else 0
        return info, data

    def test_stay_in_their_folder(self):
        for name in ["../evil", "/tmp/evil", "a/../../evil"]:
            with self.assertRaisesRegex(Failed, "outside its folder"):
                self.unpacked(self.member(name))
        for kind in [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]:
            with self.assertRaisesRegex(Failed, "a link or a device: 'x'"):
                self.unpacked(self.member("x", kind, link="../evil"))
        self.assertIn("b", self.unpacked(self.member("./a/b")))

    def test_have_limits(self):
        with self.assertRaisesRegex(Failed, "more than 3 bytes"):
            self.unpacked(self.member("a", data=b"1234"), max_bytes=3)
        with self.assertRaisesRegex(Failed, "or 1 files"):
            self.unpacked(self.member("a"), self.member("b"), max_files=1)

    def test_that_are_broken_are_refused(self):
        for data in [b"", b"no gzip", gzip.compress(b"no tar")]:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "model.tar.gz")
                path.write_bytes(data)
                with self.assertRaisesRegex(Failed, "model.tar.gz (cannot be unpacked|has no files)"):
                    models.unpack(path, Path(folder, "model"))

    def test_with_model_fn_are_loaded_by_it_and_may_have_modules_of_their_own(self):
        script = "import joblib, os, shift\ndef model_fn(folder):\n    return joblib.load(os.path.join(folder, 'weights.bin'))\n"
        script += "def predict_fn(data, model):\n    return shift.by(model.predict_proba(data))\n"
        files = {"code/inference.py": script, "code/shift.py": "def by(x):\n    return x\n", "weights.bin": classifier()}
        before = list(sys.path)
        run = churn(files)
        self.assertEqual(run.gate["auc"], churn(classifier()).gate["auc"])
        self.assertEqual(run.contract["artifact"]["layout"], "script")
        self.assertNotIn("shift", sys.modules)
        self.assertEqual(sys.path, before)

    def test_with_input_fn_get_rows_as_a_server_does(self):
        script = (
            "import io, joblib, os\nimport pandas as pd\n"
            "def model_fn(folder, context):\n    return joblib.load(os.path.join(folder, 'model.joblib'))\n"
            "def input_fn(body, kind):\n    assert kind == 'text/csv'\n    return pd.read_csv(io.StringIO(body), header=None, names=['age', 'visits', 'member'])\n"
            "def predict_fn(data, model):\n    return model.predict(data)\n"
        )
        run = churn({"code/inference.py": script, "model.joblib": classifier()})
        self.assertEqual(run.code, 0, run.output)
        self.assertEqual(run.report["outputs"], "labels")
        self.assertEqual(run.gate["accuracy"], churn(classifier()).gate["accuracy"])
        self.assertNotIn("auc", run.gate)

    def test_of_xgboost_are_loaded_from_its_own_formats_and_from_pickles(self):
        import xgboost

        table = TRAIN[NUMBERS].astype(float)
        data = xgboost.DMatrix(table, (TRAIN.churned == "yes").astype(int))
        booster = xgboost.train({"objective": "binary:logistic", "seed": 1}, data, 20)
        expected = theirs.roc_auc_score(TEST.churned == "yes", booster.predict(xgboost.DMatrix(TEST[NUMBERS].astype(float))))
        truth = TEST.drop(columns="spend").assign(churned=(TEST.churned == "yes").astype(int))
        json_text, binary = bytes(booster.save_raw("json")), bytes(booster.save_raw("ubj"))
        estimator = xgboost.XGBClassifier(n_estimators=20).fit(table, (TRAIN.churned == "yes").astype(int))
        script = "import xgboost\ndef model_fn(folder):\n    return xgboost.Booster(model_file=folder + '/xgboost-model')\n"
        for files, why in [
            ({"xgboost-model": binary, "code/notes.txt": "x"}, None),
            ({"model.joblib": estimator}, "the artifact has an estimator; save estimator.get_booster()"),
            ({"xgboost-model": binary, "metrics.json": "{}"}, "takes each of metrics.json, xgboost-model for a model"),
            ({"xgboost-model": binary, "code/inference.py": script}, "its image is not told to use it"),
        ]:
            run = churn(files, truth, "--served-by", "image", framework="xgboost")
            self.assertEqual((run.code, why in run.message if why else True), (1 if why else 0, True), run.output)
        for files, layout in [
            ({"xgboost-model": binary}, "xgboost"),
            ({"model.json": json_text}, "xgboost"),
            ({"xgboost-model": pickle.dumps(booster)}, "pickle"),
            ({"model.joblib": estimator}, "pickle"),
        ]:
            run = churn(files, truth, "--missing", "0.1", "--shuffled", framework="xgboost")
            self.assertEqual(run.code, 0, run.output)
            self.assertEqual(run.contract["artifact"]["layout"], layout)
            self.assertEqual(run.contract["framework"], {"name": "xgboost", "version": "3.2.0"})
            self.assertEqual(run.gate["auc_at_shuffled"], run.gate["auc"])
            self.assertLess(run.gate["auc_at_missing"], run.gate["auc"])
            if "model.joblib" not in files:
                self.assertAlmostEqual(run.gate["auc"], expected, 6)
        texts = Run({"model.json": json_text}, truth.assign(age="old"), *CHURN, *ONLY_NUMBERS, framework="xgboost")
        self.assertIn("column 'age' holds texts, and the model takes numbers", texts.message)

    def stand_in(self, files, framework, **modules):
        """A run with modules in place of a framework that is too large for a test: they show what is called, with what."""
        for name, members in modules.items():
            module = types.ModuleType(name)
            vars(module).update(members)
            sys.modules[name] = module
        try:
            table = TEST.drop(columns="spend").assign(churned=(TEST.churned == "yes").astype(int))
            return churn(files, table, framework=framework)
        finally:
            for name in modules:
                del sys.modules[name]

    def judged_by_age(self, run, layout):
        self.assertEqual(run.code, 0, run.output)
        self.assertAlmostEqual(run.gate["auc"], theirs.roc_auc_score(TEST.churned == "yes", TEST.age), 5)
        self.assertEqual(run.contract["artifact"]["layout"], layout)

    def test_of_keras_are_loaded_from_its_file_and_get_an_array_of_floats(self):
        def load_model(path):
            assert Path(path).read_bytes() == b"weights"
            return types.SimpleNamespace(predict=predict)

        def predict(array, verbose):
            assert (array.dtype, array.shape, verbose) == (np.float32, (600, 3), 0)
            return 1 / (1 + np.exp(-(array[:, :1].astype(float) - 40) / 10))

        models_of_keras = types.SimpleNamespace(load_model=load_model)
        run = self.stand_in({"model.keras": b"weights"}, "keras", keras={"models": models_of_keras})
        self.judged_by_age(run, "keras")
        self.assertEqual(run.report["outputs"], "probabilities")

    def test_of_tensorflow_are_served_by_the_signature_of_the_newest_version(self):
        def library(inputs, answer):
            signature = types.SimpleNamespace(structured_input_signature=((), inputs))
            served = type("Signature", (), {"__call__": lambda _, **given: {"output": answer(given)}, **vars(signature)})()

            def load(path):
                assert Path(path).name == "10"
                return types.SimpleNamespace(signatures={"serving_default": served})

            constant = lambda value, dtype: np.asarray(value).astype(dtype)  # noqa: E731
            return {"saved_model": types.SimpleNamespace(load=load), "constant": constant}

        def spec(rank):
            return types.SimpleNamespace(dtype=np.float32, shape=types.SimpleNamespace(rank=rank))

        files = {"9/saved_model.pb": b"x", "10/saved_model.pb": b"x"}
        whole = library({"table": spec(2)}, lambda given: given["table"][:, :1] - 40)
        self.judged_by_age(self.stand_in(files, "tensorflow", tensorflow=whole), "saved-model")
        columns = library({"age": spec(2), "visits": spec(1)}, lambda given: given["age"] - 40 + 0 * given["visits"][:, None])
        run = self.stand_in(files, "keras", tensorflow=columns)  # what model.export writes
        self.judged_by_age(run, "saved-model")
        self.assertEqual(run.report["columns"], {"used": ["age", "visits"], "unused": ["member"]})
        missing = self.stand_in({"model.h5": b"x"}, "tensorflow", tensorflow={})
        self.assertIn("the artifact has no <number>/saved_model.pb; it has model.h5", missing.message)

    def test_of_pytorch_are_torchscript_or_have_a_script(self):
        class Tensor(np.ndarray):
            detach = cpu = lambda self: self

            def numpy(self):
                return np.asarray(self)

        class Script:
            def eval(self):
                return self

            def __call__(self, tensor):
                assert tensor.dtype == np.float32
                return (tensor[:, :1] - 40).view(Tensor)

        def load(_path, map_location):
            if map_location != "cpu" or Path(_path).read_bytes() != b"script":
                raise RuntimeError("no TorchScript")
            return Script()

        torch = {"jit": types.SimpleNamespace(load=load), "from_numpy": lambda array: array, "no_grad": nullcontext}
        self.judged_by_age(self.stand_in({"model.pth": b"script"}, "pytorch", torch=torch), "torchscript")
        run = self.stand_in({"model.pth": b"state"}, "pytorch", torch=torch)
        self.assertIn("model.pth is no TorchScript: only a class can read a state_dict; give code/inference.py", run.message)
        run = churn({"model.pth": b"x"}, framework="pytorch")
        self.assertIn("needs a module that this image lacks: ModuleNotFoundError: No module named 'torch'", run.message)

    def test_that_no_image_can_serve_fail_before_they_are_registered(self):
        served = ["--served-by", "code/inference.py"]
        without = churn(classifier(), None, *served)
        self.assertIn("the artifact lacks 'code/inference.py' with model_fn, without which its image serves nothing", without.message)
        self.assertEqual(without.files, [])
        script = "import joblib, os\ndef model_fn(folder):\n    return joblib.load(os.path.join(folder, 'model.joblib'))\n"
        empty = churn({"code/inference.py": "x = 1", "model.joblib": classifier()}, None, *served)
        self.assertIn("code/inference.py of the artifact has no model_fn", empty.message)
        good = churn({"code/inference.py": script, "model.joblib": classifier()}, None, *served)
        self.assertEqual(good.code, 0, good.output)
        other = churn({"code/serve.py": script, "model.joblib": classifier()}, None, "--served-by", "code/serve.py")
        self.assertEqual((other.code, other.contract["artifact"]["layout"]), (0, "script"))

    def test_of_an_image_of_ones_own_need_a_script(self):
        run = churn({"model.bin": b"x"}, framework="custom")
        self.assertIn("the artifact must have code/inference.py or inference.py with model_fn", run.message)


class Tables(unittest.TestCase):
    def test_are_one_from_files_in_any_folders_whose_names_are_no_columns(self):
        table = TEST.drop(columns="spend")
        parts = {"day=1/a.parquet": table.head(200), "day=2/b.parquet": table.iloc[200:], "_SUCCESS": ""}
        self.assertEqual(churn(classifier(), parts).gate, churn(classifier()).gate)

    def test_in_csv_give_the_same_result_with_and_without_a_header_and_compressed(self):
        table = TEST.drop(columns="spend")
        expected = churn(classifier()).gate
        words = [*CHURN[:-1], "csv", *ONLY_NUMBERS]
        plain = table.to_csv(index=False)
        bare = table.to_csv(index=False, header=False)
        for files, more in [
            ({"a.csv": plain}, []),
            ({"a.csv.gz": gzip.compress(plain.encode())}, []),
            ({"a.csv": bare}, ["--columns", *table.columns]),
        ]:
            got = Run(classifier(), files, *words, *more).gate
            self.assertEqual(got.keys(), expected.keys())
            for name, value in expected.items():
                self.assertAlmostEqual(got[name], value, 9)

    def test_in_csv_take_na_for_a_text_and_refuse_a_column_twice(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "a.csv")
            path.write_text("country,n\nNA,1\n,2\n")
            frame = tables.read([path], "csv", None, 10)
            self.assertEqual(frame.country.isna().tolist(), [False, True])
            path.write_text("n,n\n1,2\n")
            with self.assertRaisesRegex(Failed, "a.csv has two columns of the name 'n'"):
                tables.read([path], "csv", None, 10)

    def test_are_named_in_the_report_by_their_content(self):
        one, same = (churn(classifier()).report["testSet"] for _ in range(2))
        other = churn(classifier(), TEST.drop(columns="spend").iloc[::-1]).report["testSet"]
        self.assertEqual(one, same)
        self.assertNotEqual(one["sha256"], other["sha256"])


class Perturbations(unittest.TestCase):
    features = TEST[["age", "visits", "city", "member"]]

    def of(self, seed=1, noise=0.1, missing=0.1, shuffled=True):
        return dict(tables.perturbations(self.features, seed, noise, missing, shuffled))

    def test_are_the_same_for_a_seed_and_others_for_another(self):
        for name in ["noise", "missing", "shuffled"]:
            pd.testing.assert_frame_equal(self.of()[name], self.of()[name])
            self.assertFalse(any(self.of()[name].equals(self.of(seed=seed)[name]) for seed in [2, 3, 4]) and name != "shuffled")

    def test_do_not_change_with_one_another(self):
        pd.testing.assert_frame_equal(self.of()["missing"], self.of(noise=0, shuffled=False)["missing"])

    def test_by_noise_move_numbers_by_its_strength_and_swap_texts_and_flags(self):
        noisy = self.of(noise=0.5)["noise"]
        moved = (noisy.age - self.features.age) / self.features.age.std(ddof=0)
        self.assertAlmostEqual(moved.std(), 0.5, delta=0.05)
        self.assertAlmostEqual(moved.mean(), 0, delta=0.05)
        self.assertEqual(noisy.visits.dtype, self.features.visits.dtype)
        self.assertEqual(set(noisy.city), {"Oslo", "Rome", "Lima"})
        self.assertEqual(noisy.member.dtype, bool)
        # half of the texts are drawn again, and a third of those are what they were
        self.assertAlmostEqual((noisy.city != self.features.city).mean(), 0.5 * 2 / 3, delta=0.06)

    def test_by_noise_stay_within_the_type_of_a_column(self):
        random = np.random.default_rng(5)
        for kind in ["uint8", "int8", "UInt8", "int64", "uint64"]:
            ends = np.iinfo(kind.lower())
            near = random.choice([ends.min, ends.max], 500).astype(kind.lower())
            frame = pd.DataFrame({"n": pd.Series(near, dtype=kind).where(np.arange(500) > 0, ends.max // 2).astype(kind)})
            noisy = tables.with_noise(frame, 0.1, np.random.default_rng(1))
            self.assertEqual(noisy.n.dtype, frame.n.dtype)
            # a step of a tenth of the spread never takes a number to the other end of the type
            moved = np.abs(noisy.n.astype(float) - frame.n.astype(float)) / (float(ends.max) - float(ends.min))
            self.assertLess(moved.max(), 0.3, kind)

    def test_by_missing_fields_empty_that_part_of_every_column(self):
        emptied = self.of(missing=0.25)["missing"].isna().mean()
        for name in self.features:
            self.assertAlmostEqual(emptied[name], 0.25, delta=0.06, msg=name)

    def test_by_order_change_it_and_nothing_else(self):
        shuffled = self.of()["shuffled"]
        self.assertNotEqual(list(shuffled), list(self.features))
        pd.testing.assert_frame_equal(shuffled[list(self.features)], self.features)

    def test_leave_the_table_as_it_was(self):
        before = self.features.copy()
        self.of(noise=2, missing=0.9)
        pd.testing.assert_frame_equal(self.features, before)


class Labels(unittest.TestCase):
    def test_are_the_same_class_as_text_number_and_flag(self):
        self.assertEqual([predictions.text_of(label) for label in [1, 1.0, True, "1", np.int64(1), b"1"]], ["1"] * 6)
        self.assertEqual(predictions.in_order({"10", "9"}), ["9", "10"])

    def test_of_a_test_set_in_numbers_fit_a_model_of_flags(self):
        model = LogisticRegression().fit(TRAIN[NUMBERS], TRAIN.churned == "yes")
        table = TEST.drop(columns="spend").assign(churned=(TEST.churned == "yes").astype(int))
        self.assertAlmostEqual(churn(model, table).gate["auc"], churn(classifier()).gate["auc"], 3)

    def test_are_the_models_whatever_readers_and_frameworks_made_of_them(self):
        yes, table = TEST.churned == "yes", TEST.drop(columns="spend")
        csv = [*CHURN[:-1], "csv", *ONLY_NUMBERS]
        expected = churn(classifier()).gate
        for of_model, of_table in [
            (("true", "false"), ("true", "false")),  # pandas reads flags
            (("True", "False"), (True, False)),
            ((True, False), ("TRUE", "FALSE")),
            ((True, False), (1.0, 0.0)),
            (("1", "0"), (True, False)),
            ((2, -1), ("2.0", "-1.0")),
            (("02", "01"), ("02", "01")),  # pandas reads numbers
            (("2", "01"), ("2", "1")),
        ]:
            model = LogisticRegression().fit(TRAIN[NUMBERS], np.where(TRAIN.churned == "yes", *of_model))
            labelled = table.assign(churned=np.where(yes, *of_table))
            with self.subTest(of_model=of_model, of_table=of_table):
                for run in [Run(model, labelled, *csv, name="a.csv"), churn(model, labelled)]:
                    self.assertEqual(run.code, 0, run.message)
                    for name in ["auc", "accuracy"]:
                        self.assertAlmostEqual(run.gate[name], expected[name], 9)
                positive = churn(model, labelled, "--positive", str(of_table[1]))
                self.assertAlmostEqual(positive.gate["recall"], churn(classifier(), None, "--positive", "no").gate["recall"], 9)

    def test_that_may_be_two_classes_of_the_model_are_none(self):
        known = ["1", "01", "x"]
        self.assertEqual(predictions.places(["1", "01", "1.0", "X", "true"], known), {"1": 0, "01": 1, "x": 2})
        of = {"Oslo": "1", "Rome": "01", "Lima": "2"}
        model = RandomForestClassifier(3, random_state=1).fit(TRAIN[NUMBERS], TRAIN.city.map(of))
        run = Run(model, TEST.drop(columns="spend").assign(churned=TEST.city.map(of)), *CHURN[:-1], "csv", *ONLY_NUMBERS, name="a.csv")
        self.assertAlmostEqual(run.gate["accuracy"], model.score(TEST[NUMBERS], TEST.city.map(of)), 12)

    def test_in_files_that_write_numbers_in_two_ways_are_the_same_class(self):
        import xgboost

        of = {"Oslo": 0, "Rome": 1, "Lima": 2}
        data = xgboost.DMatrix(TRAIN[NUMBERS].astype(float), TRAIN.city.map(of))
        booster = xgboost.train({"objective": "multi:softprob", "num_class": 3}, data, 2)
        table = TEST.drop(columns="spend").assign(churned=TEST.city.map(of))
        parts = {"a.csv": table.head(300), "b.csv": table.tail(300).assign(churned=table.churned.astype(float))}
        words = [*CHURN[:-1], "csv", *ONLY_NUMBERS]
        run = Run({"xgboost-model": bytes(booster.save_raw("ubj"))}, parts, *words, framework="xgboost")
        self.assertEqual(run.code, 0, run.message)
        self.assertEqual(run.report["classes"], ["0", "1", "2"])

    def scripted(self, returns, *words, table=None):
        script = f"import numpy as np\ndef model_fn(folder):\n    return None\ndef predict_fn(data, model):\n    age = data['age'].to_numpy()\n    return {returns}\n"
        return churn({"code/inference.py": script}, table, *words)

    def test_come_from_single_outputs_as_probabilities_margins_or_labels(self):
        truth = TEST.churned == "yes"
        run = self.scripted("1 / (1 + np.exp(-(age - 40) / 10))")
        self.assertEqual(run.report["outputs"], "probabilities")
        self.assertAlmostEqual(run.gate["auc"], theirs.roc_auc_score(truth, TEST.age), 12)
        self.assertAlmostEqual(run.gate["accuracy"], theirs.accuracy_score(truth, TEST.age > 40), 12)
        run = self.scripted("age - 40")
        self.assertEqual(run.report["outputs"], "scores")
        self.assertAlmostEqual(run.gate["accuracy"], theirs.accuracy_score(truth, TEST.age > 40), 12)
        run = self.scripted("np.where(age > 40, 'yes', 'no')")
        self.assertEqual(run.report["outputs"], "labels")
        run = self.scripted("np.where(age > 40, 'yes', 'perhaps')")
        self.assertIn("the model gives classes that are none: 'perhaps'; the classes are no, yes", run.message)

    def test_of_outputs_in_another_order_are_named(self):
        returns = "np.column_stack([age > 40, age <= 40]).astype(float)"
        self.assertGreater(self.scripted(returns, "--labels", "yes", "no").gate["auc"], 0.6)
        self.assertLess(self.scripted(returns).gate["auc"], 0.4)
        run = self.scripted("np.column_stack([age, age, age])")
        self.assertIn("the model gives 3 outputs a row for 2 classes, no, yes; give labels", run.message)


class Registry:
    """SageMaker and S3 as far as the champion needs them."""

    def __init__(self, packages, artifacts=()):
        self.packages, self.artifacts, self.calls = packages, dict(artifacts), []

    def __call__(self, _service):
        return self

    def get_paginator(self, name):
        assert name == "list_model_packages"
        return self

    def paginate(self, **asked):
        self.calls.append(asked)
        yield {"ModelPackageSummaryList": []}  # as the service may
        yield {"ModelPackageSummaryList": [{"ModelPackageArn": arn} for arn in self.packages]}

    def describe_model_package(self, ModelPackageName):
        return self.packages[ModelPackageName]

    def download_file(self, bucket, key, target):
        pack(target, self.artifacts[f"s3://{bucket}/{key}"])


def package(uri, version=3):
    return {"ModelPackageVersion": version, "InferenceSpecification": {"Containers": [{"ModelDataUrl": uri}]}}


class Champions(unittest.TestCase):
    uri = "s3://models/churn/output/train-1/model.tar.gz"

    def against(self, artifact, metric="auc", model=None, *words):
        registry = Registry({"arn:3": package(self.uri)}, {self.uri: artifact})
        words = ["--champion-group", "churn", "--champion-metric", metric, *words]
        return churn(model or classifier(), None, *words, clients=registry), registry

    def test_are_the_newest_approved_package_of_the_group(self):
        run, registry = self.against({"model.joblib": classifier()})
        self.assertEqual(run.code, 0, run.output)
        self.assertEqual(
            registry.calls,
            [{"ModelPackageGroupName": "churn", "ModelApprovalStatus": "Approved", "SortBy": "CreationTime", "SortOrder": "Descending"}],
        )
        self.assertEqual((run.report["champion"]["package"], run.report["champion"]["version"]), ("arn:3", 3))

    def test_that_are_the_same_model_lose_and_win_nothing(self):
        run, _ = self.against({"model.joblib": classifier()})
        self.assertEqual(run.gate["champion_auc_loss"], 0)
        self.assertEqual(run.report["champion"]["loss"]["auc"], {"value": 0, "low": 0, "high": 0})

    def test_that_are_worse_make_the_loss_negative_whichever_way_the_metric_counts(self):
        weak = {"model.joblib": classifier(["member"])}
        for metric in ["auc", "log_loss", "auc@noise"]:
            run, _ = self.against(weak, metric, None, "--noise", "0.1")
            key = f"champion_{metric.replace('@', '_at_')}_loss"
            lost = run.report["champion"]["loss"][metric]
            self.assertLess(run.gate[key], 0, metric)
            self.assertLess(lost["high"], 0)
            self.assertLess(lost["low"], lost["value"])
        run, _ = self.against({"model.joblib": classifier()}, "auc", classifier(["member"]))
        self.assertGreater(run.gate["champion_auc_loss"], 0)

    def test_may_have_modules_of_the_same_names(self):
        def files(sign):
            script = "import side\ndef model_fn(folder):\n    return None\ndef predict_fn(data, model):\n    return side.of(data)\n"
            return {"code/inference.py": script, "code/side.py": f"def of(data):\n    return {sign}(data['age'].to_numpy() - 40)\n"}

        run, _ = self.against(files("-"), "auc", files("+"))
        self.assertAlmostEqual(run.gate["champion_auc_loss"], (1 - run.gate["auc"]) - run.gate["auc"], 12)

    def test_that_are_not_there_cost_nothing(self):
        run = churn(classifier(), None, "--champion-group", "churn", "--champion-metric", "auc", clients=Registry({}))
        self.assertEqual((run.code, run.gate["champion_auc_loss"], run.report["champion"]), (0, 0, None))

    def test_that_cannot_be_judged_fail_the_evaluation(self):
        for artifact, reason in [
            ({"model.joblib": b"broken"}, "the champion, version 3 cannot be judged in this image: the artifact cannot be loaded"),
            (
                {"model.joblib": classifier(["age", "spend"])},
                "the champion, version 3 cannot be judged on this test set: the test set lacks columns of the model: spend",
            ),
        ]:
            run, _ = self.against(artifact)
            self.assertIn(reason, run.message)
            self.assertEqual((run.code, run.files), (1, []))
        run, _ = self.against({"model.joblib": LinearSVC(dual=False).fit(TRAIN[NUMBERS], TRAIN.churned)}, "log_loss")
        self.assertIn("the champion, version 3 cannot be compared in log_loss: the model gives scores, no probabilities", run.message)
        run = churn(classifier(), None, "--champion-group", "churn", "--champion-metric", "auc", clients=Registry({"arn:3": package(self.uri)}))
        self.assertIn(f"the champion, version 3 cannot be read from {self.uri}", run.message)


class Contract(unittest.TestCase):
    def test_is_of_the_model_that_was_loaded(self):
        contract = churn(classifier()).contract
        self.assertEqual(contract["framework"], {"name": "scikit-learn", "version": sklearn.__version__})
        self.assertEqual(contract["python"].split(".")[:2], [str(part) for part in sys.version_info[:2]])
        self.assertEqual(contract["packages"]["numpy"], np.__version__)
        self.assertEqual(contract["artifact"]["files"], ["model.joblib"])
        self.assertEqual(
            contract["signature"],
            {
                "inputs": [{"name": "age", "type": "number"}, {"name": "visits", "type": "integer"}, {"name": "member", "type": "boolean"}],
                "byName": True,
                "outputs": {"kind": "probabilities", "classes": ["no", "yes"]},
            },
        )
        self.assertEqual(serving_contract.check(contract, serving_contract.server("scikit-learn", ["model.joblib"])), [])


class Columns(unittest.TestCase):
    """Values that pandas holds as objects or out of place, and files that other programs leave."""

    def read(self, *parts, kind="parquet", columns=None, **written):
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder, f"{index}.{kind}") for index, _ in enumerate(parts)]
            for path, part in zip(paths, parts):
                if kind == "csv":
                    path.write_bytes(part if isinstance(part, bytes) else part.encode())
                elif isinstance(part, pd.DataFrame):
                    part.to_parquet(path)
                else:
                    pq.write_table(part, path, **written)
            return tables.read(paths, kind, columns, 1_000_000)

    def test_with_flags_of_which_some_are_missing_hold_flags_in_each_file(self):
        gaps, full = pa.table({"a": pa.array([True, None])}), pa.table({"a": pa.array([False])})
        frame = self.read(gaps, full)
        self.assertEqual(tables.kind_of(frame["a"]), "boolean")
        np.testing.assert_array_equal(models.numbers(frame)[:, 0], [1, np.nan, 0])

    def test_with_decimals_hold_numbers_though_the_first_are_missing(self):
        late = pa.array([None] * 1500 + [Decimal("1.5")], pa.decimal128(5, 2))
        self.assertEqual(tables.kind_of(self.read(pa.table({"a": late}))["a"]), "number")

    def test_with_texts_as_a_dictionary_in_one_file_and_plain_in_another_hold_texts(self):
        coded, plain = pa.table({"a": pa.array(["x", "y"]).dictionary_encode()}), pa.table({"a": pa.array(["z"])})
        self.assertEqual(self.read(coded, plain)["a"].tolist(), ["x", "y", "z"])

    def test_of_days_and_of_instants_hold_times_up_to_the_year_9999_however_they_are_written(self):
        end = datetime(9999, 12, 31, 23)
        table = pa.table({"day": [date(9999, 12, 31)], "at": pa.array([end], pa.timestamp("us"))})
        for of_spark in [False, True]:
            frame = self.read(table, use_deprecated_int96_timestamps=of_spark)
            self.assertEqual([tables.kind_of(frame[name]) for name in frame], ["time", "time"])
            self.assertEqual(frame["at"][0].to_pydatetime(), end)

    def test_that_are_a_named_index_of_pandas_are_columns_and_its_numbers_of_rows_are_none(self):
        named = pd.DataFrame({"age": [40]}, index=pd.Index(["c7"], name="id"))
        self.assertEqual(self.read(named).to_dict("list"), {"id": ["c7"], "age": [40]})
        self.assertEqual(list(self.read(pd.DataFrame({"age": [40, 41]}, index=[3, 5]))), ["age"])

    def test_with_a_name_twice_are_refused(self):
        with self.assertRaisesRegex(Failed, "two columns of the name 'a'"):
            self.read(pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]))

    def test_of_another_kind_in_another_file_are_refused(self):
        flags, numbers = pa.table({"a": [True]}), pa.table({"a": [1]})
        with self.assertRaisesRegex(Failed, "column 'a' holds flags in 0.parquet, and numbers in 1.parquet"):
            self.read(flags, numbers)
        with self.assertRaisesRegex(Failed, "column 'a' holds numbers in 0.parquet, and times in 1.parquet"):
            self.read(numbers, pa.table({"a": [datetime(2026, 1, 31)]}))
        self.assertEqual(self.read(numbers, pa.table({"a": [1.5]}), pa.table({"a": pa.nulls(1)}))["a"].tolist()[:2], [1.0, 1.5])

    def test_of_one_value_in_a_million_rows_take_the_memory_of_a_million_values(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "a.parquet")
            pq.write_table(pa.table({"a": np.zeros(1_000_000)}), path)
            self.assertLess(path.stat().st_size, 100_000)
            with self.assertRaisesRegex(Failed, "the test set has more than 8,000,000 bytes"):
                tables.read([path], "parquet", None, 1_000_000, memory=16_000_000)

    def test_of_csv_with_fewer_or_more_values_than_names_are_refused_with_file_and_line(self):
        for text, columns, words in [
            ("a,b\n1,2\n3\n", None, "0.csv has 1 values in line 3, 2 are in its header"),
            ('a,b,c\n1,"x\n\ny",3\n\n1,2\n', None, "0.csv has 2 values in line 6, 3 are in its header"),
            ("a,b\n1,2,\n3,4,\n", None, "0.csv has 3 values in line 2, 2 are in its header"),
            ("1,2\n3\n", ["a", "b"], "0.csv has 1 values in line 2, 2 are named"),
            ("1,2,3\n", ["a", "b"], "0.csv has 3 values in line 1, 2 are named"),
            ('a,b\n"1,2\n3,4\n', None, "0.csv has 1 values in line 2, 2 are in its header"),
        ]:
            with self.subTest(words), self.assertRaisesRegex(Failed, words):
                self.read(text, kind="csv", columns=columns)

    def test_of_csv_are_read_whatever_wrote_the_lines_and_compressed_them(self):
        expected = {"a": ['x\r\n"y",'], "b": [2]}
        text = '\r\na,b\r\n"x\r\n""y"",",2\r\n  \r\n'.encode()
        for content in [text, b"\xef\xbb\xbf" + text.lstrip(), gzip.compress(text), bz2.compress(text), lzma.compress(text)]:
            self.assertEqual(self.read(content, kind="csv").to_dict("list"), expected)
        self.assertEqual(self.read(b"\xef\xbb\xbf1\r2\r", kind="csv", columns=["a"])["a"].tolist(), [1, 2])
        self.assertEqual(self.read("", "a,b\n", "a,b\n1,2\n", kind="csv").to_dict("list"), {"a": [1], "b": [2]})

    def test_of_csv_in_another_encoding_or_cut_off_are_refused(self):
        for content, words in [
            ("a\n\u00e9\n".encode("latin-1"), "0.csv is not UTF-8"),
            ("a\n\u00e9\n".encode("utf-16"), "0.csv is not UTF-8"),
            ("a\n1\n".encode("utf-16-le"), "0.csv holds a NUL character; a CSV file must be UTF-8, not UTF-16"),
            (gzip.compress(b"a\n1\n" * 100)[:-9], "0.csv is no csv file: EOFError"),
        ]:
            with self.subTest(words), self.assertRaisesRegex(Failed, words):
                self.read(content, kind="csv")
        run = Run(classifier(), {"a.csv.snappy": b"x"}, *CHURN[:-1], "csv")
        self.assertIn("a.csv.snappy is compressed as snappy; give it as gzip, bzip2, xz, or plain", run.message)

    def test_of_csv_hold_each_number_as_it_is_written(self):
        random = np.random.default_rng(11)
        bits = random.integers(0, 2**63, 5000, dtype=np.int64).view(np.float64)
        written = [*bits[np.isfinite(bits)].tolist(), 0.1 + 0.2, 5e-324, 1.7976931348623157e308]
        text = "a\n" + "".join(f"{number!r}\n" for number in written)
        self.assertEqual(self.read(text, kind="csv")["a"].tolist(), written)


class Boosters(unittest.TestCase):
    """Boosters of XGBoost give what SageMaker's image serves."""

    def setUp(self):
        import xgboost

        self.xgboost = xgboost
        random = np.random.default_rng(1)
        self.city = random.choice(["Oslo", "Rome", "Lima", "Bern"], 1500)
        self.rows = pd.DataFrame({"city": pd.Categorical(self.city, ["Oslo", "Rome", "Lima", "Bern"]), "n": random.normal(size=1500)})
        self.truth = (np.isin(self.city, ["Rome", "Bern"]) ^ (random.random(1500) < 0.1)).astype(int)
        self.options = {"objective": "binary:logistic", "learning_rate": 0.5, "seed": 1}

    def loaded(self, content):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "xgboost-model").write_bytes(content)
            return models.xgboost_model(Path(folder))

    def stopped(self):
        data = self.xgboost.DMatrix(self.rows[["n"]], self.truth)  # noise only: the first rounds are the best
        other = self.xgboost.DMatrix(self.rows[["n"]][::-1].reset_index(drop=True), self.truth)
        booster = self.xgboost.train(self.options, data, 100, [(other, "other")], early_stopping_rounds=5, verbose_eval=False)
        self.assertLess(booster.best_iteration + 1, booster.num_boosted_rounds())
        return booster, self.xgboost.DMatrix(self.rows[["n"]])

    def test_that_stopped_early_are_judged_by_all_rounds_as_they_are_served_and_a_warning_says_so(self):
        booster, data = self.stopped()
        best, rounds = booster.best_iteration + 1, booster.num_boosted_rounds()
        every, first = (booster.predict(data, iteration_range=(0, count)) for count in [rounds, best])
        self.assertGreater(np.abs(every - first).max(), 0.01)
        for content in [bytes(booster.save_raw("ubj")), pickle.dumps(booster)]:
            model = self.loaded(content)
            np.testing.assert_array_equal(model.predict(self.rows[["n"]])[1], every)
            self.assertEqual(len(model.warnings), 1)
            self.assertIn(f"the server takes all {rounds} rounds, not the best {best}: save booster[:", model.warnings[0])
        sliced = self.loaded(bytes(booster[:best].save_raw("ubj")))
        np.testing.assert_array_equal(sliced.predict(self.rows[["n"]])[1], first)
        self.assertEqual(list(sliced.warnings), [])
        # the image asks for this attribute, which a pickle keeps
        booster.best_ntree_limit = best
        model = self.loaded(pickle.dumps(booster))
        np.testing.assert_array_equal(model.predict(self.rows[["n"]])[1], first)
        self.assertEqual(list(model.warnings), [])

    def test_that_stopped_early_have_the_warning_in_the_report(self):
        booster, _ = self.stopped()
        table = pd.DataFrame({"n": self.rows.n, "churned": self.truth})
        run = Run({"xgboost-model": bytes(booster.save_raw("ubj"))}, table, *CHURN, framework="xgboost")
        self.assertEqual(run.code, 0, run.output)
        self.assertIn("training stopped early", run.report["warnings"][0])
        self.assertIn("training stopped early", run.message)

    def trained_on_categories(self):
        data = self.xgboost.DMatrix(self.rows, self.truth, enable_categorical=True)
        return self.xgboost.train(self.options, data, 10)

    def test_of_categories_get_those_of_their_training_whatever_dictionary_a_file_has(self):
        booster = self.trained_on_categories()
        expected = booster.predict(self.xgboost.DMatrix(self.rows, enable_categorical=True))
        model = self.loaded(bytes(booster.save_raw("ubj")))
        for city in [pd.Categorical(self.city, ["Bern", "Lima", "Rome", "Oslo"]), self.city, self.rows.city.cat.codes]:
            np.testing.assert_array_equal(model.predict(self.rows.assign(city=city))[1], expected)
        with self.assertRaisesRegex(Failed, "column 'city' has categories that the model does not know: 'Paris'; it knows 'Oslo', 'Rome'"):
            model.predict(self.rows.assign(city=np.where(self.city == "Oslo", "Paris", self.city)))
        numbered = self.rows.assign(city=pd.Categorical(pd.Series(self.city).map({"Oslo": 1, "Rome": 2, "Lima": 3, "Bern": 0})))
        booster = self.xgboost.train(self.options, self.xgboost.DMatrix(numbered, self.truth, enable_categorical=True), 10)
        with self.assertRaisesRegex(Failed, "column 'city' holds numbers, and the model's categories are numbers too"):
            self.loaded(bytes(booster.save_raw("ubj"))).predict(numbered.assign(city=numbered.city.astype(int)))

    def test_that_know_only_numbers_of_categories_refuse_the_dictionary_of_a_file(self):
        codes = self.rows.assign(city=self.rows.city.cat.codes.astype(float))
        data = self.xgboost.DMatrix(codes, self.truth, feature_types=["c", "q"], enable_categorical=True)
        booster = self.xgboost.train(self.options, data, 10)
        model = self.loaded(bytes(booster.save_raw("ubj")))
        np.testing.assert_array_equal(model.predict(codes)[1], booster.predict(data))
        with self.assertRaisesRegex(Failed, "column 'city' holds categories, of which the model knows only the numbers"):
            model.predict(self.rows)
        # as XGBoost before 3.1, which kept no categories
        old = self.trained_on_categories()
        with mock.patch.object(self.xgboost.Booster, "get_categories", new_callable=mock.PropertyMock, side_effect=AttributeError):
            with self.assertRaisesRegex(Failed, "knows only the numbers"):
                self.loaded(bytes(old.save_raw("ubj"))).predict(self.rows)

    def test_take_flags_of_which_some_are_missing(self):
        flags = pd.DataFrame({"n": pd.Series([True, None, False] * 500, dtype=object)})
        booster = self.xgboost.train(self.options, self.xgboost.DMatrix(flags.astype(float), self.truth), 10)
        expected = booster.predict(self.xgboost.DMatrix(flags.astype(float)))
        np.testing.assert_array_equal(self.loaded(bytes(booster.save_raw("ubj"))).predict(flags)[1], expected)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
