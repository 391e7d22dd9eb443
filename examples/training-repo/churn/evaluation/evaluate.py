"""The growth team's own evaluation: what a model is worth in money, which no metric of a library knows.

A campaign can call a tenth of the customers. `reached_revenue` is the part of the revenue of leaving customers that it
reaches if it calls those whom the model scores highest; `reached_revenue@stale` is the same if the counters of behaviour
are half their value, as they are when yesterday's load of data was late.

It writes report.json for people, gate.json for the conditions of the pipeline, and contract.json for servers.
"""

import json
import tarfile
from pathlib import Path

import joblib
import pandas as pd
from serving_contract import describe  # shipped beside every evaluation

INPUT = Path("/opt/ml/processing")
OUTPUT = INPUT / "evaluation"
TARGET, WEIGHT = "churned", "revenue_90d"
CALLED = 0.1


def reached_revenue(model, rows: pd.DataFrame) -> float:
    """Part of the revenue of leaving customers that those with the highest scores have."""
    scores = model.predict_proba(rows.drop(columns=[TARGET, WEIGHT]))[:, 1]
    called = rows.assign(score=scores).nlargest(max(1, round(len(rows) * CALLED)), "score")
    lost = rows.loc[rows[TARGET] == 1, WEIGHT].sum()
    return float(called.loc[called[TARGET] == 1, WEIGHT].sum() / lost)


def stale(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with counters that lack half of what happened."""
    counters = [name for name in rows.columns if name.endswith("_90d") and name != WEIGHT]
    return rows.assign(**{name: rows[name] / 2 for name in counters})


def evaluate(archive: Path, test: Path, output: Path) -> None:
    rows = pd.read_parquet(test)
    if not rows.loc[rows[TARGET] == 1, WEIGHT].sum() > 0:
        raise SystemExit(f"{test} has no customer who paid and left: there is nothing to reach")
    folder = output.parent / "unpacked"
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    model = joblib.load(folder / "model.joblib")

    # a metric and its limit are declared in stacks/churn-stack.ts too; `@` of a name is `_at_` here
    gate = {
        "reached_revenue": reached_revenue(model, rows),
        "reached_revenue_at_stale": reached_revenue(model, stale(rows)),
    }
    columns = [name for name in rows.columns if name not in (TARGET, WEIGHT)]
    signature = {"inputs": [{"name": name, "type": str(rows[name].dtype)} for name in columns]}
    report = {"rows": len(rows), "left": int((rows[TARGET] == 1).sum()), "called": CALLED, "metrics": gate}
    contract = describe("scikit-learn", archive, folder, "pickle", signature)
    output.mkdir(parents=True, exist_ok=True)
    for name, content in (("report", report), ("contract", contract), ("gate", gate)):
        (output / f"{name}.json").write_text(json.dumps(content, indent=2))


if __name__ == "__main__":
    try:
        evaluate(INPUT / "model" / "model.tar.gz", INPUT / "test", OUTPUT)
    except SystemExit as reason:
        Path("/opt/ml/output/message").write_text(str(reason))  # shown as ExitMessage of the job
        raise
