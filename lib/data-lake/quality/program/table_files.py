"""The files of a table, as batches of rows: Parquet, CSV, TSV and JSON lines. See `data_quality.py`.

Text is read as Athena reads it: `\\N` is NULL, an empty text is a text, and any other empty value is NULL. Times without a
zone are in UTC. Of nested and binary values only their presence is known.
"""

import bz2
import gzip
import json
import os
import re
from decimal import Decimal
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from catalog_text import BITS, BOM, Literal, Unfit, cells_of, scalar_of, short, text_of

BATCH_ROWS = 65_536
# what Hive writes for NULL as a folder
NULL_FOLDER = "__HIVE_DEFAULT_PARTITION__"
# how gzip begins, and compressions of text that other readers know
GZIP = b"\x1f\x8b"
UNREAD = (".snappy", ".zst", ".zstd", ".lz4", ".lzo", ".deflate", ".xz", ".zip", ".Z")


# The types of the catalog


class Kind:
    """A catalog type: `decimal(12,2)`. Of nested and binary types only the presence of a value is known."""

    def __init__(self, text):
        self.text = text
        self.name = re.match(r"\w+", text)[0]
        self.parameters = [int(number) for number in re.findall(r"\d+", text)] if "(" in text else []
        self.is_text = self.name in ("string", "char", "varchar")
        self.is_integer = self.name in BITS
        self.is_float = self.name in ("float", "double")
        self.is_opaque = self.name in ("binary", "array", "map", "struct")

    @property
    def arrow(self):
        """What its values are in a batch."""
        if self.is_integer:
            return pa.int64()
        if self.name == "decimal":
            return pa.decimal128(*self.parameters)
        return ARROW.get(self.name, pa.string())

    def fits(self, found):
        """Whether a column of a Parquet file is of this type."""
        types = pa.types
        if types.is_null(found):
            return True
        if types.is_dictionary(found):
            found = found.value_type
        if self.is_text:
            return str(found).removeprefix("large_").removesuffix("_view") in ("string", "binary")  # Polars writes views
        if self.is_integer:
            return types.is_integer(found)
        if self.is_float:  # Athena widens a float, and does not narrow a double
            return types.is_float32(found) or (self.name == "double" and types.is_float64(found))
        if self.is_opaque:
            return types.is_nested(found) if self.name != "binary" else types.is_binary(found) or types.is_large_binary(found)
        checks = {"decimal": types.is_decimal, "boolean": types.is_boolean, "date": types.is_date, "timestamp": types.is_timestamp}
        return checks[self.name](found)

    def holds(self, values):
        """Which values of a Parquet column are values of this type, NULL among them; None if all are.

        Athena reads an int64 as the int of the catalog, and fails the query at a value that is none.
        """
        types, found = pa.types, values.type
        if types.is_null(found):
            return None
        if self.is_integer:
            limit = 2 ** (BITS[self.name] - 1)
            return between(values, -limit, limit - 1)
        if self.name == "decimal":
            precision, scale = self.parameters
            beyond = Decimal(10) ** (precision - scale)
            fits = None
            if precision - scale < found.precision - found.scale:
                fits = pc.less(pc.abs(values), pa.scalar(beyond, found))
            if scale < found.scale:  # a digit would be lost
                exact = pc.equal(pc.round(values, scale), values)
                fits = exact if fits is None else pc.and_(fits, exact)
            return fits
        if self.name == "timestamp":
            second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[found.unit]
            return between(values.cast(pa.int64()), YEAR_1 * second, YEAR_10000 * second - 1)
        if self.name == "date":
            day = 1 if types.is_date32(found) else 86_400_000
            days = values.cast(pa.int32() if day == 1 else pa.int64())
            return between(days, YEAR_1 // 86_400 * day, YEAR_10000 // 86_400 * day - 1)
        if self.is_text and self.parameters:
            return pc.less_equal(pc.utf8_length(values.cast(pa.string())), pa.scalar(self.parameters[0], pa.int32()))
        return None

    def of_arrow(self, values):
        """The values of a Parquet column, which are all of this type, as those of a batch."""
        if self.is_opaque:
            return pc.if_else(values.is_valid(), pa.scalar(True), pa.scalar(None, pa.bool_()))
        if pa.types.is_timestamp(values.type) and values.type.tz is None:
            values = values.cast(pa.timestamp(values.type.unit, "UTC"))
        finer = self.name == "timestamp"  # nanoseconds are cut off
        return values.cast(options=pc.CastOptions(self.arrow, allow_time_truncate=finer))


def between(values, low, high):
    """Which values are between two ends; None if all values of their type are."""
    fits = None
    for compare, end in ((pc.greater_equal, low), (pc.less_equal, high)):
        try:
            within = compare(values, pa.scalar(end, values.type))
        except (pa.ArrowInvalid, OverflowError):  # beyond every value of the type
            continue
        fits = within if fits is None else pc.and_(fits, within)
    return fits


# the years that a text can say, in seconds since 1970
YEAR_1, YEAR_10000 = -62_135_596_800, 253_402_300_800
ARROW = {
    "float": pa.float64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", "UTC"),
    "binary": pa.bool_(),
    "array": pa.bool_(),
    "map": pa.bool_(),
    "struct": pa.bool_(),
}

def value_of(value, kind, column):
    """A value of CSV (text) or JSON as one of a batch, or Unfit."""
    if value is None:
        return None
    if kind.is_opaque:
        return True
    is_nested = isinstance(value, (list, dict))
    if is_nested and not kind.is_text:
        raise Unfit(f"{column}: is no {kind.text}")
    text = json.dumps(value) if is_nested or isinstance(value, bool) else str(value)
    try:
        return scalar_of(text, kind)
    except (ValueError, ArithmeticError):
        raise Unfit(f"{column}: is no {kind.text}: {short(text)}") from None


# The files of a table


class Batch:
    """Some rows of a file: their numbers in it, and the columns that are asked for, by name."""

    def __init__(self, file, numbers, columns):
        self.file, self.numbers, self.columns = file, numbers, columns

    def __len__(self):
        return len(self.numbers)


def object_of(pairs):
    """A JSON object, with the case of a key no part of its name, as in the SerDe."""
    found = {}
    for key, value in pairs:
        if key.lower() in found:
            raise Unfit(f"{key.lower()}: occurs twice")
        found[key.lower()] = value
    return found


def plain(values):
    """The values of a column that has each once in a dictionary."""
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def as_texts(values):
    """Values of Parquet that a type does not hold: instants of any year among them, which Python does not know."""
    if pa.types.is_timestamp(values.type):
        return [f"{value} {values.type.unit} since 1970" for value in values.cast(pa.int64()).to_pylist()]
    if pa.types.is_date(values.type):
        days = values.cast(pa.int32() if pa.types.is_date32(values.type) else pa.int64())
        return [f"{value} {'days' if pa.types.is_date32(values.type) else 'ms'} since 1970" for value in days.to_pylist()]
    return [str(value) for value in values.to_pylist()]


class Table:
    """How the files of a table are read: its columns, its partitions, and those that are asked for."""

    def __init__(self, spec, wanted):
        self.format = spec["format"]
        self.columns = {name: Kind(text) for name, text in spec["columns"]}
        self.partitions = {name: Kind(text) for name, text in spec["partitions"]}
        unknown = [name for name in wanted if name not in self.columns and name not in self.partitions]
        if unknown:
            raise Unfit(f"the table has no column {', '.join(unknown)}")
        self.wanted = [name for name in wanted if name in self.columns]
        if self.format["name"] not in ("parquet", "csv", "tsv", "json"):
            raise Unfit(f"cannot read files in format {self.format['name']}; run the ruleset in Glue")

    def partition_of(self, path):
        """The values of the folders of a file, by partition."""
        folders = path.split("/")[:-1]
        if [folder.partition("=")[0] for folder in folders] != list(self.partitions):
            expected = "/".join(f"{name}=..." for name in self.partitions) or "the folder of the table"
            raise Unfit(f"is not in {expected}, where queries look for it")
        values = (unquote(folder.partition("=")[2]) for folder in folders)
        return {
            name: value_of(None if value == NULL_FOLDER else value, kind, name)
            for value, (name, kind) in zip(values, self.partitions.items())
        }

    def batches(self, path, local, refuse):
        """The batches of a file. `refuse(number, line, reason)` is told of each row that cannot be read."""
        given = self.partition_of(path)
        read = self.parquet if self.format["name"] == "parquet" else self.text
        for numbers, columns in read(local, path, refuse):
            for name, value in given.items():
                columns[name] = pa.array([value] * len(numbers), self.partitions[name].arrow)
            yield Batch(path, numbers, columns)

    def parquet(self, local, _path, refuse):
        # an instant of Spark (INT96) is read in nanoseconds otherwise, in which the year 9999 is another one
        with pq.ParquetFile(local, coerce_int96_timestamp_unit="us") as file:
            named = {}
            for field in file.schema_arrow:
                if named.setdefault(field.name.lower(), field) is not field:
                    raise Unfit(f"has the column {field.name.lower()} twice")
            for name in self.wanted:
                kind, field = self.columns[name], named.get(name)
                if field is None:
                    raise Unfit(f"has no column {name}")
                if not kind.fits(field.type):
                    raise Unfit(f"has the column {name} as {field.type}, not as {kind.text}")
            names, begin = [named[name].name for name in self.wanted], 1
            for batch in file.iter_batches(BATCH_ROWS, columns=names):
                found = {name: plain(batch.column(batch.schema.get_field_index(column))) for name, column in zip(self.wanted, names)}
                numbers = range(begin, begin + batch.num_rows)
                reasons = self.reasons(found)
                for index, reason in sorted(reasons.items()):
                    refuse(numbers[index], None, reason)
                if reasons:
                    numbers = [number for index, number in enumerate(numbers) if index not in reasons]
                    kept = pa.array([number - begin for number in numbers], pa.int64())
                    found = {name: values.take(kept) for name, values in found.items()}
                yield numbers, {name: self.columns[name].of_arrow(values) for name, values in found.items()}
                begin += batch.num_rows
            if begin - 1 != file.metadata.num_rows:
                raise Unfit(f"has {begin - 1} rows, not {file.metadata.num_rows} as it says")

    def reasons(self, found):
        """Why rows of a Parquet file cannot be read, by their place: a value is none of the type of its column."""
        reasons = {}
        for name, values in found.items():
            kind = self.columns[name]
            holds = kind.holds(values)
            if holds is None or pc.all(holds, skip_nulls=True).as_py() in (True, None):
                continue
            bad = pc.indices_nonzero(pc.invert(pc.fill_null(holds, True)))
            for index, value in zip(bad.to_pylist(), as_texts(values.take(bad))):
                reasons.setdefault(index, f"{name}: is no {kind.text}: {short(value)}")
        return reasons

    def text(self, local, path, refuse):
        parse = self.json_row if self.format["name"] == "json" else self.cells_row
        numbers, rows = [], []
        for number, line in self.lines(local, path):
            try:
                row = parse(line)
            except UnicodeError:
                refuse(number, line.decode(errors="backslashreplace"), "is not UTF-8")
            except RecursionError:
                refuse(number, line.decode(errors="backslashreplace"), "is nested too deeply")
            except Unfit as fault:
                refuse(number, line.decode(errors="backslashreplace"), str(fault))
            else:
                numbers.append(number)
                rows.append(row)
            if len(rows) == BATCH_ROWS:
                yield numbers, self.arrays(rows)
                numbers, rows = [], []
        if rows:
            yield numbers, self.arrays(rows)

    def arrays(self, rows):
        columns = zip(*rows) if self.wanted else []
        return {name: pa.array(values, self.columns[name].arrow) for name, values in zip(self.wanted, columns)}

    def lines(self, local, path):
        """The lines of a file and their numbers, without its header and without empty ones."""
        header = self.format["name"] != "json" and self.format["header"]
        if path.endswith(UNREAD):
            raise Unfit("is compressed in a way that this program cannot read; write it with gzip or bzip2, or run the ruleset in Glue")
        opened = {".gz": gzip.open, ".bz2": bz2.open}.get(os.path.splitext(path)[1], open)
        with opened(local, "rb") as file:
            if opened is open and file.peek(2)[:2] == GZIP:
                raise Unfit("is compressed with gzip, and its name does not end in .gz: queries read it as text")
            for number, raw in enumerate(file, 1):
                line = raw.rstrip(b"\r\n")
                if number == 1:
                    line = line[len(BOM):] if line.startswith(BOM) else line
                    if header:
                        self.check_order(line)
                        continue
                if line.strip() if self.format["name"] == "json" else line:
                    yield number, line

    def check_order(self, line):
        """Engines read text by position: a header with the table's names in another order says that they are wrong."""
        try:
            names = [(cell or "").strip().lower() for cell in cells_of(decoded(line), self.format["separator"], self.format["quote"])]
        except (Unfit, UnicodeError):
            return
        if sorted(names) == sorted(self.columns) and names != list(self.columns):
            raise Unfit(f"has its columns in another order than the table, {', '.join(names)}: queries read them by position")

    def json_row(self, line):
        text = decoded(line)
        try:
            row = json.loads(text, object_pairs_hook=object_of, parse_int=Literal, parse_float=Literal, parse_constant=Literal)
        except Unfit:
            raise
        except ValueError as fault:
            raise Unfit(f"is no JSON: {fault}") from None
        if not isinstance(row, dict):
            raise Unfit("is no JSON object")
        if "\\u" in text:
            json.dumps(row, ensure_ascii=False).encode()  # half a surrogate pair is no text
        return [value_of(row.get(name), self.columns[name], name) for name in self.wanted]

    def cells_row(self, line):
        cells = cells_of(decoded(line), self.format["separator"], self.format["quote"])
        if len(cells) != len(self.columns):
            raise Unfit(f"has {len(cells)} values for {len(self.columns)} columns")
        row = dict(zip(self.columns, cells))
        return [value_of(self.cell(row[name], self.columns[name]), self.columns[name], name) for name in self.wanted]

    @staticmethod
    def cell(cell, kind):
        """Only text can be empty."""
        return None if cell is None or (not kind.is_text and not cell.strip(" ")) else cell


def decoded(line):
    text = text_of(line)
    if "\r" in text:
        raise Unfit("holds a carriage return, at which queries end the row")
    return text
