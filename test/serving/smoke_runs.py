"""
Runs the state machine of a smoke test in an emulator of Step Functions and CloudWatch, with the program of its function and an
endpoint whose states and answers each story says. Prints the end, the states and the metric of each.

Argument: a file of JSON with the `definition` of the machine and the `settings` of the function.
"""

import faulthandler
import io
import json
import os
import sys
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import boto3
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction

sys.path.insert(0, str(Path(__file__).parents[2] / 'lib/serving/smoke/program'))
import smoke  # noqa: E402

ACCOUNT, REGION = os.environ['MOTO_ACCOUNT_ID'], 'eu-north-1'
DEADLINE = 60

faulthandler.dump_traceback_later(300, exit=True)
plan = json.load(open(sys.argv[1]))


class Refused(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.response = {'Error': {'Code': code}}


class Endpoint:
    """An endpoint that goes through its states, one for each look; an answer belongs to the last that was seen."""

    def __init__(self, states, answers):
        self.states, self.answers, self.asked = list(states), answers, 0

    def describe_endpoint(self, EndpointName):
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if isinstance(state, Exception):
            raise state
        status, *phases = state.split(' ')
        variants = [{'VariantStatus': [{'Status': phase} for phase in phases]}]
        return {'EndpointStatus': status, 'PendingDeploymentSummary': {'ProductionVariants': variants}}

    def invoke_endpoint(self, **request):
        self.asked += 1
        body = json.dumps(self.answers(self.asked)).encode()
        return {'Body': io.BytesIO(body), 'ContentType': 'application/json', 'InvokedProductionVariant': 'champion'}

    def get_object(self, Bucket, Key):
        content = {'requests': [{'body': '1,2'}], 'outputs': {'kind': 'probabilities', 'classes': ['no', 'yes']}}
        return {'Body': io.BytesIO(json.dumps(content).encode())}

    def list_executions(self, **_):
        return {'executions': []}


class Function:
    """Lambda, which runs the program; an error of it is the answer of the function, as Lambda gives it."""

    endpoint = None
    late = False

    def invoke(self, FunctionName, Payload, **_):
        event = json.loads(Payload)
        clients = dict.fromkeys(['sagemaker', 'stepfunctions', 's3', 'runtime'], self.endpoint)
        now = datetime.now(timezone.utc) + timedelta(hours=2 if self.late else 0)
        answer = {'StatusCode': 200, 'ExecutedVersion': '$LATEST'}
        try:
            if event['step'] == 'look':
                result = smoke.look(event, plan['settings'], clients, now)
            else:
                result = smoke.ask(event, plan['settings'], clients)
        except Exception as fault:
            answer['FunctionError'] = 'Unhandled'
            result = {'errorType': type(fault).__name__, 'errorMessage': str(fault)}
        return {**answer, 'Payload': io.BytesIO(json.dumps(result).encode())}


def run(states, machine, name, endpoint, late=False):
    function.endpoint, function.late = endpoint, late
    execution = states.start_execution(stateMachineArn=machine, name=name, input='{}')['executionArn']
    end = time.monotonic() + DEADLINE
    while states.describe_execution(executionArn=execution)['status'] == 'RUNNING':
        if time.monotonic() > end:
            raise TimeoutError(f'{name} runs for {DEADLINE} s')
        threading.Event().wait(0.05)
    events = states.get_execution_history(executionArn=execution, maxResults=1000)['events']
    entered = [one['stateEnteredEventDetails']['name'] for one in events if 'stateEnteredEventDetails' in one]
    return {
        'status': states.describe_execution(executionArn=execution)['status'],
        'states': entered,
        'asked': endpoint.asked,
        'failed': metric(),
    }


def metric():
    """Values of the metric since the last story."""
    cloudwatch = boto3.client('cloudwatch', region_name=REGION)
    now = datetime.now(timezone.utc)
    query = cloudwatch.get_metric_statistics(
        Namespace='MLOps/Smoke',
        MetricName='Failed',
        Dimensions=[{'Name': 'EndpointName', 'Value': plan['settings']['endpoint']}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=7200,
        Statistics=['Sum', 'SampleCount'],
    )['Datapoints']
    total = [sum(one[key] for one in query) for key in ('Sum', 'SampleCount')]
    new = [value - before for value, before in zip(total, metric.seen)]
    metric.seen = total
    return new


metric.seen = [0, 0]
function = Function()
real = lambda_eval_utils.boto_client_for
lambda_eval_utils.boto_client_for = lambda service, **more: (
    function if service == 'lambda' else real(service=service, **more)
)
WaitFunction._wait_interval = lambda *_args, **_kwargs: None

with mock_aws(config={'stepfunctions': {'execute_state_machine': True}}):
    client = boto3.client('stepfunctions', region_name=REGION)
    role = f'arn:aws:iam::{ACCOUNT}:role/r'
    arn = client.create_state_machine(name='smoke', definition=plan['definition'], roleArn=role)['stateMachineArn']

    def good(_):
        return 0.5

    def wrong(index):
        return 'error' if index % 10 == 0 else 0.5  # the share of the new fleet

    rollout = ['Updating Creating', 'Updating ActivatingTraffic', 'Updating Baking']
    report = {
        'a good fleet': run(client, arn, 'good', Endpoint(rollout, good)),
        'a wrong fleet': run(client, arn, 'wrong', Endpoint(rollout, wrong)),
        'a first deployment': run(client, arn, 'first', Endpoint(['Creating', 'InService'], good)),
        'a rollback': run(client, arn, 'back', Endpoint(['Updating Creating', 'RollingBack'], good)),
        'a fleet that never answers': run(client, arn, 'late', Endpoint(['Updating Creating'], good), late=True),
        'a program that fails': run(client, arn, 'broken', Endpoint([Refused('AccessDenied')], good)),
    }
print(json.dumps(report), flush=True)
os._exit(0)
