"""
Runs real clients of MLflow with the roles of a plan against a real MLflow server, and prints what each call of them got.

In front of the server is a gateway as SageMaker has one: it reads who signed a request, asks the policy of that role for
the action of the call on the server's ARN, and refuses or passes it on. Artifacts are in an emulator of S3 that evaluates
the same policies over TLS. Arguments: the plan as a file of JSON, the Python of the emulator, and the program that serves it.
"""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
from botocore.config import Config
from mlflow.protos import databricks_pb2, model_registry_pb2, service_pb2

# Calls whose action has another name than the call (service authorization reference, "Amazon SageMaker with MLflow"). It
# has no action for the creation of a logged model, which the model of a run is, and one for both versions of calls of traces.
OTHER_NAMES = {
    'GetLatestVersions': 'GetLatestModelVersions',
    'GetModelVersionDownloadUri': 'GetDownloadURIForModelVersionArtifacts',
    'CreateLoggedModel': 'LogModel',
}

# Runs the states of a trigger that make the variables of a job, in the interpreter of an emulator.
OVERRIDES = """
import json, sys, time
import boto3
from moto import mock_aws

plan = json.loads(sys.argv[1])
with mock_aws(config={'stepfunctions': {'execute_state_machine': True}}):
    states = boto3.client('stepfunctions')
    role = f"arn:aws:iam::{plan['account']}:role/trigger"
    machine = states.create_state_machine(name='trigger', definition=plan['machine'], roleArn=role)['stateMachineArn']
    execution = states.start_execution(stateMachineArn=machine, name='e1', input=json.dumps({'cause': plan['cause']}))['executionArn']
    deadline = time.time() + 60
    while True:
        found = states.describe_execution(executionArn=execution)
        if found['status'] != 'RUNNING' or time.time() > deadline:
            break
        time.sleep(0.05)
    print('OUTPUT' + found['output'])
"""


def free_port():
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        return free.getsockname()[1]


def actions():
    """Patterns of the paths of MLflow's API, by method, with the action of each."""
    found = []
    for services, name in ((service_pb2, 'MlflowService'), (model_registry_pb2, 'ModelRegistryService')):
        for method in services.DESCRIPTOR.services_by_name[name].methods:
            call = (method.name[0].upper() + method.name[1:]).removesuffix('V3')
            for endpoint in method.GetOptions().Extensions[databricks_pb2.rpc].endpoints:
                path = re.sub(r'\\?\{[^}]+\}', '[^/]+', endpoint.path)
                found.append((endpoint.method, re.compile(f'/(ajax-)?api/[23].0{path}'), OTHER_NAMES.get(call, call)))
    return found


class Gateway(BaseHTTPRequestHandler):
    """Authorizes as SageMaker does, and passes on."""

    protocol_version = 'HTTP/1.1'
    plan, roles, upstream, actions, seen, refused = {}, {}, '', [], {}, {}

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind='application/json'):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def serve(self):
        length = int(self.headers.get('Content-Length') or 0)
        body = self.rfile.read(length) if length else None
        signed = re.match(r'AWS4-HMAC-SHA256 Credential=([^/]+)/\d+/([^/]+)/([^/]+)/', self.headers.get('Authorization', ''))
        arn = self.headers.get('x-mlflow-sm-tracking-server-arn')
        place = (self.plan['region'], 'sagemaker-mlflow')
        if signed is None or signed.groups()[1:] != place or arn != self.plan['arn']:
            return self.answer(400, b'{"error_code": "BAD_REQUEST", "message": "not signed for this server"}')
        role = self.roles[signed.group(1)]
        path = self.path.split('?')[0]
        action = next((name for method, known, name in self.actions if method == self.command and known.fullmatch(path)), None)
        self.seen.setdefault(role, set()).add(action or f'{self.command} {path}')
        if action not in self.plan['actions']:
            return self.answer(404, b'{"error_code": "ENDPOINT_NOT_FOUND"}')  # newer than the managed server
        if not allows(self.plan['policies'][role], f'sagemaker-mlflow:{action}', arn):
            self.refused.setdefault(role, set()).add(action)
            message = {'error_code': 'PERMISSION_DENIED', 'message': f'403: {role} may not {action}'}
            return self.answer(403, json.dumps(message).encode())
        passed = urllib.request.Request(self.upstream + self.path, body, method=self.command)
        passed.add_header('Content-Type', self.headers.get('Content-Type') or 'application/json')
        try:
            with urllib.request.urlopen(passed) as got:
                return self.answer(got.status, got.read())
        except urllib.error.HTTPError as error:
            return self.answer(error.code, error.read())

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = serve


def allows(policy, action, resource):
    """Whether an identity policy without conditions and denials allows an action that it names."""
    as_list = lambda one: one if isinstance(one, list) else [one]
    return any(
        action in as_list(statement['Action']) and resource in as_list(statement['Resource'])
        for statement in policy['Statement']
    )


def wait(ready, process, log):
    deadline = time.time() + 180
    while True:
        try:
            return ready()
        except Exception as error:
            if time.time() > deadline or process.poll() is not None:
                raise RuntimeError(open(log).read()[-2000:]) from error
            time.sleep(0.2)


def main():
    plan_file, emulator_python, serve = sys.argv[1:]
    with open(plan_file) as file:
        plan = json.load(file)
    s3_port, server_port, gateway_port = free_port(), free_port(), free_port()
    processes = []

    def start(name, command, env):
        log = f'{name}.log'
        processes.append(subprocess.Popen(command, env={**os.environ, **env}, stdout=open(log, 'w'), stderr=subprocess.STDOUT))
        return processes[-1], log

    def owner(service):
        return boto3.client(
            service,
            endpoint_url=f'https://127.0.0.1:{s3_port}',
            verify=False,  # the certificate is the emulator's own
            region_name=plan['region'],
            aws_access_key_id=plan['account'],
            aws_secret_access_key='owner',
            config=Config(retries={'total_max_attempts': 1}, s3={'addressing_style': 'path'}),
        )

    s3 = {
        'MLFLOW_S3_ENDPOINT_URL': f'https://127.0.0.1:{s3_port}',
        'MLFLOW_S3_IGNORE_TLS': 'true',
        'AWS_DEFAULT_REGION': plan['region'],
        'AWS_EC2_METADATA_DISABLED': 'true',
    }
    try:
        process, log = start('emulator', [emulator_python, '-c', serve], {**plan['emulator'], 'GATEWAY_PORT': str(s3_port)})
        wait(lambda: owner('sts').get_caller_identity(), process, log)
        place = {'LocationConstraint': plan['region']}
        owner('s3').create_bucket(Bucket=plan['bucket'], CreateBucketConfiguration=place)
        owner('s3').put_bucket_policy(Bucket=plan['bucket'], Policy=json.dumps(plan['bucketPolicy']))

        anyone = {'Effect': 'Allow', 'Principal': {'AWS': '*'}, 'Action': 'sts:AssumeRole'}
        trust = json.dumps({'Version': '2012-10-17', 'Statement': [anyone]})
        credentials = {}
        for role, policy in plan['policies'].items():
            made = owner('iam').create_role(RoleName=role, AssumeRolePolicyDocument=trust)['Role']
            owner('iam').put_role_policy(RoleName=role, PolicyName='grants', PolicyDocument=json.dumps(policy))
            got = owner('sts').assume_role(RoleArn=made['Arn'], RoleSessionName='test')['Credentials']
            names = {'AWS_ACCESS_KEY_ID': 'AccessKeyId', 'AWS_SECRET_ACCESS_KEY': 'SecretAccessKey', 'AWS_SESSION_TOKEN': 'SessionToken'}
            credentials[role] = {name: got[key] for name, key in names.items()}
            Gateway.roles[got['AccessKeyId']] = role

        store = f"s3://{plan['bucket']}/{plan['folder']}"
        command = [sys.executable, '-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', str(server_port), '--workers', '1']
        command += ['--backend-store-uri', 'sqlite:///runs.db', '--default-artifact-root', store, '--no-serve-artifacts']
        process, log = start('server', command, {**s3, **credentials['server'], 'MLFLOW_SERVER_ENABLE_JOB_EXECUTION': 'false'})
        server = f'http://127.0.0.1:{server_port}'
        wait(lambda: urllib.request.urlopen(f'{server}/health').read(), process, log)

        Gateway.plan, Gateway.upstream, Gateway.actions = plan, server, actions()
        gateway = ThreadingHTTPServer(('127.0.0.1', gateway_port), Gateway)
        threading.Thread(target=gateway.serve_forever, daemon=True).start()

        trigger = json.dumps({'machine': plan['machine'], 'cause': plan['cause'], 'account': plan['account']})
        fake = {'AWS_ACCESS_KEY_ID': 'a', 'AWS_SECRET_ACCESS_KEY': 'b', 'MOTO_ACCOUNT_ID': plan['account'], **s3}
        made = subprocess.run([emulator_python, '-c', OVERRIDES, trigger], env={**os.environ, **fake}, capture_output=True, text=True)
        output = [line for line in made.stdout.splitlines() if line.startswith('OUTPUT')]
        if not output:
            raise RuntimeError(made.stderr[-3000:])
        overrides = json.loads(output[0].removeprefix('OUTPUT'))['Environment']
        started = {**plan['started'], 'job': {**plan['job'], **{one['Name']: one['Value'] for one in overrides}}}

        answers, known = {}, {'started': started, 'bucket': plan['bucket']}
        for role in [name for name in plan['policies'] if name != 'server']:
            env = {**os.environ, **s3, **credentials[role]}
            env |= {'MLFLOW_TRACKING_URI': plan['arn'], 'SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT': f'http://127.0.0.1:{gateway_port}'}
            env |= {'MLFLOW_HTTP_REQUEST_MAX_RETRIES': '0', 'GIT_PYTHON_REFRESH': 'quiet'}
            program = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'mlflow_client.py')
            done = subprocess.run([sys.executable, program, role, json.dumps(known)], env=env, capture_output=True, text=True)
            shown = [line for line in done.stdout.splitlines() if line.startswith('ANSWERS')]
            if not shown:
                raise RuntimeError(done.stderr[-3000:])
            told = json.loads(shown[0].removeprefix('ANSWERS'))
            answers[role], known = told['answers'], told['known']
        seen, refused = ({role: sorted(names) for role, names in of.items()} for of in (Gateway.seen, Gateway.refused))
        print(json.dumps({'answers': answers, 'seen': seen, 'refused': refused}))
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


main()
