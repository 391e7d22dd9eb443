"""Tests of the mirror's program on real files: `python3 test/training/pretrained/mirror_test.py`. They need no network."""

import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import types
import unittest
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

PROGRAM = Path(__file__).parents[3] / 'lib' / 'training' / 'pretrained' / 'mirror' / 'mirror.py'
sys.path.insert(0, str(PROGRAM.parent))
sys.dont_write_bytecode = True

import mirror  # noqa: E402

URI = 's3://acme-pretrained/pretrained/bert/12ab/'
CARD = '---\nlanguage: en\nlicense: apache-2.0  # as the authors say\n---\n# BERT\nlicense: mit\n'


class Store:
    """What the program uses of a client of S3."""

    def __init__(self, **objects):
        self.objects = dict(objects)
        self.written = []

    def get_object(self, Bucket, Key):
        return {'Body': io.BytesIO(self.objects[f'{Bucket}/{Key}'])}

    def upload_file(self, path, bucket, key):
        self.put_object(Bucket=bucket, Key=key, Body=Path(path).read_bytes())

    def put_object(self, Bucket, Key, Body):
        self.objects[f'{Bucket}/{Key}'] = Body
        self.written.append(Key)


def store_with(record):
    return Store(**{'acme-pretrained/pretrained/bert/12ab/model.json': json.dumps(record).encode()})


class WithModel(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.write('model.safetensors', b'\x00weights\xff')
        self.write('onnx/model.onnx', b'graph')
        self.write('README.md', CARD.encode())

    def write(self, path, content):
        target = Path(self.folder) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def run_program(self, *arguments, client=None):
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = mirror.main(list(arguments), client)
        return status, out.getvalue().strip(), err.getvalue().strip()

    def digest(self):
        return self.run_program('digest', self.folder)[1]

    def upload(self, record):
        self.store = store_with(record)
        return self.run_program('upload', self.folder, URI, client=self.store)

    def brought(self):
        """The folder as a job of the mirror finds it."""
        self.write('SHA256SUMS', self.store.objects['acme-pretrained/pretrained/bert/12ab/SHA256SUMS'])
        self.write('model.json', self.store.objects['acme-pretrained/pretrained/bert/12ab/model.json'])


class Digest(WithModel):
    def test_is_the_sha256_of_what_sha256sum_writes(self):
        names = ['README.md', 'model.safetensors', 'onnx/model.onnx']
        lines = subprocess.run(['sha256sum', *names], cwd=self.folder, capture_output=True, check=True).stdout
        self.assertEqual(self.digest(), hashlib.sha256(lines).hexdigest())

    def test_covers_names_and_contents_and_not_what_the_mirror_adds(self):
        first = self.digest()
        self.write('model.json', b'{}')
        self.write('SHA256SUMS', b'')
        self.write('.git/config', b'of a clone')
        self.assertEqual(self.digest(), first)
        os.rename(Path(self.folder) / 'model.safetensors', Path(self.folder) / 'model2.safetensors')
        self.assertNotEqual(self.digest(), first)

    def test_reads_links_as_what_they_lead_to_because_S3_has_none(self):
        self.write('blobs/1', b'shared')
        plain = Path(self.folder) / 'snapshots'
        plain.mkdir()
        os.symlink('../blobs/1', plain / 'config.json')
        linked = self.digest()
        os.remove(plain / 'config.json')
        self.write('snapshots/config.json', b'shared')
        self.assertEqual(self.digest(), linked)

    def test_of_nothing_is_refused(self):
        with tempfile.TemporaryDirectory() as empty:
            status, _, err = self.run_program('digest', empty)
        self.assertEqual((status, err), (1, f'{empty}: has no files; name the folder of the model'))


class Upload(WithModel):
    def test_brings_every_file_and_the_checksums_last(self):
        status, out, _ = self.upload({'licence': 'Apache-2.0', 'sha256': self.digest()})
        self.assertEqual(status, 0)
        self.assertIn(self.digest(), out)
        prefix = 'pretrained/bert/12ab/'
        self.assertEqual(
            self.store.written,
            [f'{prefix}{name}' for name in ('README.md', 'model.safetensors', 'onnx/model.onnx', 'SHA256SUMS')],
        )
        self.assertEqual(self.store.objects[f'acme-pretrained/{prefix}onnx/model.onnx'], b'graph')

    def refused(self, record, *words):
        status, out, err = self.upload(record)
        self.assertEqual((status, out), (1, ''))
        for word in words:
            self.assertIn(word, err)
        self.assertEqual(self.store.written, [])

    def test_of_other_files_than_the_declared_is_refused_before_the_first_byte(self):
        record = {'licence': 'Apache-2.0', 'sha256': self.digest()}
        self.write('model.safetensors', b'\x00weights\xfe')
        self.refused(record, record['sha256'], 'it is not the model that was reviewed')
        self.refused({'licence': 'Apache-2.0'}, 'declared is None')

    def test_without_a_declared_licence_is_refused(self):
        for licence in (None, ''):
            self.refused({'licence': licence, 'sha256': self.digest()}, 'has no licence')

    def test_of_a_model_card_with_another_licence_is_refused(self):
        self.refused({'licence': 'MIT', 'sha256': self.digest()}, "states the licence 'apache-2.0', declared is 'MIT'")

    def test_of_a_folder_that_states_no_licence_is_refused(self):
        self.write('README.md', b'# BERT\nlicense: apache-2.0 is said in the text only\n')
        self.refused({'licence': 'Apache-2.0', 'sha256': self.digest()}, 'states no licence')
        self.write('LICENSE.txt', b'Apache License')
        self.assertEqual(self.upload({'licence': 'Apache-2.0', 'sha256': self.digest()})[0], 0)

    def test_knows_licences_without_a_name_in_SPDX(self):
        self.write('README.md', b"---\nlicense: 'llama3.1'\n---\n")
        self.assertEqual(self.upload({'licence': 'LicenseRef-llama3.1', 'sha256': self.digest()})[0], 0)

    def test_asks_the_region_that_a_shell_a_runner_or_a_job_of_SageMaker_says(self):
        asked = []
        library = types.ModuleType('boto3')
        library.client = lambda service, region_name=None: asked.append((service, region_name)) or self.store
        self.store = store_with({'licence': 'Apache-2.0', 'sha256': self.digest()})
        for variables in ({'AWS_REGION': 'eu-north-1'}, {'AWS_DEFAULT_REGION': 'eu-west-1', 'AWS_REGION': 'eu-north-1'}, {}):
            with patch.dict(sys.modules, boto3=library), patch.dict(os.environ, variables, clear=True):
                self.assertEqual(self.run_program('upload', self.folder, URI)[0], 0)
        # boto3 reads AWS_DEFAULT_REGION only, and without a region asks an endpoint that a private subnet cannot reach
        self.assertEqual(asked, [('s3', 'eu-north-1'), ('s3', 'eu-west-1'), ('s3', None)])

    def test_to_a_place_that_is_no_folder_of_the_mirror_is_refused(self):
        status, _, err = self.run_program('upload', self.folder, 's3://acme-pretrained', client=Store())
        self.assertEqual((status, err), (1, 's3://acme-pretrained: must be s3://<bucket>/<prefix>/'))


class Verify(WithModel):
    def setUp(self):
        super().setUp()
        self.upload({'licence': 'Apache-2.0', 'sha256': self.digest()})
        self.brought()

    def failed(self, *arguments):
        status, _, err = self.run_program('verify', self.folder, *arguments)
        self.assertEqual(status, 1)
        return err

    def test_accepts_what_was_uploaded_in_a_process_without_other_packages(self):
        program = [sys.executable, '-I', str(PROGRAM), 'verify', self.folder, '--sha256', self.digest()]
        self.assertEqual(subprocess.run(program, capture_output=True).returncode, 0)
        self.assertEqual(self.run_program('verify', self.folder)[0], 0)

    def test_names_every_file_that_differs(self):
        self.write('model.safetensors', b'other')
        self.write('pickle.bin', b'new')
        os.remove(Path(self.folder) / 'onnx' / 'model.onnx')
        self.assertEqual(
            self.failed(),
            'onnx/model.onnx: is missing\npickle.bin: is not part of the model\nmodel.safetensors: has other content',
        )

    def test_does_not_trust_checksums_that_were_replaced_with_the_files(self):
        declared = self.digest()
        self.write('model.safetensors', b'other')
        self.write('SHA256SUMS', mirror.checksums_of(self.folder).encode())
        self.assertIn(f'declared is {declared}', self.failed('--sha256', declared))

    def test_refuses_an_upload_that_did_not_end(self):
        os.remove(Path(self.folder) / 'SHA256SUMS')
        self.assertIn('its upload is not complete', self.failed())


if __name__ == '__main__':
    unittest.main()
