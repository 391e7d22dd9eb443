"""Files of a folder, or objects of a bucket, as bytes."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import os
import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator, Optional, Tuple, Union

from . import Failed, brief
from .times import Window

Clients = Callable[[str], Any]
# what an endpoint writes ends in the hour of its folder: <variant>/2026/01/31/03/12-34-567-<id>.jsonl
HOUR = re.compile(r"(?:^|/)(\d{4})/(\d{2})/(\d{2})/(\d{2})/[^/]+$")
COMPRESSED = {b"\x1f\x8b": gzip.decompress, b"BZh": bz2.decompress}


class Folder:
    """A local folder, or a single file."""

    def __init__(self, path: str):
        self.root = Path(path)

    def __str__(self) -> str:
        return str(self.root)

    def names(self, below: str = "") -> Iterator[str]:
        if self.root.is_file():
            yield self.root.name
            return
        start = self.root / below
        for path in sorted(start.rglob("*")) if start.is_dir() else []:
            if path.is_file():
                yield path.relative_to(self.root).as_posix()

    def read(self, name: str) -> bytes:
        return (self.root if self.root.is_file() else self.root / name).read_bytes()

    def find(self, name: str) -> Optional[bytes]:
        path = self.root / name
        return path.read_bytes() if path.is_file() else None

    def write(self, name: str, content: bytes, _kind: str) -> None:
        """Writes beside the place and renames, so that nobody reads half a file."""
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.new")
        fresh.write_bytes(content)
        os.replace(fresh, target)


class Bucket:
    """Objects of S3 below a prefix, or a single object."""

    def __init__(self, s3: Any, uri: str):
        self.s3, self.uri = s3, uri
        self.bucket, _, self.prefix = uri[len("s3://") :].partition("/")

    def __str__(self) -> str:
        return self.uri

    def names(self, below: str = "") -> Iterator[str]:
        try:
            pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix + below)
            for item in (item for page in pages for item in page.get("Contents", [])):
                # the prefix may be the key of a single object
                yield item["Key"][len(self.prefix) :] or item["Key"].rpartition("/")[2]
        except Exception as fault:
            raise Failed(f"{self} cannot be listed: {brief(fault)}")

    def read(self, name: str) -> bytes:
        key = self.prefix if self.prefix and not self.prefix.endswith("/") else self.prefix + name
        try:
            return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except Exception as fault:
            raise Failed(f"s3://{self.bucket}/{key} cannot be read: {brief(fault)}")

    def find(self, name: str) -> Optional[bytes]:
        return self.read(name) if name in self.names(name) else None

    def write(self, name: str, content: bytes, kind: str) -> None:
        try:
            self.s3.put_object(Bucket=self.bucket, Key=self.prefix + name, Body=content, ContentType=kind)
        except Exception as fault:
            raise Failed(f"{self}{name} cannot be written: {brief(fault)}")


Place = Union[Folder, Bucket]


def place(uri: str, clients: Clients, is_folder: bool = True) -> Place:
    """A place of a URI of S3 or a path; `is_folder` keeps `churn` from being the beginning of `churn-2`."""
    if not uri.startswith("s3://"):
        return Folder(uri)
    return Bucket(clients("s3"), uri if not is_folder or uri.endswith("/") else f"{uri}/")


def is_data(name: str) -> bool:
    """Hidden files and markers such as _SUCCESS hold no data."""
    return not name.endswith("/") and not any(part[:1] in ("_", ".") for part in name.split("/"))


def plain(content: bytes) -> bytes:
    """A file without its compression, which its first bytes say."""
    for begin, opened in COMPRESSED.items():
        if content.startswith(begin):
            return opened(content)
    return content


def data_files(source: Place) -> Iterator[Tuple[str, bytes]]:
    for name in source.names():
        if is_data(name):
            yield name, plain(source.read(name))


def captured_files(source: Place, window: Window, folders: Iterable[str]) -> Iterator[Tuple[str, str, bytes]]:
    """The files of a window: the folder that was asked for, the name and the content. Files outside of hours are all read."""
    for folder in folders:
        base = f"{folder}/" if folder else ""
        below = [f"{base}{day}/" for day in window.days()] if isinstance(source, Bucket) else [base]
        for name in (name for part in below for name in source.names(part)):
            hour = HOUR.search(name)
            if not is_data(name) or (hour and not window.has_hour(datetime(*map(int, hour.groups()), tzinfo=timezone.utc))):
                continue
            yield folder, name, plain(source.read(name))


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
