"""Values in text by the types of the catalog, as Athena reads them: for the conversion and for the program of data quality.

Plain Python, which is shipped beside the program that imports it: `--extra-py-files` of a job in Glue, the folder of the
code in a gate.
"""

import csv
import re
import struct
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Context, Decimal

# what LazySimpleSerDe and MySQL write for NULL
NULL = "\\N"
BOM = b"\xef\xbb\xbf"


class Unfit(ValueError):
    """Says why a row, a file or a specification cannot be used."""


class Literal(str):
    """A number in JSON, as it is written."""


NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,6})?", re.ASCII)
DAY = r"(\d{4})-(\d{1,2})-(\d{1,2})"
TIME = r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?"
ZONE = r"(Z|[+-](?:0\d|1[0-8]):?[0-5]\d)"  # as far as Java takes one
TIMESTAMP = re.compile(rf"{DAY}(?:[ T]{TIME} ?{ZONE}?)?", re.ASCII | re.IGNORECASE)
BITS = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64}
TRUE, FALSE = {"true", "t", "yes", "y", "1"}, {"false", "f", "no", "n", "0"}


def to_number(text, _kind=None):
    if not NUMBER.fullmatch(text):
        raise ValueError
    return Decimal(text)


def to_integer(text, kind):
    """Data frames write whole numbers as `1.0` where others of the column are missing."""
    number, limit = to_number(text), 2 ** (BITS[kind.name] - 1)
    if not -limit <= number < limit or number != number.to_integral_value():
        raise ValueError
    return int(number)


def to_float(text, kind):
    if re.fullmatch(r"NaN|[+-]?Infinity", text):
        return float(text)
    number = float(to_number(text))
    if number in (float("inf"), float("-inf")):
        raise ValueError
    return struct.unpack("<f", struct.pack("<f", number))[0] if kind.name == "float" else number


def to_decimal(text, kind):
    """Digits after the scale are rounded half up, as Athena does."""
    precision, scale = kind.parameters
    number = to_number(text)
    if number.adjusted() >= precision - scale and number != 0:
        raise ValueError
    exact = Context(prec=100, rounding=ROUND_HALF_UP)
    number = number.quantize(Decimal(1).scaleb(-scale), context=exact) if number.adjusted() > -100 else Decimal(0)
    if number.adjusted() >= precision - scale and number != 0:
        raise ValueError
    return number


def to_boolean(text, _kind):
    word = text.lower()
    if word not in TRUE | FALSE:
        raise ValueError
    return word in TRUE


def to_timestamp(text, _kind):
    """An instant. Without a zone it is in UTC. Spark has microseconds: what is finer is cut off."""
    found = TIMESTAMP.fullmatch(text)
    if not found:
        raise ValueError
    *numbers, fraction, zone = found.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    moment = datetime(year, month, day, hour, minute, second, int(((fraction or "") + "000000")[:6]), timezone.utc)
    if zone and zone not in "Zz":
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        moment = moment - offset if zone[0] == "+" else moment + offset
    return moment


def to_date(text, _kind):
    """A time of day or a zone would be lost, so that only midnight in UTC is a date."""
    found = TIMESTAMP.fullmatch(text)
    if not found or any(part and part.strip("0:+-Zz") for part in found.groups()[3:]):
        raise ValueError
    return date(*(int(number) for number in found.groups()[:3]))


def to_limited(text, kind):
    if len(text) > kind.parameters[0]:
        raise ValueError
    return text


SCALARS = {
    "boolean": to_boolean,
    **{name: to_integer for name in BITS},
    "float": to_float,
    "double": to_float,
    "decimal": to_decimal,
    "date": to_date,
    "timestamp": to_timestamp,
    "string": lambda text, _kind: text,
    "char": to_limited,
    "varchar": to_limited,
    "binary": lambda text, _kind: text.encode(),
}
TEXTS = ("string", "char", "varchar", "binary")


def scalar_of(text, kind):
    """The value that a text stands for, or ValueError or ArithmeticError. Only in texts, a blank belongs to it."""
    return SCALARS[kind.name](text if kind.name in TEXTS else text.strip(" "), kind)


def short(text):
    """A text as it is shown in a reason."""
    return repr(text if len(text) <= 100 else f"{text[:100]}…")


# From lines to cells


def text_of(line):
    """A line as text, or UnicodeError or Unfit."""
    text = line.decode()
    if "\0" in text:
        raise Unfit("holds a NUL character; the file must be UTF-8, not UTF-16")
    return text


def cells_of(line, separator, quote):
    """The values of a line of CSV or TSV; None for NULL.

    Inside quotes, both `""` and `\\"` are a quote, as in the Open CSV SerDe. A backslash before any other character is
    kept, which the SerDe drops. Without quotes in the format, nothing is escaped, as in LazySimpleSerDe.
    """
    if not quote:
        return [None if cell == NULL else cell for cell in line.split(separator)]
    csv.field_size_limit(2**31 - 1)
    line = re.sub(rf"\\([\\{re.escape(quote)}])|\\", lambda found: found[0] if found[1] else "\\\\", line)
    try:
        cells = next(csv.reader([line], delimiter=separator, quotechar=quote, escapechar="\\", strict=True))
    except csv.Error as fault:
        raise Unfit(f"is no CSV: {fault}") from None
    if any(cell[:1] == " " and cell.lstrip(" ")[:1] == quote for cell in cells):
        raise Unfit("is no CSV: a blank before a quote")
    return [None if cell == NULL else cell for cell in cells]
