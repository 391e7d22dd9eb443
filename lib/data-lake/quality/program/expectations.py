"""What can be expected of a table, each measured batch by batch. See `data_quality.py`.

`see(batch)` returns the indices of the rows that do not fit, `result()` the verdict. NULL does not fit; a share of no rows
is no share.
"""

import hashlib
import os
import re
import tempfile
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalog_text import Unfit, scalar_of
from table_files import Kind

# hashes in memory until they go to the disk
HASHES_IN_MEMORY = 4_000_000
PARTS = 64


class Rows:
    """A share of rows that must fit. `fitting(batch)` says which do; NULL counts as one that does not."""

    def __init__(self, spec, least):
        self.name, self.spec, self.column = spec["name"], spec, spec["columns"][0]
        self.least, self.ignore_null = float(least), spec.get("ignoreNull", False)
        self.rows = self.good = 0

    def see(self, batch):
        """The indices of the rows of a batch that do not fit."""
        fits = pc.fill_null(self.fitting(batch.columns[self.column]), False)
        if self.ignore_null:
            counted = batch.columns[self.column].is_valid()
            self.rows += pc.sum(counted).as_py() or 0
            fits = pc.or_(fits, pc.invert(counted))
            self.good += (pc.sum(pc.and_(fits, counted)).as_py()) or 0
        else:
            self.rows += len(batch)
            self.good += pc.sum(fits).as_py() or 0
        return np.flatnonzero(~fits.to_numpy(zero_copy_only=False))

    def result(self):
        share = self.good / self.rows if self.rows else None
        passed = share is not None and share >= self.least
        return verdict(self.name, passed, share, {"min": self.least}, self.rows, self.rows - self.good, "no row was counted")


class Completeness(Rows):
    def __init__(self, spec, _table, _now, _folder):
        super().__init__(spec, spec["min"])

    def fitting(self, values):
        return values.is_valid()


class Range(Rows):
    def __init__(self, spec, table, _now, _folder):
        super().__init__(spec, spec["share"])
        self.kind = {**table.columns, **table.partitions}[self.column]
        self.ends = [
            (end, Decimal(spec[end])) for end in ("min", "max") if spec[end] is not None
        ]
        if not self.ends:
            raise Unfit(f"{self.name}: has neither min nor max")

    def fitting(self, values):
        fits = values.is_valid()
        for end, limit in self.ends:
            fits = pc.and_(fits, self.within(values, end, limit))
        return fits

    def within(self, values, end, limit):
        compare = pc.greater_equal if end == "min" else pc.less_equal
        if self.kind.is_float:
            return compare(values, pa.scalar(float(limit), pa.float64()))
        # the nearest value of the column's type that is within: the comparison is exact
        scale = self.kind.parameters[1] if self.kind.name == "decimal" else 0
        exact = Context(prec=400, rounding=ROUND_CEILING if end == "min" else ROUND_FLOOR)
        nearest = limit.quantize(Decimal(1).scaleb(-scale), context=exact)
        try:
            return compare(values, pa.scalar(nearest if self.kind.name == "decimal" else int(nearest), self.kind.arrow))
        except (pa.ArrowInvalid, OverflowError):  # beyond every value of the type
            return pc.and_(values.is_valid(), pa.scalar((nearest < 0) == (end == "min")))


class Values(Rows):
    def __init__(self, spec, table, _now, _folder):
        super().__init__(spec, spec["share"])
        kind = {**table.columns, **table.partitions}[self.column]
        self.is_float = kind.is_float
        self.listed = pa.array([value for value in map(lambda text: self.of(text, kind), spec["values"]) if value is not None], kind.arrow)

    @staticmethod
    def of(text, kind):
        """A value of the list in the column's type; None if no value of the type is equal to it."""
        if kind.is_text:
            return text
        if kind.is_float:
            return float(text) + 0.0
        try:
            value = scalar_of(text, Kind("bigint") if kind.is_integer else kind)
        except (ValueError, ArithmeticError):
            return None
        return value if Decimal(value) == Decimal(text) else None

    def fitting(self, values):
        values = pc.add(values, 0.0) if self.is_float else values  # -0.0 is 0.0
        return pc.and_(values.is_valid(), pc.is_in(values, self.listed))


class Matches(Rows):
    def __init__(self, spec, _table, _now, _folder):
        super().__init__(spec, spec["share"])
        self.pattern = re.compile(spec["pattern"], re.ASCII)

    def fitting(self, values):
        encoded = values.dictionary_encode()
        found = [bool(text) and self.pattern.fullmatch(text) is not None for text in encoded.dictionary.to_pylist()]
        return pc.take(pa.array(found, pa.bool_()), encoded.indices)


class FreshRows(Rows):
    def __init__(self, spec, _table, now, _folder):
        super().__init__(spec, "1")
        self.oldest = now - int(spec["maxHours"]) * 3600

    def fitting(self, values):
        return pc.greater_equal(seconds(values), pa.scalar(self.oldest, pa.int64()))


class Newest:
    """The age of the newest value that is not in the future."""

    def __init__(self, spec, _table, now, _folder):
        self.name, self.column, self.limit, self.now = spec["name"], spec["columns"][0], int(spec["maxHours"]), now
        self.newest, self.rows = None, 0

    def see(self, batch):
        self.rows += len(batch)
        found = seconds(batch.columns[self.column])
        newest = pc.max(found.filter(pc.less_equal(found, pa.scalar(self.now, pa.int64())))).as_py()
        if newest is not None and (self.newest is None or newest > self.newest):
            self.newest = newest
        return ()

    def result(self):
        hours = None if self.newest is None else (self.now - self.newest) / 3600
        passed = hours is not None and hours <= self.limit
        return verdict(self.name, passed, hours, {"max": self.limit}, self.rows, None, "no value is in the past")


def freshness(spec, *rest):
    return (FreshRows if spec["everyRow"] else Newest)(spec, *rest)


def seconds(values):
    """Whole seconds since 1970 of dates and instants, as Spark counts them: those before 1970 are rounded down, too."""
    moments = values.cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    second = pa.scalar(1_000_000, pa.int64())
    whole = pc.divide(moments, second)  # towards 1970
    return pc.subtract(whole, pc.less(moments, pc.multiply(whole, second)).cast(pa.int64()))


class Uniqueness:
    """Values that occur once, as a share of the rows that have one in some column. Exact but for equal hashes (2^-128)."""

    def __init__(self, spec, _table, _now, folder):
        self.name, self.columns, self.least = spec["name"], spec["columns"], float(spec["min"])
        self.folder = tempfile.mkdtemp(dir=folder)
        self.parts, self.held, self.rows = [bytearray() for _ in range(PARTS)], 0, 0

    def see(self, batch):
        for key in zip(*(canonical(batch.columns[column]) for column in self.columns)):
            if all(part is None for part in key):
                continue
            if len(key) == 1:
                hashed = hashlib.blake2b(key[0], digest_size=16).digest()
            else:
                joined = b"".join(b"-" if part is None else b"%d:%b" % (len(part), part) for part in key)
                hashed = hashlib.blake2b(joined, digest_size=16).digest()
            self.parts[hashed[0] % PARTS] += hashed
            self.rows += 1
            self.held += 1
        if self.held > HASHES_IN_MEMORY:
            self.spill()
        return ()

    def spill(self):
        for index, part in enumerate(self.parts):
            with open(os.path.join(self.folder, str(index)), "ab") as file:
                file.write(part)
            part.clear()
        self.held = 0

    def result(self):
        once = sum(map(self.once_in, range(PARTS)))
        share = once / self.rows if self.rows else None
        passed = share is not None and share >= self.least
        return verdict(self.name, passed, share, {"min": self.least}, self.rows, self.rows - once, "no row has a value")

    def once_in(self, index):
        path = os.path.join(self.folder, str(index))
        held = bytes(self.parts[index])
        if os.path.exists(path):
            with open(path, "rb") as file:
                held = file.read() + held
        hashes = np.frombuffer(held, dtype=np.uint64).reshape(-1, 2)
        if len(hashes) == 0:
            return 0
        ordered = hashes[np.lexsort((hashes[:, 1], hashes[:, 0]))]
        differs = np.any(ordered[1:] != ordered[:-1], axis=1)
        begins, ends = np.concatenate(([True], differs)), np.concatenate((differs, [True]))
        return int(np.count_nonzero(begins & ends))


def canonical(values):
    """The values as bytes that are equal if the values are; None for NULL."""
    kind = values.type
    if pa.types.is_floating(kind):
        return [None if value is None else repr(value + 0.0).encode() for value in values.to_pylist()]
    if pa.types.is_timestamp(kind):
        values = values.cast(pa.int64())
    return [None if value is None else str(value).encode() for value in values.to_pylist()]


class RowCount:
    def __init__(self, spec, _table, _now, _folder):
        self.name, self.least = spec["name"], int(spec["min"])
        self.most = None if spec["max"] is None else int(spec["max"])
        self.rows = 0

    def see(self, batch):
        self.rows += len(batch)
        return ()

    def result(self):
        passed = self.rows >= self.least and (self.most is None or self.rows <= self.most)
        return verdict(self.name, passed, self.rows, {"min": self.least, "max": self.most}, self.rows, None, "")


class Custom:
    def __init__(self, spec, _table, _now, _folder):
        self.name = spec["name"]

    def see(self, _batch):
        return ()

    def result(self):
        return verdict(self.name, False, None, {}, 0, None, "only Glue evaluates this rule; run the ruleset there")


def verdict(name, passed, measured, limit, rows, failing, without):
    """What a report says of an expectation. `without` is the reason if nothing was measured."""
    limit = {key: value for key, value in limit.items() if value is not None}
    found = {"name": name, "passed": passed, "measured": measured, "limit": limit, "rows": rows}
    if failing is not None:
        found["failingRows"] = failing
    if not passed:
        words = " and ".join(f"at {'least' if key == 'min' else 'most'} {value:g}" for key, value in limit.items())
        found["reason"] = without if measured is None else f"must be {words}, is {measured:.6g}"
    return found


KINDS = {
    "completeness": Completeness,
    "uniqueness": Uniqueness,
    "range": Range,
    "values": Values,
    "matches": Matches,
    "freshness": freshness,
    "rowCount": RowCount,
    "custom": Custom,
}


def columns_of(spec):
    return list(dict.fromkeys(column for one in spec["expectations"] for column in one["columns"]))
