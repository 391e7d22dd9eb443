"""
The experiment program with the packages of the image: each test and interval against scipy, statsmodels or the integral that it
is; false calls over 1,000 seeded experiments that are looked at a hundred times; power; and whole runs on files. Run by
test/e2e/statistics/programs.test.ts.
"""

import contextlib
import csv
import io
import json
import math
import shutil
import sys
import unittest
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow
from pyarrow import parquet
from scipy import integrate, stats
from statsmodels.stats import power, proportion, weightstats

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import capture_files as files  # noqa: E402
from capture_files import START, event, scratch  # noqa: E402

from captured import Failed  # noqa: E402
from experiment_report import balance, fixed, main, reading, sequential, size, units  # noqa: E402
from experiment_report.assignment import variant_of  # noqa: E402
from experiment_report.plan import plan_of  # noqa: E402
from experiment_report.units import key_of  # noqa: E402

RUNS = 1000


def most(runs, level):
    """More than so many of `runs` happen with a chance of one in a thousand if each has a chance of `level`."""
    return int(stats.binom.ppf(0.999, runs, level))


def sample_of(values):
    return fixed.Sample(len(values), float(np.mean(values)), float(np.var(values, ddof=1)))


def samples_at(values, counts):
    """The samples of the first so many values, from running sums."""
    sums, squares = np.cumsum(values), np.cumsum(np.square(values))
    for count in counts:
        mean = sums[count - 1] / count
        yield fixed.Sample(int(count), float(mean), float((squares[count - 1] - count * mean**2) / (count - 1)))


def published_score(a, n, b, m, delta):
    """The score in its closed form: Miettinen and Nurminen 1985, appendix 1."""
    l3, l0 = n + m, b * delta * (1 - delta)
    l2, l1 = (n + 2 * m) * delta - (n + m) - (a + b), (m * delta - (n + m) - 2 * b) * delta + a + b
    q = (l2 / (3 * l3)) ** 3 - l1 * l2 / (6 * l3**2) + l0 / (2 * l3)
    p = math.copysign(math.sqrt((l2 / (3 * l3)) ** 2 - l1 / (3 * l3)), q)
    angle = (math.pi + math.acos(max(-1.0, min(1.0, q / p**3)))) / 3
    second = 2 * p * math.cos(angle) - l2 / (3 * l3)
    first = second + delta
    variance = (first * (1 - first) / n + second * (1 - second) / m) * (n + m) / (n + m - 1)
    return (a / n - b / m - delta) / math.sqrt(variance)


class Comparisons(unittest.TestCase):
    def test_of_means_is_welch_s_test_of_scipy_with_the_interval_of_statsmodels(self):
        random = np.random.default_rng(1)
        for trial in range(30):
            a, b = random.gamma(2, size=int(random.integers(5, 400))), random.gamma(2, 1 + 0.1 * trial, size=int(random.integers(5, 400)))
            found = fixed.compare_means(sample_of(a), sample_of(b), 0.05)
            self.assertAlmostEqual(found.p, stats.ttest_ind(b, a, equal_var=False).pvalue, 12)
            low, high = weightstats.CompareMeans.from_data(b, a).tconfint_diff(usevar="unequal")
            self.assertAlmostEqual(found.low, low, 10)
            self.assertAlmostEqual(found.high, high, 10)

    def test_of_proportions_is_the_score_test_of_statsmodels(self):
        random = np.random.default_rng(2)
        for _ in range(30):
            m, n = (int(size) for size in random.integers(50, 3000, 2))
            b, a = int(random.binomial(m, 0.1)) + 1, int(random.binomial(n, 0.13)) + 1
            found = fixed.compare_proportions((b, m), (a, n), 0.05)
            self.assertAlmostEqual(found.p, proportion.test_proportions_2indep(a, n, b, m, method="score").pvalue, 12)

    def test_interval_of_proportions_is_where_the_published_score_is_critical(self):
        # not that of statsmodels 0.15, whose constrained estimate takes the count of the control for its size (`tmp1`)
        random = np.random.default_rng(3)
        for _ in range(50):
            m, n = (int(size) for size in random.integers(20, 2000, 2))
            b, a = int(random.binomial(m, 0.2)) + 1, int(random.binomial(n, 0.3)) + 1
            found = fixed.compare_proportions((b, m), (a, n), 0.05)
            self.assertAlmostEqual(published_score(a, n, b, m, found.low), stats.norm.ppf(0.975), 6)
            self.assertAlmostEqual(published_score(a, n, b, m, found.high), -stats.norm.ppf(0.975), 6)

    def test_intervals_belong_to_their_tests_at_the_ends_too(self):
        for control, treatment in [((0, 100), (0, 90)), ((0, 1000), (10, 900)), ((50, 50), (49, 50)), ((3, 400), (9, 400))]:
            found = fixed.compare_proportions(control, treatment, 0.05)
            self.assertLess(found.low, found.high)
            self.assertLessEqual(found.low, found.difference)
            self.assertGreaterEqual(found.high, found.difference)
            self.assertEqual(found.p <= 0.05, not found.low <= 0 <= found.high)

    def test_always_valid_ratio_is_the_integral_over_the_mixture(self):
        random = np.random.default_rng(4)
        for _ in range(10):
            a, b = random.normal(0, 1, 150), random.normal(0.25, 1.5, 130)
            one, two = sample_of(a), sample_of(b)
            found = sequential.always_valid(one, two, 0.05, 0.3)
            error = math.sqrt(one.variance / 150 + two.variance / 130)

            def likelihood(delta):
                return stats.norm.pdf(found.difference, delta, error) * stats.norm.pdf(delta, 0, 0.3)

            ratio = integrate.quad(likelihood, -4, 4, epsabs=1e-13)[0] / stats.norm.pdf(found.difference, 0, error)
            self.assertAlmostEqual(found.p, min(1, 1 / ratio), 7)
            edge = fixed.Sample(130, one.mean + (found.high - found.difference), two.variance)
            self.assertAlmostEqual(sequential.always_valid(one, edge, 0.05, 0.3).p, 0.05, 9)

    def test_balance_is_the_bayes_factor_of_scipy(self):
        for counts in [(50, 50), (510, 490), (700, 300), (0, 12)]:
            prior = stats.dirichlet_multinomial([60.0, 40.0], sum(counts)).logpmf(counts)
            null = stats.multinomial(sum(counts), [0.6, 0.4]).logpmf(counts)
            self.assertAlmostEqual(balance.mismatch(counts, [0.6, 0.4]), min(1, math.exp(null - prior)), 9)

    def test_sizes_are_those_of_statsmodels(self):
        expected = power.TTestIndPower().solve_power(0.2, power=0.8, alpha=0.05, ratio=2.0)
        self.assertEqual(size.units_for_means(5.0, 1.0, 2.0, 0.05, 0.8), math.ceil(expected))
        expected = proportion.samplesize_proportions_2indep_onetail(0.02, 0.1, 0.8, ratio=1, alpha=0.05, alternative="two-sided")
        self.assertEqual(size.units_for_proportions(0.1, 0.02, 1.0, 0.05, 0.8), math.ceil(expected))


class Calls(unittest.TestCase):
    """How often a difference is called over seeded experiments, without and with one."""

    LOOKS = np.unique(np.geomspace(100, 5000, 100).astype(int))

    def looked_at(self, draw, effect, level=0.05, runs=RUNS):
        """Experiments in which a difference was called at any of a hundred looks; and those that a repeated t-test calls."""
        called = naive = 0
        for seed in range(runs):
            control, treatment = draw(np.random.default_rng(seed))
            pairs = list(zip(samples_at(control, self.LOOKS), samples_at(treatment, self.LOOKS)))
            called += sequential.looks(pairs, level, effect).first is not None
            scores = [abs(b.mean - a.mean) / math.sqrt(max(1e-12, a.variance / a.count + b.variance / b.count)) for a, b in pairs]
            naive += max(scores) > 1.96
        return called, naive

    def test_false_ones_are_within_the_level_however_often_one_looks(self):
        kinds = {
            "conversions of 10 %": (lambda random: (random.random((2, 5000)) < 0.1).astype(float), 0.02),
            "conversions of 3 %": (lambda random: (random.random((2, 5000)) < 0.03).astype(float), 0.01),
            "spending": (lambda random: np.exp(random.normal(size=(2, 5000))), 0.2),
        }
        for name, (draw, effect) in kinds.items():
            called, naive = self.looked_at(draw, effect)
            print(f"measured: {name}: sequential {called}, repeated t-test {naive} false calls in {RUNS} runs at level 0.05", file=sys.stderr)
            self.assertLessEqual(called, most(RUNS, 0.05), name)
            self.assertGreater(naive, 3 * 0.05 * RUNS, name)  # what a reading at will would do
            self.assertGreater(called, 0, name)

    def test_intervals_hold_the_true_difference_at_all_looks_together(self):
        outside = 0
        for seed in range(RUNS):
            random = np.random.default_rng(seed)
            pairs = zip(samples_at(random.normal(10, 3, 5000), self.LOOKS), samples_at(random.normal(10.2, 3, 5000), self.LOOKS))
            found = [sequential.always_valid(a, b, 0.1, 0.3) for a, b in pairs]
            outside += max(one.low for one in found) > 0.2 or min(one.high for one in found) < 0.2
        print(f"measured: intervals at level 0.1 leave out the true difference in {outside} of {RUNS} runs", file=sys.stderr)
        self.assertLessEqual(outside, most(RUNS, 0.1))

    def test_false_ones_at_a_fixed_end_are_within_the_level(self):
        random = np.random.default_rng(5)
        means = proportions = 0
        for _ in range(2000):
            a, b = random.gamma(2, size=200), random.gamma(2, size=300)
            means += fixed.compare_means(sample_of(a), sample_of(b), 0.05).p <= 0.05
            first, second = int(random.binomial(400, 0.05)), int(random.binomial(600, 0.05))
            p = 2 * stats.norm.sf(abs(fixed.score_of((second, 600), (first, 400), 0.0)))
            proportions += p <= 0.05
        print(f"measured: fixed end: means {means}, proportions {proportions} false calls in 2000 runs at level 0.05", file=sys.stderr)
        self.assertLessEqual(means, most(2000, 0.05))
        self.assertLessEqual(proportions, most(2000, 0.05))

    def test_true_ones_are_found(self):
        called, _ = self.looked_at(lambda random: (random.random((2, 5000)) < np.array([[0.1], [0.13]])).astype(float), 0.03, runs=200)
        self.assertGreaterEqual(called, 180)
        found = 0
        count = size.units_for_proportions(0.1, 0.03, 1.0, 0.05, 0.8)
        random = np.random.default_rng(6)
        for _ in range(1000):
            a, b = int(random.binomial(count, 0.1)), int(random.binomial(count, 0.13))
            found += 2 * stats.norm.sf(abs(fixed.score_of((b, count), (a, count), 0.0))) <= 0.05
        self.assertGreater(found, 760)
        self.assertLess(found, 840)

    def test_right_shares_are_called_wrong_within_the_level_and_wrong_ones_soon(self):
        called = soon = 0
        for seed in range(RUNS):
            random = np.random.default_rng(seed)
            at = np.arange(20, 20_001, 200)
            right, wrong = (np.cumsum(random.random(20_000) < share) for share in (0.5, 0.46))
            for counts, is_wrong in ((right, False), (wrong, True)):
                p = min(balance.mismatch((int(counts[n - 1]), int(n - counts[n - 1])), (0.5, 0.5)) for n in at)
                called += not is_wrong and p <= 0.01
                soon += is_wrong and p <= 0.01
        print(f"measured: shares: {called} right ones called wrong at level 0.01, {soon} wrong ones found, in {RUNS} runs", file=sys.stderr)
        self.assertLessEqual(called, most(RUNS, 0.01))
        self.assertGreater(soon, 0.99 * RUNS)

    def test_clients_that_copy_the_code_of_the_docs_give_the_same_variants(self):
        docs = (files.ROOT / "docs" / "experiments.md").read_text(encoding="utf-8")
        scope = {}
        exec(docs[docs.index("import hashlib") : docs.index("runtime.invoke_endpoint")], scope)
        shares = {"champion": 90, "challenger": 10}
        for number in range(2000):
            self.assertEqual(scope["variant_of"]("ranking", f"u-{number}", shares), variant_of("ranking", f"u-{number}", shares))

    def test_units_keep_their_variant_and_get_their_shares(self):
        shares = {"champion": 90, "challenger": 10}
        self.assertEqual(variant_of("ranking", "u-17", shares), variant_of("ranking", "u-17", {"champion": 0.9, "challenger": 0.1}))
        given = [variant_of("ranking", f"u-{n}", shares) for n in range(20_000)]
        again = [variant_of("pricing", f"u-{n}", shares) for n in range(20_000)]
        self.assertGreater(stats.binomtest(given.count("challenger"), 20_000, 0.1).pvalue, 0.001)
        both = sum(one == other == "challenger" for one, other in zip(given, again))
        self.assertGreater(stats.binomtest(both, 20_000, 0.01).pvalue, 0.001)


class Cloud:
    """Keeps what is published."""

    def __init__(self):
        self.metrics = {}

    def __call__(self, service):
        return self

    def put_metric_data(self, Namespace, MetricData):
        for one in MetricData:
            self.metrics[one["MetricName"], *(each["Value"] for each in one["Dimensions"])] = one["Value"]


PLAN = {
    "name": "ranking",
    "control": "champion",
    "treatment": "challenger",
    "shares": {"champion": 1, "challenger": 1},
    "start": "2026-11-01T00:00:00Z",
    "end": "2026-11-11T00:00:00Z",
    "maturityHours": 24,
    "unit": "attribute:unit",
    "assignment": "hash",
    "outcomes": {"format": "csv", "key": "customer", "time": "at"},
    "design": "sequential",
    "primary": {"name": "conversion", "column": "bought", "kind": "proportion", "better": "higher", "effect": 0.05},
    "guards": [{"name": "refund", "column": "refund", "kind": "mean", "aggregate": "sum", "missing": "zero", "better": "lower", "effect": 1.0}],
}


class Runs(unittest.TestCase):
    """From captured data and outcomes to a decision."""

    def setUp(self):
        self.folder = scratch(self)

    def experiment(self, units=3000, lift=0.0, refund=0.0, lost=0.0, mixed=0.0):
        """Ten days of requests, two of each unit; half of the buyers buy after their first request, the others before."""
        random = np.random.default_rng(11)
        events, outcomes = {"champion": [], "challenger": []}, ["customer,at,bought,refund"]
        for number in range(units):
            unit = f"u-{number}"
            variant = variant_of("ranking", unit, PLAN["shares"])
            if variant == "challenger" and random.random() < lost:
                continue
            first = START + timedelta(seconds=number * 864_000 / units)
            for repeat in range(2):
                where = variant if repeat == 0 or random.random() >= mixed else "champion" if variant == "challenger" else "challenger"
                at = first + timedelta(hours=repeat)
                events[where].append(event(f"{number}-{repeat}", at, "1,2", "0.5", f"i-{number}-{repeat}", f"unit={unit};experiment=ranking"))
            buys = random.random() < 0.2 + (lift if variant == "challenger" else 0)
            back = random.exponential(2) + (refund if variant == "challenger" else 0)
            hour = int(random.integers(1, 20))
            outcomes.append(f"{unit},{(first + timedelta(hours=hour)).isoformat()},{int(buys)},{back:.2f}")
            outcomes.append(f"{unit},{(first - timedelta(hours=1)).isoformat()},1,100")  # before: does not count
            outcomes.append(f"{unit},{(first + timedelta(hours=30)).isoformat()},1,100")  # too late: does not count
        for variant, found in events.items():
            files.write(self.folder / "captured" / variant, found)
        (self.folder / "outcomes").mkdir(exist_ok=True)
        (self.folder / "outcomes" / "part.csv").write_text("\n".join(outcomes) + "\n")

    def read(self, at, **plan):
        (self.folder / "plan.json").write_text(json.dumps({**PLAN, **plan}))
        words = ["read", "--plan", self.folder / "plan.json", "--captured", self.folder / "captured", "--outcomes", self.folder / "outcomes"]
        words += ["--report", self.folder / "reports", "--until", at, "--message-file", self.folder / "message"]
        cloud = Cloud()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            code = main.main([str(word) for word in words], cloud)
        found = self.folder / "reports" / "ranking" / at.replace(":", "") / "report.json"
        report = json.loads(found.read_text()) if found.is_file() else None
        return code, (self.folder / "message").read_text(), report, cloud.metrics

    def test_a_better_treatment_is_found_before_the_end_and_stays_found(self):
        self.experiment(lift=0.15)
        _, _, early, _ = self.read("2026-11-02T03:00:00Z")
        self.assertEqual((early["state"], early["primary"]["notRead"]), ("COLLECTING", "each variant needs 100 units with a known outcome"))
        states = [self.read(f"2026-11-{day:02}T03:00:00Z")[2] for day in range(3, 13)]
        first = next(index for index, one in enumerate(states) if one["state"] == "TREATMENT_BETTER")
        self.assertLess(first, 9)
        self.assertEqual({one["state"] for one in states[first:]}, {"TREATMENT_BETTER"})
        self.assertEqual(len({one["primary"]["since"] for one in states[first:]}), 1)
        last = states[-1]["primary"]
        self.assertLess(last["interval"]["low"], 0.15)
        self.assertGreater(last["interval"]["high"], 0.15)
        self.assertAlmostEqual(last["means"]["champion"], 0.2, 1)

    def test_requests_of_smoke_tests_are_no_units(self):
        self.experiment(units=500)
        _, _, before, _ = self.read("2026-11-13T00:00:00Z")
        # a test asks each variant by its name: its unit would have seen both
        tests = [event(f"t-{number}", START + timedelta(hours=1), "1,2", "0.5", f"smoke-{number}", "unit=probe") for number in range(300)]
        for variant in ("champion", "challenger"):
            files.write(self.folder / "captured" / variant, [{**one, "eventMetadata": {**one["eventMetadata"], "eventId": f"{variant}-{number}"}} for number, one in enumerate(tests)])
        _, _, report, _ = self.read("2026-11-14T00:00:00Z")
        self.assertEqual((report["variants"], report["units"]), (before["variants"], before["units"]))
        self.assertEqual(report["captured"]["smokeTests"], 600)
        markdown = (self.folder / "reports" / "ranking" / "2026-11-14T000000Z" / "report.md").read_text()
        self.assertIn("600 requests of smoke tests are left out", markdown)

    def test_a_fixed_design_shows_nothing_before_its_end(self):
        self.experiment(lift=0.15)
        code, message, report, metrics = self.read("2026-11-11T23:00:00Z", design="fixed")
        self.assertEqual((code, report["state"]), (0, "COLLECTING"))
        self.assertIn("it is read once, at 2026-11-12T00:00:00Z", message)
        for key in ("means", "difference", "interval", "p"):
            self.assertIsNone(report["primary"][key])
        self.assertEqual(metrics["Final", "ranking"], 0)
        self.assertGreater(metrics["Units", "ranking", "champion"], 1000)
        _, _, report, metrics = self.read("2026-11-12T00:00:00Z", design="fixed")
        self.assertEqual((report["state"], metrics["Final", "ranking"]), ("TREATMENT_BETTER", 1))
        self.assertLessEqual(report["primary"]["p"], 0.05)
        markdown = (self.folder / "reports" / "ranking" / "2026-11-12T000000Z" / "report.md").read_text()
        self.assertIn("**TREATMENT_BETTER**: conversion differs", markdown)

    def test_no_difference_is_shown_as_none(self):
        self.experiment()
        _, message, report, _ = self.read("2026-11-13T00:00:00Z", design="fixed", level=0.01)
        self.assertEqual(report["state"], "NO_DIFFERENCE_SHOWN", message)
        self.assertLess(report["primary"]["interval"]["low"], 0)
        self.assertGreater(report["primary"]["interval"]["high"], 0)
        self.assertFalse(report["guards"][0]["isHarm"])

    def test_harm_to_a_guard_ends_a_fixed_design_early(self):
        self.experiment(lift=0.15, refund=3.0)
        _, message, report, metrics = self.read("2026-11-06T00:00:00Z", design="fixed")
        self.assertEqual((report["state"], metrics["Harm", "ranking"]), ("HARM", 1))
        self.assertIn("refund is worse by more than 1 since 2026-11-0", message)
        self.assertIsNone(report["primary"]["means"])

    def test_lost_requests_of_one_variant_make_it_invalid(self):
        self.experiment(lift=0.15, lost=0.3)
        _, message, report, metrics = self.read("2026-11-12T00:00:00Z")
        self.assertEqual((report["state"], metrics["Invalid", "ranking"], report["primary"]), ("INVALID", 1, None))
        self.assertIn("sample ratio mismatch", message)

    def test_units_that_see_both_variants_make_it_invalid(self):
        self.experiment(mixed=0.1)
        _, message, report, _ = self.read("2026-11-12T00:00:00Z")
        self.assertEqual(report["state"], "INVALID")
        self.assertIn("of the units saw both variants, at most 1% may: the assignment is not sticky", message)

    def test_few_units_that_saw_both_variants_are_left_out(self):
        plan = plan_of(json.dumps(PLAN))
        found = units.Units({"a": units.Exposure("champion", START), "b": units.Exposure("champion", START, is_mixed=True)})
        outcomes = {unit: [(START, {"bought": 1, "refund": 0})] for unit in "ab"}
        series = units.series_of(plan.primary, plan, found, outcomes)
        self.assertEqual([len(series[variant].times) for variant in plan.variants], [1, 0])

    def test_looks_are_at_full_hours_from_the_start_and_at_the_end(self):
        plan = plan_of(json.dumps(PLAN))
        times = reading.times_of_looks(plan, START + timedelta(hours=3, minutes=20), plan.readable_from)
        self.assertEqual(times, [START + timedelta(hours=hour) for hour in (1, 2, 3)])
        end = START + timedelta(hours=1, minutes=30)
        self.assertEqual(reading.times_of_looks(plan, plan.readable_from, end), [START + timedelta(hours=1), end])

    def test_units_with_another_variant_than_their_hash_make_it_invalid(self):
        self.experiment()
        _, message, report, _ = self.read("2026-11-12T00:00:00Z", name="ranking", treatment="champion", control="challenger", shares={"challenger": 1, "champion": 1})
        self.assertEqual(report["state"], "INVALID")
        self.assertIn("have another variant than their hash gives them", message)

    def test_a_plan_that_is_changed_after_its_declaration_is_refused(self):
        self.experiment()
        self.read("2026-10-31T00:00:00Z")
        code, message, report, metrics = self.read("2026-11-03T00:00:00Z", level=0.2, end="2026-11-03T00:00:00Z")
        self.assertEqual((code, report, metrics), (1, None, {}))
        self.assertIn("the plan was changed in end, level after it was declared at 2026-10-31T00:00:00Z", message)

    def test_before_its_start_only_the_declaration_is_written(self):
        code, message, report, _ = self.read("2026-10-31T00:00:00Z")
        self.assertEqual((code, report["state"]), (0, "NOT_STARTED"))
        self.assertEqual(json.loads((self.folder / "reports" / "ranking" / "declaration.json").read_text())["plan"], PLAN)
        self.experiment()
        self.assertEqual(self.read("2026-11-12T00:00:00Z")[2]["warnings"], [])

    def test_a_declaration_after_the_start_is_a_warning(self):
        self.experiment()
        _, _, report, _ = self.read("2026-11-05T00:00:00Z")
        self.assertIn("declared at 2026-11-05T00:00:00Z, after its start", report["warnings"][0])

    def test_wrong_plans_and_outcomes_end_with_everything_that_is_wrong(self):
        wrong = {**PLAN, "shares": {"champion": 1}, "design": "peek", "end": "2026-10-01", "level": 5, "unit": "user", "primary": {"name": "x"}}
        with self.assertRaises(Failed) as caught:
            plan_of(json.dumps(wrong))
        for part in ["shares must give", "design must be one of", "end must be after start", "level must be", "unit must be", "primary.kind", "primary.column"]:
            self.assertIn(part, str(caught.exception))
        self.experiment(units=300)
        (self.folder / "outcomes" / "part.csv").write_text("customer,at,bought\nu-1,2026-11-01T01:00:00Z,1\n")
        self.assertIn("the outcomes lack the column refund", self.read("2026-11-05T00:00:00Z")[1])
        (self.folder / "outcomes" / "part.csv").write_text("customer,at,bought,refund\nu-1,2026-11-01T01:00:00Z,2,0\n")
        self.assertIn("conversion is a proportion: 'bought' must be 0 or 1 for each unit, got 2", self.read("2026-11-05T00:00:00Z")[1])

    def outcomes(self, change, kind="csv"):
        """Outcomes that the program finds to be better for the challenger, each row changed."""
        self.experiment(units=800, lift=0.2)
        given = list(csv.DictReader(io.StringIO((self.folder / "outcomes" / "part.csv").read_text())))
        rows = [change(row) for row in given]
        (self.folder / "outcomes" / "part.csv").unlink()
        if kind == "parquet":
            parquet.write_table(pyarrow.Table.from_pylist(rows), self.folder / "outcomes" / "part.parquet")
        else:
            lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)] if kind == "csv" else map(json.dumps, rows)
            (self.folder / "outcomes" / f"part.{kind}").write_text("\n".join(lines) + "\n")
        return {**PLAN["outcomes"], "format": kind}

    def test_times_of_outcomes_are_read_as_databases_print_them(self):
        def at(form):
            return lambda row: {**row, "at": form(datetime.fromisoformat(row["at"]))}

        def since(power):
            return lambda found: int(found.timestamp() * 10**power)

        forms = [since(0), since(3), since(6), since(9), lambda found: found.timestamp(), lambda found: f"{found:%Y-%m-%d %H:%M:%S}.123 UTC"]
        forms += [lambda found: f"{found:%Y-%m-%d %H:%M:%S}+00", lambda found: f"{found:%Y-%m-%dT%H:%M:%S}.123456789Z", lambda found: f"{found:%Y-%m-%d %H:%M}"]
        for form in forms:
            outcomes = self.outcomes(at(form), "json")
            _, message, report, _ = self.read("2026-11-12T00:00:00Z", outcomes=outcomes, guards=[])
            self.assertEqual(report["state"], "TREATMENT_BETTER", (form(START), message))
            shutil.rmtree(self.folder / "reports")
            shutil.rmtree(self.folder / "captured")
        (self.folder / "outcomes" / "part.json").unlink()
        outcomes = self.outcomes(at(since(3)), "parquet")
        written = parquet.read_table(self.folder / "outcomes")
        parquet.write_table(written.set_column(1, "at", written["at"].cast(pyarrow.timestamp("ms", "UTC"))), self.folder / "outcomes" / "part.parquet")
        self.assertEqual(self.read("2026-11-12T00:00:00Z", outcomes=outcomes, guards=[])[2]["state"], "TREATMENT_BETTER")

    def test_outcomes_that_cannot_be_read_are_no_result_instead_of_none_sold(self):
        outcomes = self.outcomes(lambda row: {**row, "at": "yesterday"})
        code, message, report, _ = self.read("2026-11-12T00:00:00Z", outcomes=outcomes)
        self.assertEqual((code, report), (1, None))
        self.assertIn("100.0% of the outcomes cannot be read, the limit is 5.0%; 2,400 times: at: 'yesterday' is no instant", message)

    def test_outcomes_of_nobody_make_it_invalid(self):
        for change, reason in [
            (lambda row: {**row, "customer": row["customer"].upper()}, "none of the 800 units is among the 800 that have outcomes: the keys differ"),
            (lambda row: {**row, "at": "2026-10-01"}, "the outcomes of all 800 units came before their first requests, or too late"),
        ]:
            outcomes = self.outcomes(change)
            self.assertEqual(self.read("2026-11-05T00:00:00Z", outcomes=outcomes)[2]["state"], "COLLECTING")  # some may come yet
            for design in ("sequential", "fixed"):
                shutil.rmtree(self.folder / "reports")
                _, _, report, metrics = self.read("2026-11-12T00:00:00Z", outcomes=outcomes, design=design)
                self.assertEqual((report["state"], report["reasons"], metrics["Invalid", "ranking"]), ("INVALID", [reason], 1))
            shutil.rmtree(self.folder)
            self.folder.mkdir()

    def test_numbers_and_padded_texts_are_the_keys_that_clients_send(self):
        for form in (float, int, lambda key: f" {key} "):
            self.assertEqual(key_of(form("17")), "17")
        self.assertEqual((key_of("17.0"), key_of(17.5)), ("17.0", "17.5"))

    def test_values_without_a_spread_are_no_proof(self):
        mean = {**PLAN["primary"], "kind": "mean", "aggregate": "max", "missing": "zero"}
        champions = {f"u-{number}" for number in range(3000) if variant_of("ranking", f"u-{number}", PLAN["shares"]) == "champion"}
        for design, state in (("fixed", "INVALID"), ("sequential", "INVALID")):
            outcomes = self.outcomes(lambda row: {**row, "bought": 1 if row["customer"] in champions else 2})
            _, _, report, _ = self.read("2026-11-12T00:00:00Z", outcomes=outcomes, design=design, primary=mean, guards=[])
            self.assertEqual((report["state"], report["primary"]["p"]), (state, None))
            self.assertIn("nothing is known of their spread", report["reasons"][0])
            shutil.rmtree(self.folder)
            self.folder.mkdir()
        same = fixed.Sample(2, 1.0, 0.0)
        self.assertIsNone(fixed.compare_means(same, fixed.Sample(2, 2.0, 0.0), 0.05))
        self.assertEqual(fixed.compare_means(same, same, 0.05).p, 1)

    def test_without_units_it_is_invalid_in_the_end(self):
        self.experiment(units=1)
        for design in ("fixed", "sequential"):
            self.assertEqual(self.read("2026-11-12T00:00:00Z", design=design)[2]["state"], "INVALID")
            shutil.rmtree(self.folder / "reports")

    def test_numbers_without_squares_are_refused(self):
        for number in ("inf", "-inf", "1e200"):
            outcomes = self.outcomes(lambda row: {**row, "refund": number})
            self.assertIn(f"the outcome 'refund' must hold numbers of at most 1e+100, got {float(number):g}", self.read("2026-11-05T00:00:00Z", outcomes=outcomes)[1])
        with self.assertRaisesRegex(Failed, "shares must give"):
            plan_of(json.dumps({**PLAN, "shares": {"champion": math.inf, "challenger": 1}}))

    def test_few_units_of_a_mean_are_a_warning(self):
        self.experiment(units=40)
        _, _, report, _ = self.read("2026-11-12T00:00:00Z", design="fixed", primary=PLAN["guards"][0], guards=[])
        self.assertIn("refund: fewer than 30 units of a variant", report["warnings"][1])

    def test_size_is_said_before(self):
        (self.folder / "plan.json").write_text(json.dumps(PLAN))
        words = ["size", "--plan", str(self.folder / "plan.json"), "--base", "0.2", "--message-file", str(self.folder / "message")]
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(main.main(words), 0)
        self.assertRegex((self.folder / "message").read_text(), r"^1,\d{3} units of champion$")

    def test_size_of_what_cannot_be_says_why(self):
        mean = {**PLAN["primary"], "kind": "mean", "effect": 50}
        for plan, given, message in [
            (PLAN, ["--base", "0.99"], "--base must be a proportion that the effect +0.05 leaves between 0 and 1, got 0.99"),
            ({**PLAN, "primary": {**PLAN["primary"], "better": "lower"}}, ["--base", "0.01"], "the effect -0.05 leaves between 0 and 1, got 0.01"),
            ({**PLAN, "primary": mean}, ["--deviation", "0"], "--deviation must be a number above 0, got 0"),
            ({**PLAN, "primary": mean}, ["--deviation", "nan"], "--deviation must be a number above 0, got nan"),
            ({**PLAN, "primary": mean}, ["--deviation", "1"], "2 units of champion"),  # the smallest test there is finds it
        ]:
            (self.folder / "plan.json").write_text(json.dumps(plan))
            words = ["size", "--plan", str(self.folder / "plan.json"), *given, "--message-file", str(self.folder / "message")]
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                main.main(words)
            self.assertIn(message, (self.folder / "message").read_text())


if __name__ == "__main__":
    unittest.main()
