"""
The contract between training and serving: what a model was made with, what it takes and gives, and what is in its artifact.

    python3 serving_contract.py contract.json --model model.tar.gz --framework scikit-learn

exits with 0 in an image that can serve the model, and else prints each fault and exits with 1. A server runs it before it
loads a model, and CI before it deploys one. `describe` writes a contract, from the program that evaluates the model in
the image that it was trained in. Python 3.9 or newer, and nothing else.
"""

import argparse
import hashlib
import json
import platform
import re
import sys
from importlib import metadata
from pathlib import Path

VERSION = 1
# packages whose version decides whether what they wrote can be read
PACKAGES = ["numpy", "pandas", "scipy", "scikit-learn", "joblib", "xgboost", "torch", "tensorflow", "keras"]
# the package that is a framework
FRAMEWORK_PACKAGES = {
    "scikit-learn": "scikit-learn",
    "xgboost": "xgboost",
    "pytorch": "torch",
    "tensorflow": "tensorflow",
    "keras": "keras",
}
# packages that are distributed under other names too
OTHER_NAMES = {"xgboost": ["xgboost-cpu"], "tensorflow": ["tensorflow-cpu", "tensorflow-intel"]}
# Layouts of artifacts, with the parts of the framework's version that must be the same, and why. Whatever is alike must not
# be older in the server. The same table is in serving-contract.ts.
LAYOUTS = {
    "pickle": (2, "scikit-learn and pickle promise to load only what the same version wrote"),
    "script": (2, "model_fn may load anything, pickles too"),
    "xgboost": (0, "XGBoost loads models of older versions"),
    "torchscript": (1, "TorchScript is loaded by later versions of the same major version"),
    "saved-model": (1, "TensorFlow loads saved models of the same major version"),
    "keras": (1, "Keras loads files of the same major version"),
}
# layouts that hold pickles, which name functions of this very Python and its packages
PICKLED = ["pickle", "script"]


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def installed(package):
    for name in [package, *OTHER_NAMES.get(package, [])]:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            pass
    return None


def describe(framework, archive, folder, layout, signature):
    """The contract of an artifact that was unpacked to `folder` and loaded in this very Python."""
    package = FRAMEWORK_PACKAGES.get(framework)
    files = sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file())
    return {
        "contractVersion": VERSION,
        "framework": {"name": framework, "version": installed(package) if package else None},
        "python": platform.python_version(),
        "packages": {name: version for name, version in ((name, installed(name)) for name in PACKAGES) if version},
        "signature": signature,
        "artifact": {
            "layout": layout,
            "files": [name for name in files if "__pycache__" not in name],
            "bytes": Path(archive).stat().st_size,
            "sha256": sha256_of(archive),
        },
    }


def server(framework, files=()):
    """This Python as a server."""
    package = FRAMEWORK_PACKAGES.get(framework)
    return {
        "framework": framework,
        "version": installed(package) if package else None,
        "python": platform.python_version(),
        "packages": {name: version for name, version in ((name, installed(name)) for name in PACKAGES) if version},
        "layout": list(files),
    }


def parts(version):
    """The numbers of a version: [1, 4, 2] of 1.4.2+cpu."""
    numbers = []
    for part in str(version).replace("-", ".").split("+")[0].split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
        if digits != part:
            break  # 0rc1
    return numbers


def older(one, other):
    length = min(len(one), len(other))
    return one[:length] < other[:length]


def check(contract, server):
    """What keeps a server from serving a model, one sentence each; nothing if it can."""
    if contract.get("contractVersion") != VERSION:
        return [f"the contract has version {contract.get('contractVersion')}, this check knows {VERSION}; take the check of the platform that wrote it"]
    faults = []
    framework, layout = contract["framework"], contract["artifact"]["layout"]
    same, reason = LAYOUTS.get(layout, (2, "its layout is unknown"))
    serves_saved = layout == "saved-model" and {framework["name"], server["framework"]} <= {"tensorflow", "keras"}
    if framework["name"] != server["framework"] and not serves_saved:
        faults.append(f"the model is one of {framework['name']}, the server has {server['framework']}; take a server with {framework['name']}")
    elif framework["name"] == server["framework"] and framework["version"] and server.get("version"):
        made, given = parts(framework["version"]), parts(server["version"])
        if made[:same] != given[:same] or older(given, made[:2]):
            wanted = ".".join(map(str, made[: max(same, 2)])) + ("" if same == 2 else " or later")
            faults.append(
                f"the model was made with {framework['name']} {framework['version']}, the server has {server['version']}: "
                f"{reason}; take {wanted}"
            )
    if layout in PICKLED:
        made, given = parts(contract["python"])[:2], parts(server["python"])[:2]
        if made != given:
            faults.append(
                f"the model was made with Python {contract['python']}, the server has {server['python']}: a pickle holds code of "
                f"one minor version; take Python {'.'.join(map(str, made))}"
            )
        made, given = (parts(one.get("packages", {}).get("numpy") or "")[:1] for one in (contract, server))
        if made and given and made > given:
            faults.append(
                f"the model was made with numpy {contract['packages']['numpy']}, the server has {server['packages']['numpy']}: "
                f"arrays pickled by a later major version cannot be read; take numpy {made[0]}"
            )
    files = contract["artifact"]["files"]
    for pattern in server.get("layout") or []:
        matcher = re.compile(".*".join(re.escape(part) for part in pattern.split("*")))
        if not any(matcher.fullmatch(name) for name in files):
            faults.append(f"the artifact must have {pattern}, got {', '.join(files[:5])}; pack it in training")
    return faults


def check_artifact(contract, archive):
    """Whether an archive is the one of the contract."""
    wanted, got = contract["artifact"]["sha256"], sha256_of(archive)
    if wanted == got:
        return []
    return [f"{Path(archive).name} is not the artifact of the contract: its SHA-256 is {got[:12]}…, the contract's {wanted[:12]}…"]


def main(words):
    parser = argparse.ArgumentParser(prog="serving_contract.py", description="Says whether this Python can serve a model.")
    parser.add_argument("contract", help="contract.json of the model")
    parser.add_argument("--framework", required=True, help="framework of this server")
    parser.add_argument("--model", help="model.tar.gz, to see that it is the one that was judged")
    parser.add_argument("--layout", nargs="+", default=[], help="files that the server needs in the artifact, such as code/inference.py")
    options = parser.parse_args(words)
    try:
        contract = json.loads(Path(options.contract).read_text(encoding="utf-8"))
        faults = check(contract, server(options.framework, options.layout))
        faults += check_artifact(contract, options.model) if options.model else []
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        faults = [f"{options.contract} is no contract: {type(fault).__name__}: {fault}"]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
