"""
What an endpoint has captured: Python 3.9 or newer, numpy, boto3 for S3, pyarrow for Parquet.

`places` lists and reads files of a folder or a bucket, `times` reads instants, `bodies` makes rows of what a client sent and
of what the model answered, `records` reads the events that SageMaker writes, `tables` reads columns of other data, `results`
writes reports and metrics.
"""


class Failed(Exception):
    """There is no result. The message is for the people who run the model."""


class Unreadable(ValueError):
    """Says why one record, or one part of it, cannot be read."""


def brief(fault: BaseException) -> str:
    """A fault of other code on one line."""
    text = " ".join(str(fault).split())
    return f"{type(fault).__name__}: {text[:300]}{'…' if len(text) > 300 else ''}"
