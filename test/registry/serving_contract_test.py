"""Tests of the contract's program without any package: `python3 test/registry/serving_contract_test.py`."""

import io
import json
import platform
import sys
import tempfile
import unittest
from contextlib import redirect_stderr
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "lib" / "registry" / "contract"))
sys.dont_write_bytecode = True

import serving_contract  # noqa: E402

CASES = json.loads((Path(__file__).parent / "contract-cases.json").read_text(encoding="utf-8"))
BASE = {
    "contract": {
        "contractVersion": 1,
        "framework": {"name": "scikit-learn", "version": "1.4.2"},
        "python": "3.10.14",
        "packages": {},
        "signature": {"inputs": [], "byName": True, "outputs": {"kind": "numbers"}},
        "artifact": {"layout": "pickle", "files": ["model.joblib"], "bytes": 3, "sha256": "0" * 64},
    },
    "server": {"framework": "scikit-learn", "version": "1.4.2", "python": "3.10.14"},
}


def changed(base, changes):
    """`base` with `changes` in it, level by level."""
    both = {key: changed(base[key], value) if isinstance(base.get(key), dict) else value for key, value in changes.items()}
    return {**base, **both}


class Check(unittest.TestCase):
    def test_says_what_the_library_says(self):
        for case in CASES:
            contract, server = (changed(BASE[key], case[key]) for key in ["contract", "server"])
            self.assertEqual(serving_contract.check(contract, server), case["faults"], case["title"])


class Program(unittest.TestCase):
    def run_with(self, change=None, model=b"abc", words=()):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "model").mkdir()
            (root / "model" / "model.bin").write_bytes(b"abc")
            (root / "model.tar.gz").write_bytes(b"abc")
            contract = serving_contract.describe("custom", root / "model.tar.gz", root / "model", "script", {"inputs": []})
            (root / "model.tar.gz").write_bytes(model)
            text = change if isinstance(change, str) else json.dumps(changed(contract, change or {}))
            (root / "contract.json").write_text(text)
            given = [str(root / "contract.json"), "--framework", "custom", "--model", str(root / "model.tar.gz"), *words]
            output = io.StringIO()
            with redirect_stderr(output):
                return serving_contract.main(given), output.getvalue(), contract

    def test_accepts_what_it_described_on_the_same_machine(self):
        code, output, contract = self.run_with()
        self.assertEqual((code, output), (0, ""))
        self.assertEqual(contract["python"], platform.python_version())
        self.assertEqual(contract["artifact"]["files"], ["model.bin"])
        # the digest of "abc" in the standard of SHA-256
        self.assertEqual(contract["artifact"]["sha256"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")

    def test_refuses_another_artifact_than_the_one_that_was_judged(self):
        code, output, _ = self.run_with(model=b"abd")
        self.assertEqual(code, 1)
        self.assertIn("model.tar.gz is not the artifact of the contract: its SHA-256 is a52d159f262b…, the contract's ba7816bf8f01…", output)

    def test_refuses_another_python_and_names_every_fault(self):
        code, output, _ = self.run_with({"python": "2.7.18"}, b"x", ["--layout", "code/inference.py"])
        self.assertEqual(code, 1)
        self.assertEqual(len(output.splitlines()), 3)
        self.assertIn("the model was made with Python 2.7.18", output)
        self.assertIn("the artifact must have code/inference.py, got model.bin", output)

    def test_refuses_a_file_that_is_no_contract(self):
        for text in ["no json", "[]", '{"contractVersion": 1}']:
            code, output, _ = self.run_with(text)
            self.assertEqual(code, 1, text)
            self.assertIn("is no contract", output)


if __name__ == "__main__":
    unittest.main()
