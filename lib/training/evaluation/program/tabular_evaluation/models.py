"""
Models: unpacking an artifact, loading it by the convention of its framework, asking it for predictions.

A Python file in the artifact, `code/inference.py` or `inference.py`, goes before every convention, with the functions of
SageMaker's serving images: `model_fn(model_dir)` loads; `input_fn(body, content_type)`, if there is one, gets rows as
`text/csv` without a header; `predict_fn(data, model)` predicts. Without `input_fn` the data is what the image's own one
would give: a table for scikit-learn, a DMatrix for XGBoost, a tensor for PyTorch, an array for TensorFlow.
"""

import importlib.util
import inspect
import os
import sys
import tarfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

from . import Failed
from .tables import brief, kind_of

MAX_BYTES = 20 << 30
MAX_FILES = 100_000
ROWS_AT_ONCE = 10_000
# a request of SageMaker has at most 6 MB
ROWS_OF_A_REQUEST = 500
SCRIPTS = ["code/inference.py", "inference.py"]
JOBLIB = ["*.joblib", "*.pkl", "*.pickle"]
BOOSTERS = ["xgboost-model", "model.json", "model.ubj", "model.bst", "model.xgb"]


def archive_in(folder, what):
    """The one artifact in a folder."""
    found = sorted(path for path in Path(folder).rglob("*") if path.is_file() and not path.name.startswith("."))
    archives = [path for path in found if path.name.endswith((".tar.gz", ".tgz"))]
    if len(archives) != 1:
        names = ", ".join(path.name for path in found[:5]) or "nothing"
        raise Failed(f"{what} must be one model.tar.gz, got {names}")
    return archives[0]


def unpack(archive, folder, max_bytes=MAX_BYTES, max_files=MAX_FILES):
    """Unpacks folders and files, and refuses whatever would leave `folder`, is neither, or is too much."""
    root = Path(folder).resolve()
    root.mkdir(parents=True, exist_ok=True)
    size = count = 0
    try:
        with tarfile.open(archive, "r:gz") as opened:
            for member in opened:
                target = (root / member.name).resolve()
                if target != root and root not in target.parents:
                    raise Failed(f"{archive.name} has a file outside its folder: {member.name!r}")
                if member.isdir():
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                if not member.isfile():
                    raise Failed(f"{archive.name} has a link or a device: {member.name!r}; pack the file itself")
                size, count = size + member.size, count + 1
                if size > max_bytes or count > max_files:
                    raise Failed(f"{archive.name} has more than {max_bytes:,} bytes or {max_files:,} files, the limits")
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened.extractfile(member) as source, open(target, "wb") as copy:
                    while block := source.read(1 << 20):
                        copy.write(block)
    except (tarfile.TarError, EOFError, OSError) as fault:  # a broken gzip file is an OSError
        raise Failed(f"{archive.name} cannot be unpacked: {brief(fault)}")
    if count == 0:
        raise Failed(f"{archive.name} has no files")
    return root


@contextmanager
def loaded(framework, folder, inference=None):
    """A model, while its own modules can be imported: two models may have modules of the same name."""
    before = list(sys.path)
    try:
        yield load(framework, Path(folder), inference)
    finally:
        sys.path[:] = before
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if file and Path(folder) in Path(file).parents:
                del sys.modules[name]


def load(framework, folder, inference):
    script = script_in(folder, inference)
    try:
        if script:
            module = imported(script)
            if hasattr(module, "model_fn"):
                return Scripted(framework, folder, module)
        if framework == "custom":
            raise Failed(f"the artifact must have {' or '.join(SCRIPTS)} with model_fn, which an image of one's own needs")
        return BY_FRAMEWORK[framework](folder)
    except Failed:
        raise
    except ImportError as fault:
        raise Failed(f"the artifact needs a module that this image lacks: {brief(fault)}; pack it into code/")
    except Exception as fault:
        raise Failed(f"the artifact cannot be loaded: {brief(fault)}")


def script_in(folder, inference):
    if inference and not (folder / inference).is_file():
        raise Failed(f"the artifact lacks {inference!r}; it has {listing(folder)}")
    return next((folder / name for name in ([inference] if inference else SCRIPTS) if (folder / name).is_file()), None)


def imported(script):
    sys.path.insert(0, str(script.parent))
    spec = importlib.util.spec_from_file_location("inference", script)
    module = importlib.util.module_from_spec(spec)
    sys.modules["inference"] = module  # a model pickled by its own module finds it under this name
    spec.loader.exec_module(module)
    return module


def listing(folder):
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return ", ".join(names[:10]) + (", …" if len(names) > 10 else "")


def one_of(folder, patterns, what):
    """The one file of the first pattern that any file has."""
    for pattern in patterns:
        found = sorted(path for path in folder.rglob(pattern) if "code" not in path.relative_to(folder).parts[:-1])
        if len(found) > 1:
            names = ", ".join(path.name for path in found)
            raise Failed(f"the artifact has {len(found)} files {pattern}: {names}; give code/inference.py with model_fn")
        if found:
            return found[0]
    raise Failed(f"the artifact has no {what}; it has {listing(folder)}: save it so, or give code/inference.py with model_fn")


def numbers(frame):
    """The table as numbers. Raises Failed for a column of texts or times."""
    for name in frame.columns:
        if kind_of(frame[name]) in ("text", "time"):
            raise Failed(
                f"column {name!r} holds {kind_of(frame[name])}s, and the model takes numbers: name it in identifiers, or encode it in "
                "input_fn of code/inference.py"
            )
    return frame.to_numpy(dtype="float64", na_value=np.nan)


def in_batches(frame, size, predict):
    """The outputs of all rows; each batch must have one output for each row."""
    parts = []
    for start in range(0, len(frame), size):
        batch = frame.iloc[start : start + size]
        part = predict(batch)
        part = as_array(part)
        if len(part) != len(batch):
            raise Failed(f"the model gives {len(part):,} predictions for {len(batch):,} rows")
        parts.append(part)
    return np.concatenate(parts)


def as_array(output):
    """The outputs of any framework: a row for each row, flat if each has one value."""
    if hasattr(output, "detach"):
        output = output.detach().cpu()
    if hasattr(output, "numpy") and not isinstance(output, (pd.DataFrame, pd.Series)):
        output = output.numpy()
    if isinstance(output, (pd.DataFrame, pd.Series)):
        output = output.to_numpy()
    array = np.asarray(output)
    if array.ndim == 0:
        array = array.reshape(1)
    if array.ndim > 2:
        array = array.reshape(len(array), -1)
    return array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array


class Model:
    """A loaded model. `columns` are the names that it knows, `classes` what it calls its outputs; either may be None."""

    columns = None
    classes = None
    width = None
    warnings = ()
    # how the artifact is written, which decides what can read it: see serving_contract.py
    layout = "pickle"

    def arranged(self, frame):
        """The columns that the model takes, in its order. Raises Failed for each that is missing."""
        if self.columns is None:
            if self.width is not None and self.width != frame.shape[1]:
                raise Failed(
                    f"the model takes {self.width} columns and does not know their names, the test set has {frame.shape[1]}: "
                    f"{', '.join(frame.columns)}; name those that are not for the model in identifiers"
                )
            return frame
        missing = [name for name in self.columns if name not in frame.columns]
        if missing:
            raise Failed(f"the test set lacks columns of the model: {', '.join(missing)}")
        return frame[list(self.columns)]

    def predict(self, frame):
        """Outputs for each row: `(labels or None, scores or None)`; numbers of a regression are scores."""
        raise NotImplementedError


class Estimator(Model):
    """Anything with the interface of scikit-learn."""

    def __init__(self, estimator):
        self.estimator = estimator
        names = getattr(estimator, "feature_names_in_", None)
        self.columns = None if names is None else [str(name) for name in names]
        self.width = getattr(estimator, "n_features_in_", None)
        classes = getattr(estimator, "classes_", None)
        self.classes = None if classes is None else list(classes)

    def predict(self, frame):
        arranged = self.arranged(frame)
        if self.columns and hasattr(self.estimator, "get_booster"):
            arranged = as_trained(self.estimator.get_booster(), arranged)
        given = arranged if self.columns else arranged.to_numpy()
        labels = self.estimator.predict(given)
        if self.classes is None:
            return None, as_array(labels)
        for method in ["predict_proba", "decision_function"]:
            if hasattr(self.estimator, method):
                return as_array(labels), as_array(getattr(self.estimator, method)(given))
        return as_array(labels), None


def scikit_learn(folder):
    import joblib

    model = joblib.load(one_of(folder, JOBLIB, "model.joblib"))
    if not hasattr(model, "predict"):
        raise Failed(f"the artifact holds a {type(model).__name__}, which has no predict; give code/inference.py with model_fn")
    return Estimator(model)


class Boosted(Model):
    """A Booster of XGBoost, asked as SageMaker's image asks it: see `rounds_of`."""

    def __init__(self, booster, layout):
        self.booster, self.layout = booster, layout
        self.columns = list(booster.feature_names) if booster.feature_names else None
        self.width = booster.num_features()
        self.warnings = stopped_early(booster)

    def predict(self, frame):
        import xgboost

        arranged = self.arranged(frame)
        data = as_trained(self.booster, arranged) if self.columns else numbers(arranged)
        matrix = xgboost.DMatrix(data, enable_categorical=self.columns is not None)
        return None, as_array(self.booster.predict(matrix, validate_features=False, **rounds_of(self.booster)))


def rounds_of(booster):
    """
    The rounds that are served. `serve_utils.predict` of aws/sagemaker-xgboost-container, as it is in the images 3.0-5 and 3.2-0,
    takes them from `best_ntree_limit`, which XGBoost has not set since 2.0: all rounds, unless a pickle brings the attribute along.
    """
    limit = int(getattr(booster, "best_ntree_limit", 0) or 0)
    return {"iteration_range": (0, limit)} if limit > 0 else {}


def stopped_early(booster):
    """A warning, if a Booster has rounds behind its best one that are served all the same."""
    best, rounds = booster.attr("best_iteration"), booster.num_boosted_rounds()
    if best is not None and int(best) + 1 < rounds and not rounds_of(booster):
        return [f"training stopped early, and the server takes all {rounds} rounds, not the best {int(best) + 1}: save booster[: booster.best_iteration + 1]"]
    return []


def as_trained(booster, frame):
    """A table with the categories of the training: in a Booster they are numbers, which each file gives anew."""
    known, data = categories_of(booster), frame.copy()
    for name in data.columns:
        column = data[name]
        if name in known:
            data[name] = categorical(column, known[name])
        elif isinstance(column.dtype, pd.CategoricalDtype):
            raise Failed(
                f"column {name!r} holds categories, of which the model knows only the numbers: give the numbers of its training, or "
                "train on categories with XGBoost 3.1 or later, which keeps them"
            )
        elif column.dtype == object:
            data[name] = numbers(data[[name]])[:, 0]  # texts are refused with the name of the column
    return data


def categories_of(booster):
    """The categories that a Booster keeps of its training, by column: it does so since XGBoost 3.1."""
    if not hasattr(booster, "get_categories") or booster.get_categories().empty():
        return {}
    kept = booster.get_categories(export_to_arrow=True).to_arrow()
    return {name: values.to_pylist() for name, values in kept if values is not None}


def categorical(column, known):
    """A column with the categories of the training in their order. Numbers stay numbers where categories are texts."""
    is_dictionary = isinstance(column.dtype, pd.CategoricalDtype)
    if not is_dictionary and kind_of(column) != "text":
        if all(isinstance(one, str) for one in known):
            return column
        raise Failed(f"column {column.name!r} holds numbers, and the model's categories are numbers too: give them as a dictionary of Parquet")
    values = column.astype(object)
    unknown = sorted(set(values.dropna()) - set(known), key=str)
    if unknown:
        raise Failed(
            f"column {column.name!r} has categories that the model does not know: {', '.join(map(repr, unknown[:5]))}; it knows "
            f"{', '.join(map(repr, known[:10]))}"
        )
    return pd.Series(pd.Categorical(values, categories=known), column.index)


def xgboost_model(folder):
    import xgboost

    path = one_of(folder, [*BOOSTERS, *JOBLIB], "xgboost-model")
    booster = xgboost.Booster()
    try:
        booster.load_model(bytearray(path.read_bytes()))  # of a path, XGBoost takes the format from the extension
        return Boosted(booster, "xgboost")
    except (xgboost.core.XGBoostError, UnicodeDecodeError):  # a message about a file that is no text is none either
        import joblib

        model = joblib.load(path)  # what pickle wrote, too
        return Estimator(model) if hasattr(model, "predict_proba") or not hasattr(model, "num_features") else Boosted(model, "pickle")


def require_served(framework, folder, model):
    """
    What an image takes that serves a model by itself: that of XGBoost loads every file of the artifact's root as a Booster, and
    several as an ensemble (`serve_utils.get_loaded_booster`).
    """
    if framework != "xgboost":
        return
    if isinstance(model, Scripted):
        raise Failed("the artifact has a script with model_fn, and its image is not told to use it; name it as the pipeline's servingProgram, or leave it out")
    if not isinstance(model, Boosted):
        raise Failed("the image of XGBoost serves a Booster, and the artifact has an estimator; save estimator.get_booster()")
    files = sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    if len(files) > 1:
        raise Failed(f"the image of XGBoost takes each of {', '.join(files)} for a model; keep one file, and put the others into a folder")


class Scripted(Model):
    """A model with functions of its own."""

    layout = "script"

    def __init__(self, framework, folder, module):
        self.framework, self.module = framework, module
        self.model = called(module.model_fn, str(folder))
        estimator = Estimator(self.model)
        self.columns, self.classes, self.width = estimator.columns, estimator.classes, estimator.width
        self.warnings = stopped_early(self.model) if is_booster(self.model) and not hasattr(module, "predict_fn") else ()
        names = getattr(self.model, "feature_names", None)
        if self.columns is None and names is not None and not callable(names):
            self.columns = [str(name) for name in names]

    def predict(self, frame):
        if not hasattr(self.module, "predict_fn") and not hasattr(self.module, "input_fn"):
            if hasattr(self.model, "predict") and self.framework in ("scikit-learn", "xgboost", "custom") and not is_booster(self.model):
                return Estimator(self.model).predict(frame)
        rows = ROWS_OF_A_REQUEST if hasattr(self.module, "input_fn") else ROWS_AT_ONCE
        return None, in_batches(self.arranged(frame), rows, self.answer)

    def answer(self, frame):
        if hasattr(self.module, "input_fn"):
            data = called(self.module.input_fn, frame.to_csv(index=False, header=False), "text/csv")
        else:
            data = self.data(frame)
        if hasattr(self.module, "predict_fn"):
            return called(self.module.predict_fn, data, self.model)
        if self.framework == "pytorch":
            return without_gradients(self.model, data)
        return self.model(data) if callable(self.model) and not hasattr(self.model, "predict") else self.model.predict(data)

    def data(self, frame):
        if self.framework == "xgboost" and is_booster(self.model):
            import xgboost

            return xgboost.DMatrix(as_trained(self.model, frame), enable_categorical=True)
        if self.framework == "pytorch":
            import torch

            return torch.tensor(numbers(frame), dtype=torch.float32)
        return numbers(frame).astype(np.float32) if self.framework in ("tensorflow", "keras") else frame


def is_booster(model):
    return type(model).__name__ == "Booster"


def called(function, *arguments):
    """Calls a function of an inference script; newer images of PyTorch give a context as the last argument."""
    takes = [one for one in inspect.signature(function).parameters.values() if one.kind != one.KEYWORD_ONLY]
    required = [one for one in takes if one.default is one.empty and one.kind != one.VAR_POSITIONAL]
    return function(*arguments, *([None] * max(0, len(required) - len(arguments))))


def without_gradients(module, tensor):
    import torch

    with torch.no_grad():
        return module(tensor)


class Network(Model):
    """A network that takes one array and gives one."""

    def __init__(self, call, layout):
        self.call, self.layout = call, layout

    def predict(self, frame):
        return None, in_batches(frame, ROWS_AT_ONCE, lambda batch: self.call(numbers(batch).astype(np.float32)))


def pytorch(folder):
    import torch

    path = one_of(folder, ["model.pth", "model.pt", "*.pth", "*.pt"], "model.pth")
    try:
        module = torch.jit.load(str(path), map_location="cpu").eval()
    except RuntimeError:
        raise Failed(f"{path.name} is no TorchScript: only a class can read a state_dict; give code/inference.py with model_fn")
    return Network(lambda array: without_gradients(module, torch.from_numpy(array)), "torchscript")


def keras(folder):
    if not list(folder.rglob("*.keras")):
        return tensorflow(folder)
    import keras as library

    model = library.models.load_model(one_of(folder, ["*.keras"], "model.keras"))
    return Network(lambda array: model.predict(array, verbose=0), "keras")


class SavedModel(Model):
    """The serving signature of a saved model: of one input, which gets the table, or of one for each column."""

    layout = "saved-model"

    def __init__(self, signature, tensorflow):
        self.signature, self.tensorflow = signature, tensorflow
        self.inputs = signature.structured_input_signature[1]
        self.columns = list(self.inputs) if len(self.inputs) > 1 else None

    def predict(self, frame):
        return None, in_batches(self.arranged(frame), ROWS_AT_ONCE, self.answer)

    def answer(self, frame):
        constant = self.tensorflow.constant
        if self.columns is None:
            ((name, spec),) = self.inputs.items()
            return first(self.signature(**{name: constant(numbers(frame), dtype=spec.dtype)}))
        given = {}
        for name, spec in self.inputs.items():
            column = frame[[name]] if spec.shape.rank == 2 else frame[name]
            given[name] = constant(column.to_numpy(), dtype=spec.dtype)
        return first(self.signature(**given))


def first(outputs):
    return next(iter(outputs.values()))


def tensorflow(folder):
    import tensorflow as library

    found = [path.parent for path in folder.rglob("saved_model.pb")]
    if not found:
        raise Failed(f"the artifact has no <number>/saved_model.pb; it has {listing(folder)}: write it with model.export")
    newest = max(found, key=lambda path: int(path.name) if path.name.isdigit() else -1)
    signatures = library.saved_model.load(str(newest)).signatures
    if "serving_default" not in signatures:
        raise Failed(f"the saved model has no signature serving_default: it has {', '.join(signatures) or 'none'}")
    return SavedModel(signatures["serving_default"], library)


BY_FRAMEWORK = {"scikit-learn": scikit_learn, "xgboost": xgboost_model, "pytorch": pytorch, "keras": keras, "tensorflow": tensorflow}
FRAMEWORKS = [*BY_FRAMEWORK, "custom"]

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # of the log of a job, only what is wrong
