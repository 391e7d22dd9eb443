"""
What predictions are worth, and how sure that is.

A judgement computes all its metrics from weights of the rows: one each for the value, and how often each row was drawn for a
bootstrap sample. All judgements of an evaluation get the same samples, so that their differences are paired.
"""

import numpy as np

CLASSIFICATION = ["auc", "accuracy", "balanced_accuracy", "f1", "precision", "recall", "log_loss", "brier"]
REGRESSION = ["rmse", "mae", "r2", "mape"]
ERRORS = ["log_loss", "brier", "rmse", "mae", "mape"]
# samples in which a metric may be undefined, e.g. for want of a class, before its interval is left out
MAX_UNDEFINED = 0.05


class Classification:
    """Judges classes. `truth` and `labels` are numbers of classes, `scores` has a column for each class or is None."""

    names = CLASSIFICATION

    def __init__(self, truth, labels, scores, are_probabilities, classes):
        self.truth, self.labels, self.classes = truth, labels, classes
        self.present = np.unique(truth)
        self.is_binary = len(classes) == 2
        self.undefined = self.reasons(scores, are_probabilities)
        self.rankings = []
        if "auc" not in self.undefined:
            columns = [1] if self.is_binary else range(len(classes))
            self.rankings = [Ranking(scores[:, column], truth == column) for column in columns]
        if "log_loss" not in self.undefined:
            smallest = np.finfo(np.float64).eps
            clipped = np.clip(scores.astype(np.float64), smallest, 1 - smallest)
            clipped /= clipped.sum(axis=1, keepdims=True)
            rows = np.arange(len(truth))
            self.losses = -np.log(clipped[rows, truth])
            distances = (scores - (truth[:, None] == np.arange(len(classes)))) ** 2
            self.distances = distances[:, 1] if self.is_binary else distances.sum(axis=1)

    def reasons(self, scores, are_probabilities):
        """Why metrics cannot be computed."""
        reasons = {}
        absent = [str(self.classes[index]) for index in range(len(self.classes)) if index not in self.present]
        if scores is None:
            reasons["auc"] = "the model gives classes without scores"
        elif absent:
            reasons["auc"] = f"the test set has no rows of the class {', '.join(map(repr, absent))}"
        if not are_probabilities:
            for name in ["log_loss", "brier"]:
                reasons[name] = f"the model gives {'classes' if scores is None else 'scores'}, no probabilities"
        if self.is_binary and 1 not in self.present:
            reasons["recall"] = f"the test set has no rows of the class {str(self.classes[1])!r}"
        return reasons

    def values(self, weights):
        """The metrics that are defined; not a number where this sample has no value."""
        count = len(self.classes)
        pairs = self.truth * count + self.labels
        confusion = np.bincount(pairs, weights, count * count).reshape(count, count)
        hits, truths, guesses = confusion.diagonal(), confusion.sum(axis=1), confusion.sum(axis=0)
        total = truths.sum()
        with np.errstate(all="ignore"):
            recalls, precisions = hits / truths, hits / guesses
            f1s = 2 * hits / (truths + guesses)
        values = {"accuracy": hits.sum() / total, "balanced_accuracy": recalls[truths > 0].mean()}
        if self.is_binary:
            values["precision"] = precisions[1] if guesses[1] > 0 else 0.0
            values["recall"], values["f1"] = recalls[1], f1s[1] if truths[1] + guesses[1] > 0 else 0.0
        else:
            seen = truths + guesses > 0
            for name, parts in [("precision", precisions), ("recall", recalls), ("f1", f1s)]:
                values[name] = np.nan_to_num(parts[seen]).mean()
        if "auc" not in self.undefined:
            values["auc"] = np.mean([ranking.area(weights) for ranking in self.rankings])
        if "log_loss" not in self.undefined:
            values["log_loss"] = weights @ self.losses / total
            values["brier"] = weights @ self.distances / total
        return {name: float(value) for name, value in values.items() if name not in self.undefined}

    def warnings(self):
        if len(np.unique(self.labels)) == 1 and len(self.labels) > 1:
            yield f"the model gives every row the class {str(self.classes[self.labels[0]])!r}"
        if len(self.present) == 1:
            yield f"every row of the test set has the class {str(self.classes[self.truth[0]])!r}"


class Ranking:
    """The order of rows by score, sorted once for all samples."""

    def __init__(self, scores, is_positive):
        self.order = np.argsort(scores, kind="stable")
        ordered = scores[self.order]
        self.starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])  # rows with one score count half
        self.is_positive = is_positive[self.order]

    def area(self, weights):
        """The area under the ROC curve: how often a positive row is above a negative one."""
        ordered = weights[self.order]
        positive = np.add.reduceat(ordered * self.is_positive, self.starts)
        negative = np.add.reduceat(ordered * ~self.is_positive, self.starts)
        below = np.cumsum(negative) - negative
        pairs = positive.sum() * negative.sum()
        return (positive @ (below + negative / 2)) / pairs if pairs > 0 else np.nan


class Regression:
    """Judges numbers."""

    names = REGRESSION

    def __init__(self, truth, predictions):
        self.truth, self.predictions = truth, predictions
        self.errors = np.abs(truth - predictions)
        self.undefined = {}
        if np.all(truth == truth[0]):
            self.undefined["r2"] = f"every row of the test set has the same target, {truth[0]:g}"
        zeros = int((truth == 0).sum())
        if zeros:
            self.undefined["mape"] = f"the target is 0 in {zeros:,} rows"

    def values(self, weights):
        total = weights.sum()
        square = weights @ self.errors**2
        values = {"rmse": np.sqrt(square / total), "mae": weights @ self.errors / total}
        if "r2" not in self.undefined:
            spread = weights @ (self.truth - weights @ self.truth / total) ** 2
            values["r2"] = 1 - square / spread if spread > 0 else np.nan
        if "mape" not in self.undefined:
            values["mape"] = weights @ (self.errors / np.abs(self.truth)) / total
        return {name: float(value) for name, value in values.items()}

    def warnings(self):
        if len(self.predictions) > 1 and np.all(self.predictions == self.predictions[0]):
            yield f"the model gives every row the same number, {self.predictions[0]:g}"


def judge(judgements, rows, seed, resamples, confidence):
    """The metrics of judgements by name: value, interval or the reason for none, and the values of the samples."""
    ones = np.ones(rows)
    values = {name: judgement.values(ones) for name, judgement in judgements.items()}
    drawn = {name: {metric: np.full(resamples, np.nan) for metric in found} for name, found in values.items()}
    random = np.random.default_rng(seed)
    for index in range(resamples):
        weights = np.bincount(random.integers(0, rows, rows), minlength=rows).astype(np.float64)
        for name, judgement in judgements.items():
            for metric, value in judgement.values(weights).items():
                drawn[name][metric][index] = value
    judged = {}
    for name, found in values.items():
        judged[name] = {metric: with_interval(value, drawn[name][metric], confidence) for metric, value in found.items()}
    return judged, drawn


def with_interval(value, samples, confidence):
    """A value with the percentiles of its samples."""
    defined = samples[~np.isnan(samples)]
    if len(samples) == 0 or len(defined) < len(samples) * (1 - MAX_UNDEFINED):
        return {"value": value}
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return {"value": value, "low": float(low), "high": float(high)}


def loss(metric, model, champion):
    """What the model loses against the champion: positive if it is worse."""
    return model - champion if metric in ERRORS else champion - model
