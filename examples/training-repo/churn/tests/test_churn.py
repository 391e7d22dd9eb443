"""Trains and judges as SageMaker does it: on files, with the packages of the image.

The module `serving_contract` is shipped beside every evaluation; here it comes from the package of cdktf-mlops (PYTHONPATH).
"""

import json
import os
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

import numpy as np
import pandas as pd

CHURN = Path(__file__).parents[1]
sys.path.append(str(CHURN / "evaluation"))
import evaluate  # noqa: E402
import serving_contract  # noqa: E402


def customers(count: int, seed: int) -> pd.DataFrame:
    """Customers who leave if they have ordered little, and pay unlike amounts."""
    draw = np.random.default_rng(seed)
    orders = draw.integers(0, 20, count)
    leaves = draw.random(count) < 1 / (1 + np.exp(orders - 6))
    return pd.DataFrame(
        {
            "orders_90d": orders,
            "visits_90d": orders * 3 + draw.integers(0, 4, count),
            "revenue_90d": draw.gamma(2, 50, count),
            "churned": leaves.astype(int),
        }
    )


class Churn(unittest.TestCase):
    def trained(self) -> Path:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        data, model = self.folder / "train", self.folder / "model"
        for folder in (data, model):
            folder.mkdir()
        customers(2000, seed=1).to_parquet(data / "part-0.parquet")
        environment = {**os.environ, "SM_CHANNEL_TRAIN": str(data), "SM_MODEL_DIR": str(model)}
        subprocess.run([sys.executable, str(CHURN / "training/train.py"), "--depth", "3"], env=environment, check=True)
        archive = self.folder / "model.tar.gz"
        with tarfile.open(archive, "w:gz") as packed:
            packed.add(model, ".")
        return archive

    def evaluated(self, rows: pd.DataFrame) -> dict:
        archive = self.trained()
        test, output = self.folder / "test", self.folder / "evaluation"
        test.mkdir()
        rows.to_parquet(test / "part-0.parquet")
        evaluate.evaluate(archive, test, output)
        return {path.stem: json.loads(path.read_text()) for path in output.iterdir()}

    def test_a_model_that_knows_who_leaves_reaches_more_than_chance_and_less_if_its_data_is_stale(self):
        rows = customers(1000, seed=2)
        files = self.evaluated(rows)
        gate = files["gate"]
        best = rows[rows.churned == 1].nlargest(100, "revenue_90d").revenue_90d.sum()
        lost = rows[rows.churned == 1].revenue_90d.sum()
        self.assertGreater(gate["reached_revenue"], 1.5 * evaluate.CALLED)  # a tenth of the calls, by chance a tenth of the money
        self.assertLessEqual(gate["reached_revenue"], best / lost)  # no order of customers reaches more
        self.assertLessEqual(gate["reached_revenue_at_stale"], gate["reached_revenue"] + 0.05)
        self.assertEqual(files["report"]["left"], int(rows.churned.sum()))

    def test_the_contract_is_one_that_a_server_with_the_same_packages_keeps(self):
        contract = self.evaluated(customers(200, seed=3))["contract"]
        server = serving_contract.server("scikit-learn", ["model.joblib", "code/inference.py"])  # what the image needs
        self.assertEqual(serving_contract.check(contract, server), [])
        self.assertEqual([column["name"] for column in contract["signature"]["inputs"]], ["orders_90d", "visits_90d"])

    def test_a_server_loads_the_model_from_its_artifact_alone(self):
        with tarfile.open(self.trained()) as packed:
            packed.extractall(self.folder / "served", filter="data")
        program = "import inference, sys; print(inference.model_fn(sys.argv[1]).max_depth)"
        served = self.folder / "served"
        ran = subprocess.run([sys.executable, "-c", program, str(served)], cwd=served / "code", capture_output=True, text=True)
        self.assertEqual(ran.stdout.strip(), "3", ran.stderr)

    def test_a_test_set_in_which_nobody_who_paid_has_left_judges_nothing(self):
        for nothing in ({"churned": 0}, {"revenue_90d": 0.0}):
            with self.subTest(nothing), self.assertRaisesRegex(SystemExit, "nothing to reach"):
                self.evaluated(customers(50, seed=4).assign(**nothing))


if __name__ == "__main__":
    unittest.main()
