"""
An experiment of two variants of a model, in an image with Python 3.9 or newer, numpy, scipy, boto3, for Parquet pyarrow.

`plan` has what was declared before, `assignment` gives a unit its variant, `units` joins what was captured with outcomes,
`fixed` and `sequential` compare two samples, `balance` checks the shares, `reading` decides what may be said now, `report`
writes, `size` says how many units a plan needs, `main` runs.
"""
