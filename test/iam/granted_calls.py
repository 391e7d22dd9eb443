"""
Calls an emulator that evaluates policies with one role per case, and prints for each call `allowed`, `refused` or the
code of another error. A call that is an action of IAM is asked of its policy simulator. Arguments: the plan as a file of JSON, and the Python that serves the emulator.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

REFUSALS = ['AccessDenied', 'AccessDeniedException', '403']  # the last one is HeadBucket's, which has no body

with open(sys.argv[1]) as file:
    plan = json.load(file)
with socket.socket() as free:
    free.bind(('127.0.0.1', 0))
    port = str(free.getsockname()[1])
log = open('emulator.log', 'w')
server = subprocess.Popen(
    [sys.executable, '-c', sys.argv[2]], env={**os.environ, 'GATEWAY_PORT': port}, stdout=log, stderr=log
)


def client(service, key, secret='owner', token=None):
    return boto3.client(
        service,
        endpoint_url=f'https://127.0.0.1:{port}',
        verify=False,  # the certificate is the emulator's own
        region_name=plan['region'],
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(retries={'total_max_attempts': 1}, s3={'addressing_style': 'path'}),
    )


def owner(service):
    """The account's root, whose access key is its id."""
    return client(service, plan['account'])


def wait():
    deadline = time.time() + 60
    while True:
        try:
            return owner('sts').get_caller_identity()
        except Exception:
            if time.time() > deadline or server.poll() is not None:
                raise
            time.sleep(0.1)


def named(text, names):
    """The text with what the emulator made in place of what stands for it."""
    for placeholder, name in names.items():
        text = text.replace(placeholder, name)
    return text


def make(names):
    """What the calls use, with the policies of the buckets. Returns the first versions of the objects."""
    versions = {}
    for name, bucket in plan['buckets'].items():
        s3 = owner('s3')
        s3.create_bucket(
            Bucket=name,
            CreateBucketConfiguration={'LocationConstraint': plan['region']},
            ObjectLockEnabledForBucket=bucket['locked'],
        )
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={'Status': 'Enabled'})
        for key in bucket['objects']:
            versions[name, key] = s3.put_object(Bucket=name, Key=key, Body=b'x')['VersionId']
        s3.put_bucket_policy(Bucket=name, Policy=named(bucket['policy'], names))
    owner('glue').create_database(DatabaseInput={'Name': plan['table']['DatabaseName']})
    owner('glue').create_table(DatabaseName=plan['table']['DatabaseName'], TableInput={'Name': plan['table']['Name']})
    owner('athena').create_work_group(Name=plan['workgroup'])
    for repository in plan['repositories']:
        owner('ecr').create_repository(repositoryName=repository)
    command = {'Name': 'glueetl', 'ScriptLocation': 's3://nowhere/script.py'}
    owner('glue').create_job(Name=plan['job'], Role='glue', Command=command)
    make_triggers()
    return versions


def make_triggers():
    """Queues, a table of locks, and state machines with one execution each."""
    for queue in plan['queues']:
        fifo = {'FifoQueue': 'true', 'ContentBasedDeduplication': 'true'} if queue.endswith('.fifo') else {}
        owner('sqs').create_queue(QueueName=queue, Attributes=fifo)
    owner('dynamodb').create_table(
        TableName=plan['locks'],
        KeySchema=[{'AttributeName': 'target', 'KeyType': 'HASH'}],
        AttributeDefinitions=[{'AttributeName': 'target', 'AttributeType': 'S'}],
        BillingMode='PAY_PER_REQUEST',
    )
    role = role_of('Service', 'states.amazonaws.com', 'trigger')['Arn']
    for name in plan['machines']:
        machine = owner('stepfunctions').create_state_machine(
            name=name,
            definition=json.dumps({'StartAt': 'End', 'States': {'End': {'Type': 'Succeed'}}}),
            roleArn=role,
        )
        owner('stepfunctions').start_execution(stateMachineArn=machine['stateMachineArn'], name='first')


def role_of(kind, principal, name):
    """A new role that the principal may take."""
    trust = {'Effect': 'Allow', 'Principal': {kind: principal}, 'Action': 'sts:AssumeRole'}
    document = json.dumps({'Version': '2012-10-17', 'Statement': [trust]})
    return owner('iam').create_role(RoleName=name, AssumeRolePolicyDocument=document)['Role']


def user(number, policy):
    """The ARN and the clients of a new role with this inline policy."""
    role = role_of('AWS', '*', f'user-{number}')
    owner('iam').put_role_policy(RoleName=role['RoleName'], PolicyName='grants', PolicyDocument=policy)
    got = owner('sts').assume_role(RoleArn=role['Arn'], RoleSessionName='test')['Credentials']
    return role['Arn'], lambda service: client(
        service, got['AccessKeyId'], got['SecretAccessKey'], got['SessionToken']
    )


def simulated(role, action, resource):
    """What the policy simulator says of an action."""
    asked = {'PolicySourceArn': role, 'ActionNames': [action], 'ResourceArns': [resource]}
    [result] = owner('iam').simulate_principal_policy(**asked)['EvaluationResults']
    return 'allowed' if result['EvalDecision'] == 'allowed' else 'refused'


def main():
    wait()
    key = owner('kms').create_key()['KeyMetadata']['Arn']
    secret = owner('secretsmanager').create_secret(Name='database', SecretString='x')['ARN']
    names = {plan['key']: key, plan['secret']: secret}
    ciphertext = owner('kms').encrypt(KeyId=key, Plaintext=b'x')['CiphertextBlob']
    versions = make(names)

    def answer(role, clients, operation, parameters):
        parameters = json.loads(named(json.dumps(parameters), names))
        if ':' in operation:
            return simulated(role, operation, parameters['resource'])
        service, method = operation.split('.')
        if parameters.get('VersionId') == 'FIRST':
            parameters['VersionId'] = versions[parameters['Bucket'], parameters['Key']]
        if 'CiphertextBlob' in parameters:
            parameters['CiphertextBlob'] = ciphertext
        try:
            getattr(clients(service), method)(**parameters)
            return 'allowed'
        except ClientError as error:
            code = error.response['Error']['Code']
            return 'refused' if code in REFUSALS else f'{code}: {error}'

    answers = []
    for number, case in enumerate(plan['cases']):
        role, clients = user(number, named(case['policy'], names))
        answers.append([answer(role, clients, *call) for call in case['calls']])
    print(json.dumps(answers))


try:
    main()
finally:
    server.kill()
