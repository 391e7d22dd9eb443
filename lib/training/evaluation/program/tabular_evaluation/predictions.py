"""From the outputs of a model to what a judgement takes: numbers of classes, scores, numbers."""

import re

import numpy as np

from . import Failed
from .metrics import Classification, Regression


def text_of(label):
    """A label as every program writes it: 1, 1.0 and True are the class `1`."""
    if isinstance(label, (bool, np.bool_)):
        return str(int(label))
    if isinstance(label, (float, np.floating)) and float(label).is_integer():
        return str(int(label))
    return label.decode() if isinstance(label, bytes) else str(label)


def plainly(text):
    """What a label says however it is written: `1` of 1, 1.0, 01, True and true, which readers and frameworks make of each other."""
    if text.lower() in ("true", "false"):
        return str(int(text.lower() == "true"))
    found = re.fullmatch(r"(-?)0*(\d+)(?:\.0*)?", text)
    return text if not found else found[2] if found[2] == "0" else found[1] + found[2]


def places(texts, classes):
    """The number of the class that each label is: by its text, else by what it says, if that is one class only."""
    exact, said = {label: index for index, label in enumerate(classes)}, {}
    for index, label in enumerate(classes):
        said.setdefault(plainly(label), []).append(index)
    alike = {text: said.get(plainly(text), []) for text in set(texts) if text not in exact}
    return {**exact, **{text: found[0] for text, found in alike.items() if len(found) == 1}}


def in_order(labels):
    """Labels in the order of numbers, if all are numbers, otherwise of texts: as scikit-learn sorts classes."""
    try:
        return sorted(labels, key=float)
    except ValueError:
        return sorted(labels)


class Truth:
    """The labels of the test set, and the classes that outputs stand for."""

    def __init__(self, column, labels=None, positive=None):
        texts = {label: re.sub(r"(?<=\d)\.0+$", "", text_of(label)) for label in column.unique().tolist()}  # 1.0 is the class 1
        self.texts = np.array([texts[label] for label in column.tolist()], dtype=object)
        self.given = [text_of(label) for label in labels] if labels else None
        self.positive = positive

    def classes(self, model, outputs):
        """The classes in the order of the model's outputs."""
        width = outputs.shape[1] if outputs is not None and outputs.ndim == 2 else None
        said = {plainly(text) for text in self.texts}
        found = in_order(said if said <= {"0", "1"} else set(self.texts))
        if self.given:
            classes = self.given
        elif model.classes is not None:
            classes = [text_of(label) for label in model.classes]
        elif width is None and said <= {"0", "1"}:
            classes = ["0", "1"]  # one output, and a test set that may have one class only
        else:
            classes = found
        if width is not None and width != len(classes):
            raise Failed(f"the model gives {width} outputs a row for {len(classes)} classes, {', '.join(classes[:10])}; give labels")
        if len(classes) < 2:
            raise Failed(f"every row of the test set has the class {classes[0]!r}, and the model names no classes; give labels")
        if width is None and len(classes) > 2 and outputs is not None and outputs.dtype.kind == "f":
            self.numbers(outputs, classes, "the model gives")  # labels as floats, or Failed
        unknown = sorted(set(self.texts) - set(places(self.texts, classes)))
        if unknown:
            rows = int(np.isin(self.texts, unknown).sum())
            raise Failed(
                f"the target has {rows:,} rows with classes that the model does not know: {', '.join(map(repr, unknown[:5]))}; "
                f"it knows {', '.join(map(repr, classes[:10]))}"
            )
        if self.positive is not None and (len(classes) > 2 or self.positive not in places([self.positive], classes)):
            raise Failed(f"positive must be one of two classes, got {self.positive!r} of {', '.join(classes[:10])}")
        return classes

    def is_first_positive(self, classes):
        return self.positive is not None and places([self.positive], classes)[self.positive] == 0

    def numbers(self, labels, classes, who):
        """The numbers of labels in `classes`."""
        texts = [text_of(label) for label in labels.tolist()]
        numbers = places(texts, classes)
        unknown = sorted({text for text in texts if text not in numbers})
        if unknown:
            raise Failed(f"{who} classes that are none: {', '.join(map(repr, unknown[:5]))}; the classes are {', '.join(classes[:10])}")
        return np.array([numbers[text] for text in texts], dtype=np.int64)


def without_gaps(outputs):
    """Outputs that are all numbers, or Failed."""
    if outputs is None or outputs.dtype.kind not in "fc":
        return outputs
    bad = ~np.isfinite(outputs)
    rows = int((bad.any(axis=1) if outputs.ndim == 2 else bad).sum())
    if rows:
        raise Failed(f"the model gives no number for {rows:,} of {len(outputs):,} rows")
    return outputs


def classification(model, truth, outputs, classes):
    """A judgement of a classifier's outputs, and what they are: probabilities, scores or labels."""
    labels, scores = outputs
    labels, scores = without_gaps(labels), without_gaps(scores)
    if scores is not None and scores.ndim == 1 and are_labels(scores, classes, labels):
        labels, scores = scores, None
    kind = "labels"
    guessed = None if labels is None else truth.numbers(labels, classes, "the model gives")
    if scores is not None:
        scores = scores.astype(np.float64)
        within = bool(np.all((scores >= 0) & (scores <= 1)))
        if scores.ndim == 1:
            # one output: the probability of the second class, or how far a row is on its side of 0
            kind = "probabilities" if within else "scores"
            other = 1 - scores if within else -scores
            guessed = (scores > (0.5 if within else 0)).astype(np.int64) if guessed is None else guessed
            scores = np.column_stack([other, scores])
        else:
            kind = "probabilities" if within and bool(np.allclose(scores.sum(axis=1), 1, atol=1e-3)) else "scores"
            guessed = scores.argmax(axis=1) if guessed is None else guessed
    known = truth.numbers(truth.texts, classes, "the target has")
    if truth.is_first_positive(classes):
        classes, known, guessed = classes[::-1], 1 - known, 1 - guessed
        scores = None if scores is None else scores[:, ::-1]
    return Classification(known, guessed, scores, kind == "probabilities", classes), kind


def are_labels(scores, classes, labels):
    """Whether single outputs are labels: texts, whole numbers, or the very numbers that classes are."""
    if labels is not None:
        return False
    if scores.dtype.kind != "f":
        return True
    texts = {text_of(value) for value in np.unique(scores).tolist()}
    return texts <= set(places(texts, classes))


def regression(truth, outputs):
    """A judgement of a regression's outputs."""
    labels, scores = outputs
    scores = labels if scores is None else scores
    if scores.ndim != 1 or scores.dtype.kind not in "fiub":
        raise Failed("the model must give one number a row for a regression: " + ("it gives texts" if scores.ndim == 1 else f"it gives {scores.shape[1]}"))
    return Regression(truth, without_gaps(scores).astype(np.float64)), "numbers"
