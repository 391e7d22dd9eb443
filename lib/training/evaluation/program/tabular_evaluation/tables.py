"""The test set: reading it, taking it apart and perturbing it."""

import bz2
import csv
import gzip
import hashlib
import lzma
from pathlib import Path

import numpy as np
import pandas as pd

from . import Failed

# what stands for no value in a CSV file; "NA" does not, it is a text such as the code of Namibia
NULLS = ["", "NaN", "nan", "NULL", "null", "\\N"]
# how compressed files begin, and who opens them; what else there is in lakes is not read
COMPRESSED = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}
UNREAD = (".snappy", ".zst", ".zstd", ".lz4", ".lzo", ".deflate", ".zip", ".7z", ".Z")
# part of the free memory that the files of a test set may fill: as much again is taken by perturbed copies
MEMORY_PART = 0.25


def files_in(folder, what):
    """The files below a folder, in the order of their names, without hidden ones and markers such as _SUCCESS."""
    root = Path(folder)
    found = sorted(path for path in root.rglob("*") if path.is_file())
    files = [path for path in found if not any(part[0] in "._" for part in path.relative_to(root).parts)]
    files = [path for path in files if not (path.name.endswith("_$folder$") and path.stat().st_size == 0)]  # of Hadoop
    if not files:
        raise Failed(f"the {what} has no files in {folder}")
    return files


def fingerprint(files, folder):
    """What the test set was: another number for other content, names or order."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(folder).as_posix()}\n{path.stat().st_size}\n".encode())
        with open(path, "rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
    return {"files": len(files), "bytes": sum(path.stat().st_size for path in files), "sha256": digest.hexdigest()}


def free_memory():
    """Bytes that this container may still use, or None if the system does not say."""
    limits = []
    for name in ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]:
        text = Path(name).read_text().strip() if Path(name).is_file() else "max"
        if text.isdigit():
            limits.append(int(text))
    meminfo = Path("/proc/meminfo")
    for line in meminfo.read_text().splitlines() if meminfo.is_file() else []:
        if line.startswith("MemAvailable:"):
            limits.append(int(line.split()[1]) * 1024)
    return min(limits, default=None)


def read(files, kind, columns, max_rows, memory=None, text=None):
    """All rows of the files in one frame. Raises Failed if they do not fit together, or are too many.

    `text` is a column of CSV whose values are texts whatever they look like: `01` is another label than 1.
    """
    limit = free_memory() if memory is None else memory
    read_one, size_of = (read_parquet, parquet_size) if kind == "parquet" else (read_csv, csv_size)
    frames, rows, size = {}, 0, 0
    for path in files:
        try:
            size += size_of(path)
            if limit is not None and size > limit * MEMORY_PART:
                raise Failed(
                    f"the test set has more than {size:,} bytes, the limit on this instance is "
                    f"{int(limit * MEMORY_PART):,}: give a part of it, or take an instance with more memory"
                )
            frame, count = read_one(path, columns, max_rows - rows, text)
        except ImportError as fault:
            raise Failed(f"this image cannot read {kind}: {fault}; give the test set as csv, or take an image with pyarrow")
        except Failed:
            raise
        except Exception as fault:
            raise Failed(f"{path.name} is no {kind} file: {brief(fault)}")
        rows += count
        if rows > max_rows:
            raise Failed(f"the test set has more than {max_rows:,} rows, the limit: give a part of it, or raise maxRows")
        if frame is not None:
            frames[path] = frame
    together(frames)
    if rows == 0:
        raise Failed("the test set has no rows")
    filled = [frame for frame in frames.values() if len(frame) > 0]
    return filled[0] if len(filled) == 1 else pd.concat(filled, ignore_index=True)


def parquet_size(path):
    from pyarrow import parquet

    metadata = parquet.ParquetFile(path).metadata
    encoded = sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
    return max(encoded, metadata.num_rows * metadata.num_columns * 8)  # a column of one value is a few bytes in the file


def read_parquet(path, _columns, max_rows, _text=None):
    from pyarrow import parquet

    # a file of its own: read as a data set, the folders of its path would become columns
    # an instant of Spark (INT96) is read in nanoseconds otherwise, in which the year 9999 is another one
    file = parquet.ParquetFile(path, coerce_int96_timestamp_unit="us")
    count = file.metadata.num_rows
    if count > max_rows:
        return None, count
    names = file.schema_arrow.names
    refuse_twice(path, names)
    frame = file.read().to_pandas(strings_to_categorical=False, integer_object_nulls=False)
    for name, kind in zip(names, file.schema_arrow.types):
        if str(kind).startswith("decimal") and name in frame.columns:  # by its type: the first values may be missing
            frame[name] = frame[name].astype("float64")
    named = [name for name in frame.index.names if name in names and not name.startswith("__index_level_")]
    return (frame.reset_index(named) if named else frame), count  # every other reader takes a named index for a column


def refuse_twice(path, names):
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Failed(f"{path.name} has two columns of the name {', '.join(map(repr, twice))}")


def csv_size(path):
    return path.stat().st_size * (1 if opener_of(path) is open else 4)  # compressed tables are about a quarter


def opener_of(path):
    """What opens a file, by its first bytes: storage may have compressed it under its old name."""
    if path.suffix in UNREAD:
        raise Failed(f"{path.name} is compressed as {path.suffix[1:]}; give it as gzip, bzip2, xz, or plain")
    with open(path, "rb") as file:
        begin = file.read(8)
    return next((opener for magic, opener in COMPRESSED.items() if begin.startswith(magic)), open)


def lines_of(file, name):
    for line in file:
        if "\0" in line:
            raise Failed(f"{name} holds a NUL character; a CSV file must be UTF-8, not UTF-16")
        yield line


def rows_of(file, name):
    """The cells of each row with the line that it begins on, without empty lines, as pandas splits them."""
    csv.field_size_limit(2**31 - 1)
    reader, begin = csv.reader(lines_of(file, name)), 1
    try:
        for cells in reader:
            if len(cells) > 1 or (cells and cells[0].strip(" \t")):
                yield begin, cells
            begin = reader.line_num + 1
    except UnicodeDecodeError:
        raise Failed(f"{name} is not UTF-8, which a CSV file must be")
    except csv.Error as fault:
        raise Failed(f"{name} is no csv file: line {begin}: {brief(fault)}")


def read_csv(path, columns, max_rows, text=None):
    opener, names, count = opener_of(path), columns, 0
    with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
        for line, cells in rows_of(file, path.name):
            if names is None:
                names = cells
                refuse_twice(path, names)
                continue
            if len(cells) != len(names):  # pandas would fill a short row with empty values, or take the first for row names
                of = "are named" if columns else "are in its header"
                raise Failed(f"{path.name} has {len(cells)} values in line {line}, {len(names)} {of}; mend the row, or write the file again")
            count += 1
            if count > max_rows:
                return None, count
    if names is None or (columns and count == 0):  # an engine's part without rows
        return None, 0
    # numbers as they are written: the parser that pandas takes otherwise is off by one in the last place
    options = {"keep_default_na": False, "na_values": NULLS, "low_memory": False, "float_precision": "round_trip"}
    if text in names:
        options["dtype"] = {names.index(text) if columns else text: str}
    with opener(path, "rb") as file:
        frame = pd.read_csv(file, encoding="utf-8-sig", header=None if columns else 0, **options)
    if len(frame) != count:
        raise Failed(f"{path.name} has {count:,} rows, pandas reads {len(frame):,}: a quote is not closed, or not doubled inside of quotes")
    if columns:
        frame.columns = columns
    return frame, count


def together(frames):
    """Raises Failed if files have other columns than the first, or values of another kind: flags or texts for numbers."""
    (file, first), *others = frames.items() or [(None, None)]
    words = {"text": "texts", "time": "times", "boolean": "flags"}
    for path, frame in others:
        other = sorted(set(map(str, first.columns)) ^ set(map(str, frame.columns)))
        if other:
            raise Failed(f"{path.name} and {file.name} differ in the columns {', '.join(map(repr, other))}")
        for name in first.columns:
            one, another = (words.get(kind_of(values), "numbers") for values in (first[name], frame[name]))
            if one != another and first[name].notna().any() and frame[name].notna().any():
                raise Failed(f"column {name!r} holds {one} in {file.name}, and {another} in {path.name}")


def split(frame, target, identifiers):
    """The columns for the model, and the truth."""
    frame = frame.rename(columns=str)
    absent = [name for name in [target, *identifiers] if name not in frame.columns]
    if absent:
        raise Failed(f"the test set lacks the column {', '.join(map(repr, absent))}; it has {', '.join(map(repr, frame.columns))}")
    truth = frame[target]
    empty = int(truth.isna().sum())
    if empty:
        raise Failed(f"the target {target!r} is missing in {empty:,} of {len(frame):,} rows; leave these rows out")
    features = frame.drop(columns=[target, *identifiers])
    if features.shape[1] == 0:
        raise Failed(f"the test set has no columns but {', '.join(map(repr, frame.columns))}: nothing is left for the model")
    return features, truth


def kind_of(column):
    """What a column holds, in the words of a contract."""
    # flags of which some are missing are objects, and so are days
    inferred = pd.api.types.infer_dtype(column, skipna=True) if column.dtype == object else None
    if inferred in ("date", "datetime"):
        return "time"
    if pd.api.types.is_bool_dtype(column) or inferred == "boolean":
        return "boolean"
    if pd.api.types.is_integer_dtype(column):
        return "integer"
    if pd.api.types.is_numeric_dtype(column):
        return "number"
    return "time" if pd.api.types.is_datetime64_any_dtype(column) else "text"


# Perturbations: each draws from a generator of its own, so that one does not change with another


def with_noise(frame, strength, random):
    """Numbers moved by `strength` standard deviations of their column; texts and flags become another row's in that part."""
    perturbed = frame.copy()
    for name in frame.columns:
        column = frame[name]
        is_number = kind_of(column) in ("integer", "number")
        if is_number and (kind_of(column) == "number" or column.nunique() > 2):
            values = column.to_numpy(dtype="float64", na_value=np.nan)
            finite = values[np.isfinite(values)]
            moved = values + random.normal(0, 1, len(values)) * strength * (finite.std() if len(finite) else 0)
            perturbed[name] = whole(moved, column) if is_whole(column) else moved.astype(float_of(column))
        else:
            others = column.take(random.integers(0, len(column), len(column))).set_axis(column.index)
            perturbed[name] = column.mask(pd.Series(random.random(len(column)) < strength, column.index), others)
    return perturbed


def whole(numbers, column):
    """Numbers rounded to those of a column, none beyond its type: -1 is no uint8, and would become 255."""
    kind = getattr(column.dtype, "numpy_dtype", column.dtype)  # pandas has types of its own, which numpy does not know
    ends = np.iinfo(kind)
    last = np.nextafter(float(ends.max), 0) if ends.bits == 64 else ends.max  # as a float, the last int64 is beyond it
    return pd.Series(np.clip(np.rint(numbers), ends.min, last).astype(kind), column.index).astype(column.dtype)


def is_whole(column):
    return pd.api.types.is_integer_dtype(column) and not column.isna().any()


def float_of(column):
    return column.dtype if isinstance(column.dtype, np.dtype) and column.dtype.kind == "f" else "float64"


def with_missing(frame, part, random):
    """Fields emptied at random. Flags and whole numbers become numbers, which alone can be empty."""
    emptied = pd.DataFrame(random.random(frame.shape) < part, frame.index, frame.columns)
    perturbed = {}
    for name in frame.columns:
        column = frame[name]
        if kind_of(column) in ("boolean", "integer"):
            column = pd.Series(column.to_numpy(dtype="float64", na_value=np.nan), column.index)
        perturbed[name] = column.mask(emptied[name])
    return pd.DataFrame(perturbed, frame.index)


def with_shuffled_columns(frame, random):
    """The columns in another order; a single column has none."""
    names = list(frame.columns)
    order = names
    while len(names) > 1 and order == names:
        order = [names[index] for index in random.permutation(len(names))]
    return frame[order]


def perturbations(frame, seed, noise, missing, shuffled):
    """Perturbed tables by name, each made when it is asked for."""
    makers = {
        "noise": (noise > 0, lambda random: with_noise(frame, noise, random)),
        "missing": (missing > 0, lambda random: with_missing(frame, missing, random)),
        "shuffled": (shuffled, lambda random: with_shuffled_columns(frame, random)),
    }
    for number, (name, (wanted, make)) in enumerate(makers.items()):
        if wanted:
            yield name, make(np.random.default_rng([seed, number]))


def brief(fault):
    """A fault of other code on one line."""
    text = " ".join(str(fault).split())
    return f"{type(fault).__name__}: {text[:300]}{'…' if len(text) > 300 else ''}"
