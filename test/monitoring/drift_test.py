"""
The drift program with the packages of the image: each distance against scipy or statsmodels, false alarms over 1,000 seeded runs,
power, and whole runs on files. Run by test/e2e/statistics/programs.test.ts.
"""

import contextlib
import io
import json
import math
import os
import sys
import unittest
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

import numpy as np
import pyarrow
from pyarrow import parquet
from scipy import stats
from scipy.spatial import distance
from statsmodels.stats import multitest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "serving"))
sys.dont_write_bytecode = True

import capture_files as files  # noqa: E402
from capture_files import START, body, event, scratch  # noqa: E402

from captured import Failed  # noqa: E402
from drift_report import distances, main  # noqa: E402
from drift_report.judgement import judge, reasons_of  # noqa: E402
from drift_report.profiles import POINTS, Baseline, NumberProfile, baseline_of, binned, profile_of  # noqa: E402
from drift_report.settings import Settings, settings_in  # noqa: E402

# every difference counts, however small: the tests alone decide
BARE = Settings("m", level=0.05, psi=0, missing=0, new_categories=0)
RUNS = 1000


def most(runs, level):
    """More than so many of `runs` happen with a chance of one in a thousand if each has a chance of `level`."""
    return int(stats.binom.ppf(0.999, runs, level))


def table(random, rows):
    """Columns as features are: some hang together, some have ties, gaps, rare categories or a long tail of them."""
    first, second = random.normal(size=(2, rows))
    second = 0.7 * first + 0.7 * second
    return {
        "income": np.exp(first).tolist(),
        "age": second.tolist(),
        "spend": np.where(second > 0.5, second, 0.0).tolist(),
        "score": [None if gone else value for gone, value in zip(random.random(rows) < 0.05, (first - second).tolist())],
        "member": (first > 1.2).tolist(),
        "city": random.choice(["Oslo", "Rome", "Lima", "Bonn", "Kiel"], rows, p=[0.5, 0.3, 0.15, 0.04, 0.01]).tolist(),
        "shop": np.minimum(random.zipf(1.3, rows), 5000).astype(str).tolist(),
        "prediction": stats.norm.cdf(first + second).tolist(),
    }


NAMES = ["city", "shop"]


class Distances(unittest.TestCase):
    def test_kolmogorov_smirnov_is_that_of_scipy(self):
        random = np.random.default_rng(1)
        for trial in range(40):
            m, n = (int(size) for size in random.integers(60, 3000, 2))
            baseline, sample = random.normal(size=m), random.normal(0.1 * (trial % 3), 1, n)
            if trial % 2:
                baseline, sample = baseline.round(1), sample.round(1)
            expected = stats.ks_2samp(baseline, sample, method="asymp")
            found, p = distances.kolmogorov_smirnov(profile_of(baseline.tolist(), False), np.sort(sample))
            self.assertAlmostEqual(found, expected.statistic, 12)
            self.assertAlmostEqual(p, expected.pvalue, 12)

    def test_a_profile_in_a_file_never_says_more_than_the_data(self):
        random = np.random.default_rng(2)
        for trial in range(20):
            baseline, sample = random.gamma(2, size=20_000), random.gamma(2 + 0.05 * trial, size=2000)
            exact, p_exact = distances.kolmogorov_smirnov(profile_of(baseline.tolist(), False), np.sort(sample))
            found, p = distances.kolmogorov_smirnov(profile_of(baseline.tolist(), False, POINTS), np.sort(sample))
            self.assertLessEqual(found, exact)
            self.assertGreaterEqual(found, exact - 1.5 / (POINTS - 1))
            self.assertGreaterEqual(p, p_exact)

    def test_jensen_shannon_is_that_of_scipy(self):
        random = np.random.default_rng(3)
        for _ in range(20):
            first, second = random.poisson(3, (2, 12)) + np.eye(12)[0]
            expected = distance.jensenshannon(first, second, base=2)
            self.assertAlmostEqual(distances.jensen_shannon(first, second), expected, 12)

    def test_stability_index_is_the_sum_of_two_divergences(self):
        random = np.random.default_rng(4)
        for _ in range(20):
            first, second = random.poisson(40, (2, 10))
            p, q = ((counts + 0.5) / (counts + 0.5).sum() for counts in (first, second))
            expected = stats.entropy(p, q) + stats.entropy(q, p)
            self.assertAlmostEqual(distances.stability_index(first, second), expected, 12)
        self.assertTrue(np.isfinite(distances.stability_index([100, 0], [0, 100])))

    def test_homogeneity_is_the_g_test_of_scipy(self):
        random = np.random.default_rng(5)
        for _ in range(20):
            counts = random.poisson(20, (2, 8)) + 1
            expected = stats.chi2_contingency(counts, correction=False, lambda_="log-likelihood").pvalue
            self.assertAlmostEqual(distances.homogeneity(counts.astype(float)), expected, 12)
        self.assertIsNone(distances.homogeneity(np.array([[5.0], [9.0]])))

    def test_holm_is_that_of_statsmodels(self):
        values = np.random.default_rng(6).random(30) ** 3
        expected = multitest.multipletests(values, method="holm")[1]
        found = distances.holm(dict(enumerate(values)))
        self.assertTrue(np.allclose([found[index] for index in range(30)], expected, atol=1e-15))

    def test_rare_categories_share_a_cell_by_both_samples_together(self):
        names, counts = distances.cells({"a": 900, "b": 90, **{f"r{n}": 1 for n in range(30)}}, {"a": 450, "new": 60, "other": 3})
        self.assertEqual(names, ["a", "b", "new", "(rare)"])
        self.assertEqual(counts.tolist(), [[900, 90, 0, 30], [450, 0, 60, 3]])
        names, counts = distances.cells({"a": 900, "b": 90, "r": 1}, {"a": 450, "b": 40})
        self.assertEqual((names, counts.tolist()), (["a", "b"], [[900, 91], [450, 40]]))

    def test_bins_hold_tenths_of_the_baseline(self):
        values = np.random.default_rng(7).normal(size=5000)
        profile = profile_of(values.tolist(), False)
        self.assertEqual(profile.counts, [500] * 10)
        self.assertEqual(binned(values, profile.edges).tolist(), profile.counts)
        flags = profile_of([0] * 70 + [1] * 30, False)
        self.assertEqual(flags.counts, [0, 70, 0, 30, 0])  # a value that many rows have has a bin of its own

    def test_values_beyond_the_baseline_are_as_likely_as_drawing_them(self):
        random = np.random.default_rng(3)
        for m, n in ((60, 100), (100, 60), (500, 20)):
            baseline = profile_of(random.normal(size=m).tolist(), False)
            sample = np.sort(np.append(random.normal(size=n - 5) / 9, [9.0] * 5))
            rate, p = distances.beyond(baseline, sample)
            # all five largest of both are of the sample: none of the baseline is drawn
            self.assertAlmostEqual(p, 2 * stats.hypergeom.sf(4, n + m, n, 5), 12)
            self.assertEqual(rate, 5 / n)
        self.assertEqual(distances.beyond(baseline, np.sort(random.choice(baseline.values, 50))), (0, 1))


class Values(unittest.TestCase):
    """Columns as programs write them, compared as with the defaults."""

    ROWS = 2000

    def setUp(self):
        self.random = np.random.default_rng(11)
        self.numbers = self.random.normal(size=self.ROWS).tolist()

    def one(self, baseline, sample, names=()):
        made = Baseline.from_json(baseline_of({"x": baseline}, names, POINTS).to_json())
        (one,) = judge(made, {"x": sample}, Settings("m"))
        json.dumps(one.as_json(), allow_nan=False)
        return one

    def test_of_a_constant_that_becomes_another_have_drifted_whichever_way(self):
        for new in (3.0, 4.999, 5.001, 7.0):
            self.assertTrue(self.one([5.0] * self.ROWS, [new] * self.ROWS).drifted, new)
        self.assertFalse(self.one([5.0] * self.ROWS, [5] * 500).drifted)
        for limit in (0.0, -1.7e308, 1.7e308):
            self.assertFalse(self.one([limit] * self.ROWS, [limit] * 500).drifted, limit)

    def test_that_most_rows_have_are_told_from_those_just_below(self):
        spend = np.where(self.random.random(self.ROWS) < 0.8, 0.0, self.random.exponential(size=self.ROWS))
        self.assertTrue(self.one(spend.tolist(), np.where(spend == 0, -1.0, spend).tolist()).drifted)
        self.assertTrue(self.one([0, 1] * 1000, [0.5, 1] * 1000).drifted)

    def test_far_beyond_those_of_the_baseline_have_drifted_though_no_bin_sees_it(self):
        sample = [value * 1e6 if abs(value) > 1.29 else value for value in self.random.normal(size=self.ROWS)]
        one = self.one(self.numbers, sample)
        self.assertLess(one.psi, 0.1)
        self.assertEqual(one.drifted, True)
        self.assertIn("are beyond all of the baseline, at least 1.0%", one.reasons[0])
        few = self.one(self.numbers, self.random.normal(size=self.ROWS - 2).tolist() + [1e9, -1e9])
        self.assertEqual((few.drifted, few.beyond_rate >= 0.001), (False, True))

    def test_in_single_precision_are_those_in_double(self):
        prices = [round(value, 1) for value in self.random.choice([0.1, 0.3, 0.7, 1.9], self.ROWS)]
        other = [float(np.float32(value)) for value in self.random.permutation(prices)]
        for one in (self.one(prices, other), self.one(other, prices)):
            self.assertEqual((one.kolmogorov_smirnov, one.drifted), (0, False))
            self.assertLess(one.psi, 1e-9)
        large = [16_777_216 + value for value in range(self.ROWS)]  # what single precision cannot tell apart is one value
        self.assertFalse(self.one(large, [float(np.float32(value)) for value in large]).drifted)

    def test_of_numbers_stay_numbers_with_a_few_texts_and_infinities_among_them(self):
        moved = [value + 3 for value in self.numbers]
        for strange in ([math.inf], ["-"], ["n/a"] * 50, [10**400], [-math.inf, "Infinity"]):
            for baseline in (strange + self.numbers, self.numbers + strange):
                one = self.one(baseline, moved)
                self.assertEqual((one.kind, one.drifted, one.psi > 1), ("number", True, True), strange)
                self.assertAlmostEqual(one.baseline_missing_rate, len(strange) / len(baseline))
                self.assertFalse(self.one(baseline, self.numbers + strange).drifted)
        self.assertEqual(self.one(["A1", "7"] * 1000, ["A1", "7"] * 500).kind, "category")
        self.assertEqual(self.one(["12_34"] * self.ROWS, ["1234"] * 500).new_rate, 1)

    def test_that_are_flags_are_those_that_are_0_and_1(self):
        flags = [bool(value < 0.3) for value in self.random.random(self.ROWS)]
        forms = [flags, [int(one) for one in flags], [float(one) for one in flags], [str(one) for one in flags], [str(int(one)) for one in flags]]
        for baseline in forms:
            for sample in forms:
                for names in ((), ["x"]):
                    one = self.one(baseline, sample, names)
                    self.assertEqual((one.drifted, one.missing_rate, one.new_rate or 0), (False, 0, 0), (baseline[0], sample[0], names))
                    self.assertTrue(self.one(baseline, [value for value in sample if value == sample[0]], names).drifted)

    def test_that_are_all_different_are_not_judged(self):
        vectors = [[value, 1.0] for value in self.numbers]
        for baseline, sample in (([f"c{n}" for n in range(self.ROWS)], [f"d{n}" for n in range(500)]), (vectors, vectors[::-1])):
            one = self.one(baseline, sample)
            self.assertEqual((one.not_judged, one.psi), ("none of its values is frequent: an identifier; leave it out, or make groups of them", None))

    def test_that_are_times_are_not_judged(self):
        days = [datetime(2026, 1, 1 + number % 28) for number in range(self.ROWS)]
        for form in (lambda at: at, lambda at: at.date(), lambda at: at.isoformat(), lambda at: f"{at:%Y-%m-%d}", lambda at: f"{at}+02:00"):
            one = self.one([form(at) for at in days], [form(at + timedelta(days=60)) for at in days])
            self.assertIn("it holds times", one.not_judged)
            self.assertFalse(one.drifted)
        self.assertEqual(self.one([f"{at:%Y-%m-%d}" for at in days], ["2027-01-01"] * 500, ["x"]).kind, "category")

    def test_that_say_there_is_none_are_missing(self):
        for none in (None, math.nan, "nan", "-nan", "NAN", "NaT", "<NA>", "null", "", " ", "\\N"):
            one = self.one(self.numbers, [none] * 400 + [str(value) for value in self.numbers])
            self.assertEqual((one.invalid_rate, round(one.missing_rate, 3)), (0, 0.167), none)


class Alarms(unittest.TestCase):
    """Over seeded runs on data without and with drift."""

    @classmethod
    def setUpClass(cls):
        cls.found = []
        for seed in range(RUNS):
            random = np.random.default_rng(seed)
            cls.found.append(judge(baseline_of(table(random, 700), NAMES), table(random, 400), BARE))

    def p_values(self):
        return [[p for one in run for p in (one.p_distribution, one.p_missing, one.p_beyond) if p is not None] for run in self.found]

    def test_false_ones_are_within_the_level_over_all_features(self):
        alarms = sum(any(one.drifted for one in run) for run in self.found)
        print(f"measured: false alarms at level {BARE.level}: {alarms} of {RUNS} runs", file=sys.stderr)
        self.assertLessEqual(alarms, most(RUNS, BARE.level))
        self.assertGreater(alarms, 5)  # so many that the level is used, and the test has something to see

    def test_without_the_correction_they_would_not_be(self):
        naive = sum(min(run) <= BARE.level for run in self.p_values())
        print(f"measured: without the correction: {naive} of {RUNS} runs", file=sys.stderr)
        self.assertGreater(naive, 4 * RUNS * BARE.level)

    def test_no_single_test_rejects_more_often_than_its_level(self):
        for level in (0.05, 0.01):
            for index, one in enumerate(self.found[0]):
                for test in ("p_distribution", "p_missing", "p_beyond"):
                    values = [p for run in self.found for p in [getattr(run[index], test)] if p is not None]
                    rejected = sum(p <= level for p in values)
                    self.assertLessEqual(rejected, most(max(1, len(values)), level), (one.name, test))

    def test_thresholds_leave_fewer(self):
        settings = Settings("m", level=0.05)
        alarms = sum(any(reasons_of(one, settings) for one in run) for run in self.found)
        print(f"measured: false alarms with thresholds at level {settings.level}: {alarms} of {RUNS} runs", file=sys.stderr)
        self.assertLessEqual(alarms, sum(any(one.drifted for one in run) for run in self.found))

    def test_hundreds_of_new_categories_in_a_long_tail_are_none(self):
        alarms = 0
        for seed in range(200):
            random = np.random.default_rng(seed)
            tail = lambda rows: {"id": random.integers(0, 8000, rows).astype(str).tolist()}  # noqa: E731
            (one,) = judge(baseline_of(tail(3000), ["id"]), tail(1000), BARE)
            alarms += one.drifted
            self.assertGreater(one.new_rate, 0.5)
        self.assertLessEqual(alarms, most(200, BARE.level))

    def test_power(self):
        settings = Settings("m", level=0.01)
        changes = {
            "age": lambda random, values: [value + 0.5 for value in values],
            "income": lambda random, values: [value * 1.8 for value in values],
            "score": lambda random, values: [None if random.random() < 0.15 else value for value in values],
            "city": lambda random, values: ["Pisa" if random.random() < 0.04 else value for value in values],
            "spend": lambda random, values: [value if random.random() < 0.5 else 0.0 for value in values],
            "prediction": lambda random, values: [value**2 for value in values],
        }
        for name, change in changes.items():
            hits = others = 0
            for seed in range(25):
                random = np.random.default_rng(10_000 + seed)
                baseline, sample = baseline_of(table(random, 3000), NAMES), table(random, 1500)
                sample[name] = change(random, sample[name])
                found = {one.name: one.drifted for one in judge(baseline, sample, settings)}
                hits += found.pop(name)
                others += any(found.values())
            print(f"measured: drift of {name} found in {hits} of 25 runs", file=sys.stderr)
            self.assertGreaterEqual(hits, 23, name)
            self.assertLessEqual(others, most(25, settings.level), name)


class Cloud:
    """Keeps what is published."""

    def __init__(self):
        self.metrics = []

    def __call__(self, service):
        return self

    def put_metric_data(self, Namespace, MetricData):
        self.metrics += [(Namespace, one) for one in MetricData]

    def value(self, name, feature=None):
        wanted = {"Monitor": "churn", **({"Feature": feature} if feature else {})}
        found = [one["Value"] for _, one in self.metrics if one["MetricName"] == name and dimensions(one) == wanted]
        return found[0] if len(found) == 1 else found


def dimensions(one):
    return {each["Name"]: each["Value"] for each in one["Dimensions"]}


class Runs(unittest.TestCase):
    """From files to a report and metrics."""

    FEATURES = ["age", "city", "visits"]

    def setUp(self):
        self.folder = scratch(self)
        self.settings = {"monitor": "churn", "features": self.FEATURES, "ignored": ["id", "churned"], "variants": ["all"]}

    def customers(self, rows, seed, older=0.0, city=None):
        random = np.random.default_rng(seed)
        return {
            "age": random.normal(40 + older, 10, rows).round(2).tolist(),
            "city": [city or one for one in random.choice(["Oslo", "Rome", "Lima"], rows)],
            "visits": random.poisson(5, rows).tolist(),
        }

    def training_data(self, rows=3000):
        data = self.customers(rows, 1)
        columns = {"id": list(range(rows)), **data, "churned": ["no"] * rows, "prediction": [age / 100 for age in data["age"]]}
        (self.folder / "train").mkdir(exist_ok=True)
        parquet.write_table(pyarrow.table(columns), self.folder / "train" / "part-0.parquet")

    def capture(self, rows=1000, **change):
        data = self.customers(rows, 2, **change)
        events = []
        for number, (age, city, visits) in enumerate(zip(*data.values())):
            at = START + timedelta(seconds=number * 80)
            answer = f"{age / 100}"
            if number % 2:
                given = body("INPUT", json.dumps({"instances": [{"age": age, "city": city, "visits": visits}]}), "application/json")
                answer = body("OUTPUT", json.dumps({"predictions": [float(answer)]}), "application/json", "BASE64")
            else:
                given = f"{age},{city},{visits}\n"
            events.append(event(number, at, given, answer))
        files.write(self.folder / "captured" / "all", events)

    def run_program(self, *words, **settings):
        (self.folder / "settings.json").write_text(json.dumps({**self.settings, **settings}))
        cloud, output = Cloud(), io.StringIO()
        message = self.folder / "message"
        given = [*words, "--settings", str(self.folder / "settings.json"), "--message-file", str(message)]
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            code = main.main(given, cloud)
        return code, message.read_text(), cloud

    def judge(self, baseline="train", **settings):
        words = ["judge", "--baseline", str(self.folder / baseline), "--captured", str(self.folder / "captured")]
        words += ["--report", str(self.folder / "reports"), "--until", "2026-11-02T00:15:00Z"]
        if baseline == "train":
            settings = {"baselineFormat": "parquet", **settings}
        code, message, cloud = self.run_program(*words, **settings)
        reports = sorted((self.folder / "reports").rglob("report.json"))
        report = json.loads(reports[-1].read_text()) if reports else None
        return code, message, report, cloud

    def test_the_same_customers_have_no_drift(self):
        self.training_data()
        self.capture()
        code, message, report, cloud = self.judge()
        self.assertEqual((code, report["state"], report["rows"]), (0, "NO_DRIFT", 1000), message)
        self.assertEqual({one["name"] for one in report["features"]}, {*self.FEATURES, "prediction"})
        self.assertEqual((cloud.value("DriftedFeatures"), cloud.value("Judged"), cloud.value("Rows")), (0, 1, 1000))
        self.assertLess(cloud.value("PSI", "age"), 0.1)
        self.assertTrue((self.folder / "reports" / "2026-11-02T000000Z" / "report.md").is_file())

    def test_older_customers_of_a_new_city_drift_with_what_is_predicted_for_them(self):
        self.training_data()
        self.capture(older=6, city="Pisa")
        code, message, report, cloud = self.judge(featureMetrics=["PSI", "NewCategories", "Drifted"])
        self.assertEqual((code, report["state"], report["drifted"]), (0, "DRIFT", ["age", "city", "prediction"]))
        self.assertEqual(message, "DRIFT in 1,000 rows: age, city, prediction")
        self.assertEqual((cloud.value("DriftedFeatures"), cloud.value("Drifted", "visits")), (3, 0))
        self.assertEqual(cloud.value("NewCategories", "city"), 1)
        city = next(one for one in report["features"] if one["name"] == "city")
        self.assertEqual((city["newCategories"], sorted(city["goneCategories"])), ({"Pisa": 1000}, ["Lima", "Oslo", "Rome"]))
        markdown = (self.folder / "reports" / "2026-11-02T000000Z" / "report.md").read_text()
        self.assertIn("**3 of 4 columns have drifted.**", markdown)
        self.assertIn("100.0% of the rows have new categories", markdown)

    def test_requests_of_smoke_tests_are_no_drift(self):
        self.training_data()
        self.capture()
        samples = [event(f"smoke-{number}", START, "90,Pisa,50", "0.9", f"smoke-{number}") for number in range(400)]
        files.write(self.folder / "captured" / "all", samples)
        _, message, report, cloud = self.judge()
        self.assertEqual((report["state"], report["rows"], cloud.value("Rows")), ("NO_DRIFT", 1000, 1000), message)
        self.assertEqual((report["captured"]["records"], report["captured"]["smokeTests"]), (1000, 400))
        markdown = (self.folder / "reports" / "2026-11-02T000000Z" / "report.md").read_text()
        self.assertIn("- Left out: 400 requests of smoke tests", markdown)
        for one in samples:
            one["eventMetadata"].update(eventId=f"client-{one['eventMetadata']['eventId']}", inferenceId="client")
        files.write(self.folder / "captured" / "all", samples)
        self.assertEqual(self.judge()[2]["state"], "DRIFT", "without the id of a test they are")

    def test_a_profile_in_a_file_gives_the_same_verdict(self):
        self.training_data()
        self.capture(older=6)
        profile = str(self.folder / "profile.json")
        code, message, _ = self.run_program("baseline", "--data", str(self.folder / "train"), "--format", "parquet", "--profile", profile)
        self.assertEqual(code, 0, message)
        self.assertRegex(message, "a baseline of 3,000 rows and 4 columns, sha256 [0-9a-f]{64}")
        _, _, report, _ = self.judge("profile.json")
        _, _, exact, _ = self.judge()
        self.assertEqual(report["drifted"], exact["drifted"])
        self.assertEqual([one["psi"] for one in report["features"]], [one["psi"] for one in exact["features"]])

    def test_captured_data_of_a_good_week_can_be_the_baseline(self):
        self.capture()
        words = ["baseline", "--captured", str(self.folder / "captured"), "--since", "2026-11-01T00:00:00Z", "--until", "2026-11-02T00:00:00Z"]
        code, message, _ = self.run_program(*words, "--profile", str(self.folder / "profile.json"))
        self.assertEqual(code, 0, message)
        self.assertEqual(self.judge("profile.json")[2]["drifted"], [])

    def test_a_profile_holds_no_rows(self):
        profile = json.loads(baseline_of({"age": np.random.default_rng(1).normal(size=50_000).tolist()}, [], POINTS).to_json())
        self.assertLessEqual(len(profile["features"]["age"]["values"]), POINTS)
        self.assertEqual(Baseline.from_json(json.dumps(profile)).features["age"].rows, 50_000)
        self.assertIsInstance(Baseline.from_json(json.dumps(profile)).features["age"], NumberProfile)

    def test_too_few_rows_are_not_judged(self):
        self.training_data()
        self.capture(rows=100, older=30)
        code, _, report, cloud = self.judge()
        self.assertEqual((code, report["state"], report["features"]), (0, "TOO_FEW_ROWS", []))
        self.assertEqual((cloud.value("Judged"), cloud.value("Rows"), cloud.value("DriftedFeatures")), (0, 100, []))

    def test_a_feature_that_is_no_longer_sent_is_missing(self):
        self.training_data()
        self.capture()
        _, _, report, _ = self.judge(features=["age", "town", "visits"])
        # CSV names it otherwise, and JSON does not have it
        self.assertIn("city", report["drifted"])
        self.assertEqual(next(one for one in report["features"] if one["name"] == "city")["missingRate"], 1)

    def test_texts_among_numbers_count_as_missing(self):
        baseline = baseline_of({"age": [float(n) for n in range(1000)]}, [])
        (one,) = judge(baseline, {"age": [str(n) for n in range(900)] + ["unknown"] * 100}, BARE)
        self.assertEqual((one.invalid_rate, one.missing_rate, one.drifted), (0.1, 0.1, True))

    def test_an_identifier_is_not_judged(self):
        baseline = baseline_of({"id": [f"c{n}" for n in range(20_000)]}, [])
        (one,) = judge(baseline, {"id": ["x"] * 1000}, BARE)
        self.assertIn("20,000 different values: an identifier", one.not_judged)
        self.assertFalse(one.drifted)

    def test_values_are_the_same_however_they_are_written(self):
        baseline = baseline_of({"flag": [True, False] * 300, "zip": [10115.0, 20095.0] * 300, "n": [1, 2] * 300}, ["zip"])
        sample = {"flag": ["true", "False"] * 300, "zip": ["10115", "20095.0"] * 300, "n": ["1.0", "2"] * 300}
        for one in judge(baseline, sample, BARE):
            self.assertEqual((one.drifted, one.new_categories, one.invalid_rate), (False, {}, 0.0), one.name)

    def test_many_rows_are_a_random_part_of_all(self):
        columns = main.Columns(1000, 1)
        for number in range(5000):
            columns.add({"n": number})
        (values,) = columns.by_name([]).values()
        self.assertEqual((columns.seen, len(values)), (5000, 1000))
        self.assertLess(abs(np.mean(values) - 2500), 5 * 1443 / 1000**0.5)

    def test_what_cannot_be_judged_ends_with_the_reason(self):
        self.training_data()
        self.capture()
        for settings, reason in [
            ({"features": ["a", "b", "c"], "predictions": ["p"]}, "has none of the columns of the baseline; it has a, b, c, p"),
            ({"features": ["age"]}, "50.0% of the records cannot be read, the limit is 5.0%; 500 times: a row has 3 values, 1 features are named"),
            ({"level": 2}, "level must be more than 0, at most 0.2, got 2"),
            ({"psy": 1}, "the settings have psy, which this program does not know"),
            ({"baselineFormat": "xml"}, "must be one of csv, parquet, json, got 'xml'"),
        ]:
            code, message, report, cloud = self.judge(**settings)
            self.assertEqual((code, report, cloud.metrics), (1, None, []), message)
            self.assertIn(reason, message)
        (self.folder / "old.json").write_text('{"version": 0}')
        self.assertIn("the baseline has version 0, this program reads 1; make it anew", self.judge("old.json")[1])
        (self.folder / "none.json").write_text("[]")
        self.assertIn("is no profile of this program", self.judge("none.json")[1])

    def test_the_time_of_the_schedule_is_the_end_of_the_window(self):
        self.training_data()
        self.capture()
        words = ["judge", "--baseline", str(self.folder / "train"), "--captured", str(self.folder / "captured")]
        with mock.patch.dict(os.environ, {"MLOPS_CAUSE": "schedule:2026-11-01T12:15:00Z"}):
            code, message, cloud = self.run_program(*words, "--report", str(self.folder / "reports"), baselineFormat="parquet")
        self.assertEqual((code, message), (0, "NO_DRIFT in 540 rows"))

    def test_settings_have_the_defaults_that_are_documented(self):
        (self.folder / "settings.json").write_text('{"monitor": "churn"}')
        found = settings_in(str(self.folder / "settings.json"))
        self.assertEqual((found.level, found.min_rows, found.psi, found.missing, found.new_categories), (0.01, 500, 0.1, 0.05, 0.01))
        with self.assertRaisesRegex(Failed, "cannot be read"):
            settings_in(str(self.folder / "nothing.json"))


if __name__ == "__main__":
    unittest.main()
