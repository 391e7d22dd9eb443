"""
Evaluates a trained model on a held-out table, in the image of the model's framework: Python 3.9 or newer, numpy, pandas, for
Parquet pyarrow, for a champion boto3.

`tables` reads the test set and perturbs it, `models` loads an artifact and asks it for predictions, `metrics` computes what
they are worth and how sure that is, `champion` finds the model to compare with, `main` writes the report.
"""


class Failed(Exception):
    """The evaluation has no result. The message is for the people who trained the model."""
