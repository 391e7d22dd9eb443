"""
Drift of features and predictions against a baseline, in an image with Python 3.9 or newer, numpy, scipy, boto3, for Parquet
pyarrow.

`profiles` describes a column of the baseline, `distances` says how far a sample is from it and how likely that is by chance,
`judgement` decides over all columns at once, `settings` has what was declared, `report` writes, `main` runs.
"""
