"""
Makes the files of an evaluation in a folder: `test/part-0.parquet`, `model.tar.gz`, `champion.tar.gz`, and `expected.json` with
what scikit-learn says of them. Argument: the folder.
"""

import json
import sys
from pathlib import Path

from evaluation_test import NUMBERS, TEST, TRAIN, classifier, pack, theirs


def main(folder):
    model, champion = classifier(), classifier(["member", "visits"])
    (folder / "test").mkdir(parents=True)
    TEST.drop(columns="spend").to_parquet(folder / "test" / "part-0.parquet", index=False)
    TRAIN.to_csv(folder / "train.csv", index=False)
    script = "import joblib, os\n\n\ndef model_fn(folder):\n    return joblib.load(os.path.join(folder, 'model.joblib'))\n"
    pack(folder / "model.tar.gz", {"model.joblib": model, "code/inference.py": script})
    pack(folder / "champion.tar.gz", {"model.joblib": champion})
    truth = TEST.churned == "yes"
    auc, other = (
        theirs.roc_auc_score(truth, one.predict_proba(TEST[columns])[:, 1])
        for one, columns in [(model, NUMBERS), (champion, ["member", "visits"])]
    )
    expected = {"auc": auc, "accuracy": model.score(TEST[NUMBERS], TEST.churned), "champion_auc_loss": other - auc}
    (folder / "expected.json").write_text(json.dumps(expected))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
