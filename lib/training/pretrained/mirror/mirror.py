"""Brings a pretrained model into the mirror, and checks it again where it is used.

    mirror.py digest <folder>                      the checksum to declare for a model, after its review
    mirror.py upload <folder> s3://<bucket>/<prefix>/
    mirror.py verify <folder> [--sha256 <digest>]

The checksum of a model is the SHA-256 of its SHA256SUMS: one line for each file, sorted by name, as `sha256sum` writes it.
`upload` compares it with the record (model.json) that the platform keeps at the prefix, requires that the licence of the
record is stated in the folder too, and writes SHA256SUMS last: a folder without it is not complete.
`verify` needs no network and nothing beyond Python 3.9.
"""

import argparse
import hashlib
import json
import os
import re
import sys

RECORD = 'model.json'
CHECKSUMS = 'SHA256SUMS'
LICENCE_FILE = re.compile(r'^(licen[cs]e|copying|unlicense)([.-].*)?$', re.IGNORECASE)
MODEL_CARD = 'README.md'


class Refused(Exception):
    """The model does not match what was declared for it."""


def files_of(folder):
    """Paths of all files below a folder, relative, with '/', sorted. Links count as what they lead to."""
    found = []
    for parent, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if name not in ('.git', '.cache')]
        for name in names:
            path = os.path.relpath(os.path.join(parent, name), folder).replace(os.sep, '/')
            if path in (RECORD, CHECKSUMS):
                continue
            if '\n' in path or '\\' in path:
                raise Refused(f'{path!r}: the name of a file must not contain a line break or a backslash; rename it')
            found.append(path)
    if not found:
        raise Refused(f'{folder}: has no files; name the folder of the model')
    return sorted(found)


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        for block in iter(lambda: file.read(1 << 20), b''):
            digest.update(block)
    return digest.hexdigest()


def checksums_of(folder):
    """Text of SHA256SUMS for the files of a folder."""
    return ''.join(f'{sha256_of(os.path.join(folder, path))}  {path}\n' for path in files_of(folder))


def digest_of(checksums):
    return hashlib.sha256(checksums.encode()).hexdigest()


def front_matter(text):
    """The lines between the first two '---' of a model card."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != '---':
        return []
    end = next((index for index, line in enumerate(lines[1:], 1) if line.strip() == '---'), 0)
    return lines[1:end]


def stated_licence(folder):
    """The licence that the model card states, or None."""
    card = os.path.join(folder, MODEL_CARD)
    if not os.path.isfile(card):
        return None
    with open(card, encoding='utf-8', errors='replace') as file:
        for line in front_matter(file.read()):
            match = re.match(r'^licen[cs]e:\s*[\'"]?([^\'"#]+?)[\'"]?\s*(#.*)?$', line)
            if match:
                return match.group(1)
    return None


def require_licence(folder, licence):
    """The declared licence must be stated in the folder: by the model card, or by a file with its text."""
    if not licence:
        raise Refused(f'{RECORD}: has no licence; declare the licence of the model')
    stated = stated_licence(folder)
    plain = licence.removeprefix('LicenseRef-').lower() if hasattr(str, 'removeprefix') else licence.lower()
    if stated is not None:
        if stated.lower() not in (licence.lower(), plain):
            raise Refused(f'{MODEL_CARD}: states the licence {stated!r}, declared is {licence!r}; declare what is true')
        return
    if not any(LICENCE_FILE.match(path) for path in files_of(folder)):
        raise Refused(
            f'{folder}: states no licence; it must have a LICENSE file, or `license:` in the front matter of {MODEL_CARD}'
        )


def differences(expected, actual):
    """What two texts of SHA256SUMS do not have in common, in words."""
    one, other = (dict(reversed(line.split('  ', 1)) for line in text.splitlines()) for text in (expected, actual))
    return (
        [f'{path}: is missing' for path in sorted(one.keys() - other.keys())]
        + [f'{path}: is not part of the model' for path in sorted(other.keys() - one.keys())]
        + [f'{path}: has other content' for path in sorted(one.keys() & other.keys()) if one[path] != other[path]]
    )


def verify(folder, sha256=None):
    """Compares the files of a folder with its SHA256SUMS, and that with the declared digest."""
    record = os.path.join(folder, RECORD)
    if sha256 is None:
        if not os.path.isfile(record):
            raise Refused(f'{folder}: has no {RECORD}; name the digest with --sha256')
        with open(record, encoding='utf-8') as file:
            sha256 = json.load(file).get('sha256')
    listed = os.path.join(folder, CHECKSUMS)
    if not os.path.isfile(listed):
        raise Refused(f'{folder}: has no {CHECKSUMS}; its upload is not complete')
    with open(listed, encoding='utf-8') as file:
        expected = file.read()
    if digest_of(expected) != sha256:
        raise Refused(f'{CHECKSUMS}: has the digest {digest_of(expected)}, declared is {sha256}')
    found = differences(expected, checksums_of(folder))
    if found:
        raise Refused('\n'.join(found))
    return sha256


def split_uri(uri):
    match = re.match(r'^s3://([^/]+)/(.+?)/?$', uri)
    if not match:
        raise Refused(f'{uri}: must be s3://<bucket>/<prefix>/')
    return match.group(1), match.group(2)


def region_of(environment):
    """What says the region in a shell, a CI runner or a job of SageMaker; boto3 does not read the second one."""
    return environment.get('AWS_DEFAULT_REGION') or environment.get('AWS_REGION')


def upload(folder, uri, client):
    """Uploads a folder to its prefix in the mirror, if it is what the record there declares."""
    bucket, prefix = split_uri(uri)
    record = json.loads(client.get_object(Bucket=bucket, Key=f'{prefix}/{RECORD}')['Body'].read())
    require_licence(folder, record.get('licence'))
    checksums = checksums_of(folder)
    if digest_of(checksums) != record.get('sha256'):
        raise Refused(
            f"{folder}: has the digest {digest_of(checksums)}, declared is {record.get('sha256')}; "
            'it is not the model that was reviewed'
        )
    for path in files_of(folder):
        client.upload_file(os.path.join(folder, path), bucket, f'{prefix}/{path}')
    client.put_object(Bucket=bucket, Key=f'{prefix}/{CHECKSUMS}', Body=checksums.encode())
    return record['sha256']


def main(arguments=None, client=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest='command', required=True)
    for name in ('digest', 'upload', 'verify'):
        commands.add_parser(name).add_argument('folder')
    commands.choices['upload'].add_argument('uri')
    commands.choices['verify'].add_argument('--sha256')
    options = parser.parse_args(arguments)
    try:
        if options.command == 'digest':
            print(digest_of(checksums_of(options.folder)))
        elif options.command == 'verify':
            print(f'{options.folder}: is the model {verify(options.folder, options.sha256)}')
        else:
            if client is None:
                import boto3  # verifying needs none

                client = boto3.client('s3', region_name=region_of(os.environ))
            print(f'{options.uri}: holds the model {upload(options.folder, options.uri, client)}')
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
