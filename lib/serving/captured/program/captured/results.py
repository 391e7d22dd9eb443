"""Reports, metrics, and the message of a job."""

from __future__ import annotations

import json
import math
import os
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

from . import Failed, brief
from .places import Place

MESSAGE = "/opt/ml/output/message"  # SageMaker shows the first KB as the job's ExitMessage
# metrics of one call; the service takes 1,000 and 1 MB
BATCH = 500


def client(service: str) -> Any:
    import boto3

    # SageMaker says the region in a variable that boto3 does not read
    return boto3.client(service, region_name=os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION"))


def finite(value: Optional[float]) -> Optional[float]:
    """A number as JSON takes it."""
    return value if value is None or math.isfinite(value) else None


def write_report(target: Place, folder: str, report: Dict[str, Any], markdown: str) -> None:
    """Writes `report.md`, and `report.json` last: who finds it finds both."""
    texts = {"report.md": (markdown, "text/markdown"), "report.json": (json.dumps(report, indent=2, allow_nan=False), "application/json")}
    for name, (content, kind) in texts.items():
        target.write(f"{folder}/{name}", f"{content.rstrip()}\n".encode("utf-8"), kind)


def metric(name: str, value: float, dimensions: Dict[str, str], unit: str = "None") -> Dict[str, Any]:
    """A value of a metric. Dimensions are ASCII in CloudWatch."""
    given = [{"Name": key, "Value": ascii_of(text)} for key, text in dimensions.items()]
    return {"MetricName": name, "Value": float(value), "Unit": unit, "Dimensions": given}


def ascii_of(name: str) -> str:
    """A name as CloudWatch takes it: visible ASCII, no colon first. Columns of spreadsheets have line breaks in their names."""
    escaped = "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in name)
    return escaped.encode("ascii", "backslashreplace").decode("ascii")[:1024].lstrip(":").strip() or "_"


def publish(cloudwatch: Any, namespace: str, metrics: Sequence[Dict[str, Any]]) -> None:
    for first in range(0, len(metrics), BATCH):
        try:
            cloudwatch.put_metric_data(Namespace=namespace, MetricData=list(metrics[first : first + BATCH]))
        except Exception as fault:
            raise Failed(f"the metrics were not taken: {brief(fault)}")


def tell(path: str, text: str) -> None:
    """Leaves a message for DescribeProcessingJob, and in the log."""
    print(text, flush=True)
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(text.encode("utf-8")[:1000].decode("utf-8", "ignore").encode("utf-8"))
    except OSError as fault:
        print(f"no message was left in {path}: {fault}", file=sys.stderr)


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> List[str]:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in cells)} |"

    return [line(header), line(["---"] * len(header)), *map(line, rows)]


def shown(value: Optional[float], digits: int = 3) -> str:
    return "" if value is None else f"{value:.{digits}g}"
