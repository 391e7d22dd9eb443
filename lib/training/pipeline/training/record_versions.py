"""Records which data and which code a run trains with, before it trains: `versions.json` in a folder.

    python3 record_versions.py --output /opt/ml/processing/versions --data train=s3://bucket/churn/train/ --code s3://bucket/code.tar.gz

The file has one short text for each, as the metadata of a model package takes them: {"data": ..., "code": ..., "sources": {...}}.
The version of one source is its own; that of several is a hash of all. The job fails if a source has no version.
"""

import argparse
import hashlib
import json
import os
import sys

from data_version import NoVersion, data_version

MESSAGE = "/opt/ml/output/message"


def versions(data, code, compute=data_version):
    """The content of the file. `data` is a list of `<name>=<source>`."""
    sources = {}
    for text in data:
        name, separator, source = text.partition("=")
        if not separator or not name or name in sources:
            raise NoVersion(f"'{text}' must be <name>=<source>, each name once")
        sources[name] = compute(source)
    found = {"sources": sources}
    if sources:
        found["data"] = combined(sources)
    if code:
        found["code"] = compute(code)
    return found


def combined(sources):
    if len(sources) == 1:
        return next(iter(sources.values()))
    text = json.dumps(sources, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def main(words, compute=data_version):
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", required=True)
    parser.add_argument("--data", action="append", default=[])
    parser.add_argument("--code")
    options = parser.parse_args(words)
    found = versions(options.data, options.code, compute)
    os.makedirs(options.output, exist_ok=True)
    with open(os.path.join(options.output, "versions.json"), "w") as file:
        json.dump(found, file)
    return found


if __name__ == "__main__":
    try:
        print(json.dumps(main(sys.argv[1:])))
    except NoVersion as error:
        try:
            with open(MESSAGE, "w") as file:  # SageMaker shows it as the reason of the failure
                file.write(str(error))
        except OSError:
            pass
        sys.exit(str(error))
