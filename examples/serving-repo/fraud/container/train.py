"""Trains the model, as SageMaker runs it: data in the channel `train`, settings in a file, the model into a folder."""

import json
import os
import shutil
from pathlib import Path

import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from inference import COLUMNS

ML = Path(os.environ.get("ML_FOLDER", "/opt/ml"))


def main():
    rows = pd.read_parquet(ML / "input/data/train")
    settings = json.loads((ML / "input/config/hyperparameters.json").read_text())
    model = make_pipeline(StandardScaler(), LogisticRegression(C=float(settings.get("penalty", "1"))))
    model.fit(rows[COLUMNS], rows["fraud"])
    folder = ML / "model"
    (folder / "code").mkdir(parents=True, exist_ok=True)
    joblib.dump(model, folder / "model.joblib")
    # the evaluation takes it from the archive, and so does the server: what was judged is what answers
    shutil.copy(Path(__file__).with_name("inference.py"), folder / "code/inference.py")


if __name__ == "__main__":
    main()
