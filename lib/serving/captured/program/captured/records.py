"""The events that SageMaker captures: as JSON lines, or as a table with their columns in Parquet."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple, Union

from . import Failed, Unreadable, brief
from .bodies import Row, answers, named, prediction, questions, rows_of
from .places import Place, captured_files
from .times import Window, instant

PARQUET = b"PAR1"
# begins the inference ids of the platform's own smoke tests: their samples are not what clients send
SMOKE_TEST = "smoke-"


@dataclass(frozen=True)
class Record:
    """One request and its answer."""

    event_id: str
    at: datetime
    inference_id: Optional[str]
    attributes: Dict[str, str]
    inputs: Optional[Dict[str, Any]]
    outputs: Optional[Dict[str, Any]]

    def rows(self, features: Optional[Sequence[str]], predictions: Optional[Sequence[str]]) -> List[Dict[str, Any]]:
        """Its rows, features and predictions together."""
        given = rows_of(self.outputs) if self.outputs else None
        asked: List[Row] = questions(rows_of(self.inputs), given, features is not None) if self.inputs else []
        found = [named(row, features) for row in asked]
        if given is not None:
            given = answers(given, len(asked)) if asked else given
            found = found or [{} for _ in given]
            for row, answer in zip(found, given):
                row.update(prediction(answer, predictions))
        if not found:
            raise Unreadable("neither the request nor the answer was captured")
        return found


# part of what is read that may be unreadable: what is left need not be like the rest
MAX_UNREADABLE = 0.05


@dataclass
class Reading:
    """What was read of a window, and what could not be."""

    files: int = 0
    records: int = 0
    # requests of smoke tests, which are left out
    smoke_tests: int = 0
    unreadable: int = 0
    reasons: Dict[str, int] = field(default_factory=dict)

    def refuse(self, reason: str) -> None:
        self.unreadable += 1
        if reason in self.reasons or len(self.reasons) < 20:
            self.reasons[reason] = self.reasons.get(reason, 0) + 1

    @property
    def share(self) -> float:
        return self.unreadable / max(1, self.records + self.unreadable)

    def check(self, what: str, most: float = MAX_UNREADABLE) -> None:
        """Raises Failed if more than a part could not be read."""
        if self.share > most:
            reason, count = max(self.reasons.items(), key=lambda item: item[1])
            raise Failed(f"{self.share:.1%} of the {what} cannot be read, the limit is {most:.1%}; {count:,} times: {reason}")


def records(source: Place, window: Window, reading: Reading, folders: Sequence[str] = ("",)) -> Iterator[Tuple[str, Record]]:
    """The records of a window with the folder of each, an event once: the service may write one twice. Those of smoke tests are only counted."""
    seen = set()
    for folder, name, content in captured_files(source, window, folders):
        reading.files += 1
        for event in events(name, content):
            try:
                record = record_of(event)
            except Unreadable as fault:
                reading.refuse(str(fault))
                continue
            if not window.holds(record.at) or record.event_id in seen:
                continue
            seen.add(record.event_id)
            if str(record.inference_id or "").startswith(SMOKE_TEST):
                reading.smoke_tests += 1
                continue
            reading.records += 1
            yield folder, record


def events(name: str, content: bytes) -> Iterator[Union[Dict[str, Any], str]]:
    """The events of a file; a text says why a line is none."""
    if content.startswith(PARQUET):
        yield from parquet_rows(name, content)
        return
    for line in content.split(b"\n"):
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError:
                yield "a line is no json"


def parquet_rows(name: str, content: bytes) -> Iterator[Dict[str, Any]]:
    try:
        from pyarrow import parquet

        for batch in parquet.ParquetFile(io.BytesIO(content)).iter_batches():
            yield from batch.to_pylist()
    except Exception as fault:
        raise Failed(f"{name} cannot be read as parquet: {brief(fault)}")


def lowered(value: Any, depth: int) -> Any:
    """Keys in lower case down to a depth: the catalog, and what it writes, knows no case. Texts of columns may hold JSON."""
    if isinstance(value, str) and value[:1] == "{" and depth:
        value = json.loads(value)
    if isinstance(value, dict) and depth:
        return {str(key).lower(): lowered(one, depth - 1) for key, one in value.items()}
    return value


def record_of(event: Union[Dict[str, Any], str]) -> Record:
    if isinstance(event, str):
        raise Unreadable(event)
    try:
        about = lowered(event, 3)
        data, metadata = about["capturedata"], about["eventmetadata"]
        bodies = {key: body for key, body in data.items() if isinstance(body, dict)}
        return Record(
            event_id=str(metadata["eventid"]),
            at=time_in(metadata["inferencetime"]),
            inference_id=metadata.get("inferenceid"),
            attributes=attributes_of(metadata.get("customattributes")),
            inputs=next((body for key, body in bodies.items() if key.endswith("input")), None),
            outputs=next((body for key, body in bodies.items() if key.endswith("output")), None),
        )
    except Unreadable:
        raise
    except (KeyError, TypeError, AttributeError, ValueError) as fault:
        raise Unreadable(f"a line is no captured event: {type(fault).__name__} {fault}")


def time_in(value: Any) -> datetime:
    if isinstance(value, float) and value >= 1e8:
        value = f"{value:.6f}"  # not 1.7e+18
    return instant(value.isoformat() if isinstance(value, datetime) else str(value))


def attributes_of(given: Any) -> Dict[str, str]:
    """Custom attributes as pairs: a client sends `unit=u-17;experiment=ranking` in one header."""
    texts = given if isinstance(given, list) else [given] if given else []
    pairs = (part.partition("=") for text in texts for part in re.split(r"[;,&]", str(text)))
    return {key.strip(): value.strip() for key, sign, value in pairs if sign and key.strip()}
