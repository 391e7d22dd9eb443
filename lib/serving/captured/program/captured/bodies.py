"""Rows of what a client has sent and of what a model has answered."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
from typing import Any, Dict, List, Optional, Sequence, Union

from . import Unreadable, brief

# one row of a request: values by their place, or by their name
Row = Union[List[Any], Dict[str, Any]]
# keys under which servers take and give several rows: TensorFlow Serving, MLflow, SageMaker's own algorithms
SEVERAL = ("instances", "inputs", "dataframe_records", "predictions", "outputs")
CSV = "text/csv"
PREDICTION = "prediction"


def rows_of(body: Dict[str, Any]) -> List[Row]:
    """The rows of a captured body, with its keys in lower case: `data`, `encoding`, `observedcontenttype`."""
    data, encoding = body.get("data"), str(body.get("encoding") or "").upper()
    kind = str(body.get("observedcontenttype") or "").split(";")[0].strip().lower()
    if data is None:
        raise Unreadable("the body was not captured")
    if encoding == "BASE64" and (not kind or "json" in kind or kind.startswith("text/")):
        data = decoded(data)
        looks_like_json = data.lstrip()[:1] in ("{", "[")
        # a web server says text/html of an answer for which nobody has said a type
        encoding = "CSV" if kind == CSV else "JSON" if "json" in kind or looks_like_json else "CSV"
    if encoding == "CSV":
        return csv_rows(data)
    if encoding == "JSON":
        return json_rows(data)
    raise Unreadable(f"a body of {kind or 'an unknown type'} cannot be read; send text/csv or application/json")


def decoded(data: str) -> str:
    try:
        return base64.b64decode(data, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as fault:
        raise Unreadable(f"the body is no text in base64: {brief(fault)}")


def csv_rows(text: str) -> List[Row]:
    csv.field_size_limit(2**31 - 1)  # 131,072 characters by default: a text or an image is longer
    try:
        return [cells for cells in csv.reader(io.StringIO(text, newline=""), strict=True) if len(cells) > 1 or (cells and cells[0].strip())]
    except csv.Error as fault:
        raise Unreadable(f"the body is no csv: {brief(fault)}")


def json_rows(text: str) -> List[Row]:
    try:
        return unwrapped(json.loads(text))
    except ValueError as fault:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise Unreadable(f"the body is no json: {brief(fault)}")
    try:  # JSON lines: one row each
        return [row for line in lines for row in unwrapped(json.loads(line))]
    except ValueError as fault:
        raise Unreadable(f"the body is no json: {brief(fault)}")


def unwrapped(value: Any) -> List[Row]:
    """The rows of a JSON value. A list of plain values is one row: see `answers`, which knows how many were asked for."""
    if isinstance(value, dict):
        split = value.get("dataframe_split")
        if isinstance(split, dict) and isinstance(split.get("columns"), list):
            return [dict(zip(split["columns"], row)) for row in split.get("data", [])]
        for key in SEVERAL:
            if isinstance(value.get(key), dict):
                return by_columns(value[key])
            if isinstance(value.get(key), list):
                return unwrapped(value[key]) if key not in ("predictions", "outputs") or not is_flat(value[key]) else [value[key]]
        if list(value) == ["features"] and isinstance(value["features"], list):
            return [value["features"]]
        return [value]
    if isinstance(value, list):
        return [value] if is_flat(value) else [row for one in value for row in unwrapped(one)]
    return [[value]]


def by_columns(columns: Dict[str, Any]) -> List[Row]:
    """Rows of `{"age": [31, 45], "city": ["Oslo", "Lund"]}`; of plain values it is one row."""
    lengths = {len(values) for values in columns.values() if isinstance(values, list)}
    if not lengths:
        return [columns]
    if len(lengths) > 1 or not all(isinstance(values, list) for values in columns.values()):
        raise Unreadable("the columns of the body differ in length")
    return [dict(zip(columns, values)) for values in zip(*columns.values())]


def columns_in(row: Row) -> int:
    """How many rows an object would have if its lists were columns; 0 if they are none."""
    lists = [value for value in row.values() if isinstance(value, list) and is_flat(value)] if isinstance(row, dict) else []
    return len(lists[0]) if lists and len(lists) == len(row) and len({len(values) for values in lists}) == 1 else 0


def questions(rows: List[Row], given: Optional[List[Row]], are_named: bool) -> List[Row]:
    """Rows of a request. `{"age": [31, 45], "city": ["Oslo", "Lund"]}` are two if there are two answers to it, else one of two lists."""
    several = columns_in(rows[0]) if len(rows) == 1 else 0
    if given is None:
        fits = are_named
    else:
        fits = len(given) == several or (len(given) == 1 and several in (columns_in(given[0]), len(given[0])))
    return by_columns(rows[0]) if several and fits else rows


def is_flat(values: Sequence[Any]) -> bool:
    return not any(isinstance(value, (list, dict)) for value in values)


def answers(rows: List[Row], asked: int) -> List[Row]:
    """One answer for each row of the request: `[0.1, 0.7]` is two answers to two rows, and one of two values to one."""
    if len(rows) == 1 and asked != 1 and isinstance(rows[0], list) and len(rows[0]) == asked:
        return [[value] for value in rows[0]]
    if len(rows) == 1 and asked != 1 and columns_in(rows[0]) == asked:
        return by_columns(rows[0])
    if len(rows) != asked:
        raise Unreadable(f"there are {len(rows)} answers to {asked} rows")
    return rows


def named(row: Row, names: Optional[Sequence[str]]) -> Dict[str, Any]:
    """A row of a request by the names of its features. Names decide which values of a JSON object are read."""
    if isinstance(row, dict):
        flat = flattened(row)
        return flat if names is None else {name: flat.get(name) for name in names}
    if names is None:
        raise Unreadable("a row has values without names; say the names of the features")
    if len(row) != len(names):
        raise Unreadable(f"a row has {len(row)} values, {len(names)} features are named")
    return dict(zip(names, row))


def prediction(row: Row, names: Optional[Sequence[str]]) -> Dict[str, Any]:
    """An answer by the names of its values: `prediction`, `prediction[0]`, `prediction.score`, or the names that are given."""
    if isinstance(row, dict):
        flat = flattened(row)
        found: Dict[str, Any] = {}
        for key, value in flat.items():
            parts = enumerate(value) if isinstance(value, list) else [(None, value)]
            found.update({f"{PREDICTION}.{key}{'' if index is None else f'[{index}]'}": one for index, one in parts})
        return found if names is None else {name: flat.get(name, found.get(name)) for name in names}
    if names is not None:
        if len(row) != len(names):
            raise Unreadable(f"an answer has {len(row)} values, {len(names)} are named")
        return dict(zip(names, row))
    return {PREDICTION: row[0]} if len(row) == 1 else {f"{PREDICTION}[{index}]": value for index, value in enumerate(row)}


def flattened(row: Dict[str, Any], above: str = "") -> Dict[str, Any]:
    flat: Dict[str, Any] = {}
    for key, value in row.items():
        name = f"{above}{key}"
        flat.update(flattened(value, f"{name}.") if isinstance(value, dict) else {name: value})
    return flat
