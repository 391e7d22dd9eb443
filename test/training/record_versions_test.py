"""Tests of the program that records versions: `<python> test/training/record_versions_test.py`."""

import contextlib
import hashlib
import io
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

LIB = Path(__file__).parents[2] / "lib" / "training"
PROGRAM = LIB / "pipeline" / "training" / "record_versions.py"
sys.path[:0] = [str(PROGRAM.parent), str(LIB / "data")]
sys.dont_write_bytecode = True

import record_versions as program  # noqa: E402
from data_version import NoVersion  # noqa: E402


def compute(source):
    if source.endswith("/none/"):
        raise NoVersion(f"there is no object below {source}")
    return f"v({source})"


class RecordVersions(unittest.TestCase):
    def run_program(self, *words):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            program.main(["--output", f"{folder}/new", *words], compute)
            return json.loads(Path(folder, "new", "versions.json").read_text())

    def test_one_source_has_its_own_version(self):
        found = self.run_program("--data", "train=s3://acme/train/", "--code", "s3://acme/code.tar.gz")
        self.assertEqual(
            found,
            {
                "sources": {"train": "v(s3://acme/train/)"},
                "data": "v(s3://acme/train/)",
                "code": "v(s3://acme/code.tar.gz)",
            },
        )

    def test_several_sources_have_one_hash_of_all_whatever_their_order(self):
        words = ["--data", "a=s3://acme/a/"], ["--data", "b=s3://acme/b/"]
        found = self.run_program(*words[0], *words[1])
        text = '{"a":"v(s3://acme/a/)","b":"v(s3://acme/b/)"}'
        self.assertEqual(found["data"], f"sha256:{hashlib.sha256(text.encode()).hexdigest()}")
        self.assertEqual(found["data"], self.run_program(*words[1], *words[0])["data"])
        self.assertNotIn("code", found)

    def test_without_data_only_the_code_is_recorded(self):
        self.assertEqual(self.run_program("--code", "s3://acme/c"), {"sources": {}, "code": "v(s3://acme/c)"})

    def test_a_name_twice_or_without_a_source_is_refused(self):
        for words in (["--data", "a=s3://x/", "--data", "a=s3://y/"], ["--data", "s3://x/"], ["--data", "=s3://x/"]):
            with self.assertRaisesRegex(NoVersion, "must be <name>=<source>, each name once"):
                self.run_program(*words)

    def test_a_source_without_a_version_fails_the_job_and_says_why(self):
        with self.assertRaisesRegex(NoVersion, "there is no object below s3://acme/none/"):
            self.run_program("--data", "a=s3://acme/none/")
        job = subprocess.run(
            [sys.executable, str(PROGRAM), "--output", tempfile.gettempdir(), "--data", "a=ftp://x/"],
            capture_output=True,
            text=True,
            env={"PYTHONPATH": str(LIB / "data"), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        self.assertEqual(job.returncode, 1)
        self.assertIn("'ftp://x/' must be s3://<bucket>/<prefix>/ or iceberg://<database>.<table>", job.stderr)


if __name__ == "__main__":
    unittest.main()
