"""How the model is loaded, asked, and answers. The evaluation judges the model by the same functions that serve it."""

import io
import json
from pathlib import Path

import joblib
import pandas as pd

# order of the columns in CSV, in the samples, and in `features` of the drift monitor
COLUMNS = ["amount", "hour", "account_days"]


class BadRequest(Exception):
    """Why a request cannot be answered."""


def model_fn(folder):
    return joblib.load(Path(folder) / "model.joblib")


def input_fn(body, content_type):
    text = body.decode("utf-8") if isinstance(body, bytes) else body
    kind = content_type.split(";")[0].strip()
    try:
        if kind == "text/csv":
            rows = pd.read_csv(io.StringIO(text), header=None)
            if rows.shape[1] != len(COLUMNS):
                raise BadRequest(f"a row must have {', '.join(COLUMNS)}, got {rows.shape[1]} values")
            return rows.set_axis(COLUMNS, axis=1).astype(float)
        if kind == "application/json":
            return pd.DataFrame(json.loads(text)["instances"])[COLUMNS].astype(float)
    except (KeyError, TypeError, ValueError) as fault:
        raise BadRequest(f"{kind} cannot be read: {fault}") from fault
    raise BadRequest(f"the content type must be text/csv or application/json, got {kind}")


def predict_fn(rows, model):
    """The probability of fraud of each payment."""
    return model.predict_proba(rows)[:, 1]


def output_fn(predictions):
    return json.dumps({"predictions": [round(float(one), 4) for one in predictions]})
