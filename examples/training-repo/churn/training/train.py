"""Trains the model of churn: which customers leave within 90 days.

SageMaker runs it with the channel `train` (Parquet files with one customer a row) and keeps what is written to the
model folder as model.tar.gz.
"""

import argparse
import os
import shutil
from pathlib import Path

import joblib
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

TARGET = "churned"
# not a property of a customer: the money at stake, by which the evaluation weighs
WEIGHT = "revenue_90d"


def main() -> None:
    settings = argparse.ArgumentParser()
    settings.add_argument("--depth", type=int, default=6)
    depth = settings.parse_args().depth

    table = pd.read_parquet(os.environ["SM_CHANNEL_TRAIN"])
    model = HistGradientBoostingClassifier(max_depth=depth, random_state=7)
    model.fit(table.drop(columns=[TARGET, WEIGHT]), table[TARGET])
    folder = Path(os.environ["SM_MODEL_DIR"])
    joblib.dump(model, folder / "model.joblib")
    (folder / "code").mkdir()
    shutil.copy(__file__, folder / "code" / "inference.py")  # by its model_fn the image serves the model


def model_fn(folder: str):
    """How a server loads the model: the convention of SageMaker's scikit-learn."""
    return joblib.load(Path(folder) / "model.joblib")


if __name__ == "__main__":
    main()
