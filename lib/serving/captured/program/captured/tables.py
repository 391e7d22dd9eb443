"""Columns of a table in files of CSV with a header, JSON lines or Parquet."""

from __future__ import annotations

import csv
import io
import json
from typing import Any, Dict, Iterator, Optional, Sequence

from . import Failed, brief
from .places import Place, data_files
from .records import PARQUET, parquet_rows

FORMATS = ("csv", "parquet", "json")


def table_rows(source: Place, kind: str, columns: Optional[Sequence[str]] = None) -> Iterator[Dict[str, Any]]:
    """The rows of all files. @param columns names of the columns of CSV without a header"""
    found = False
    for name, content in data_files(source):
        found = True
        if kind == "parquet" or content.startswith(PARQUET):
            yield from parquet_rows(name, content)
        elif kind == "csv":
            yield from csv_table(name, content, columns)
        else:
            yield from json_table(name, content)
    if not found:
        raise Failed(f"there are no files in {source}")


def text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Failed(f"{name} is not UTF-8, which a file of text must be")


def csv_table(name: str, content: bytes, columns: Optional[Sequence[str]]) -> Iterator[Dict[str, Any]]:
    csv.field_size_limit(2**31 - 1)
    names = list(columns) if columns else None
    reader = csv.reader(io.StringIO(text(name, content), newline=""))
    try:
        for cells in reader:
            if not cells or (len(cells) == 1 and not cells[0].strip()):
                continue
            if names is None:
                names = cells
                continue
            if len(cells) != len(names):
                raise Failed(f"{name} has {len(cells)} values in line {reader.line_num}, {len(names)} columns are named; mend the row")
            yield dict(zip(names, cells))
    except csv.Error as fault:
        raise Failed(f"{name} is no csv file: {brief(fault)}")


def json_table(name: str, content: bytes) -> Iterator[Dict[str, Any]]:
    for number, line in enumerate(text(name, content).split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as fault:
            raise Failed(f"{name} has no json in line {number}: {brief(fault)}")
        if not isinstance(row, dict):
            raise Failed(f"{name} has no json object in line {number}")
        yield row
