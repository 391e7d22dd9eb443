"""
Runs the state machines of triggers in an emulator of Step Functions, DynamoDB, SageMaker and SQS, and prints what happened.

Argument: a file of JSON with the `machines` (definition by name), the `table` of their locks, the `pipeline` that they start and its
`lock`. Runs of the pipeline go on until this program ends them, a cooldown lasts until it says so, and other waits are short:
nothing depends on how fast the machine is.
"""

import concurrent.futures
import hashlib
import json
import os
import sys
import threading
import time
import types

import boto3
from moto import mock_aws
from moto.dynamodb.models import DynamoDBBackend
from moto.sagemaker.models import FakePipelineExecution, sagemaker_backends
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.utils import boto_client

ACCOUNT, REGION = os.environ['MOTO_ACCOUNT_ID'], 'eu-north-1'
DEADLINE = 60
HOUR = 3600

plan = json.load(open(sys.argv[1]))
calls = []
cooldowns = threading.Semaphore(0)


def client(service):
    return boto3.client(service, region_name=REGION)


def until(condition, what):
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        threading.Event().wait(0.05)
    raise SystemExit(f'not in {DEADLINE} s: {what}')


class World:
    def __init__(self):
        self.states = client('stepfunctions')
        self.dynamodb = client('dynamodb')
        self.sagemaker = client('sagemaker')
        self.sqs = client('sqs')
        self.dynamodb.create_table(
            TableName=plan['table'],
            KeySchema=[{'AttributeName': 'target', 'KeyType': 'HASH'}],
            AttributeDefinitions=[{'AttributeName': 'target', 'AttributeType': 'S'}],
            BillingMode='PAY_PER_REQUEST',
        )
        self.failed = self.sqs.create_queue(QueueName='failed')['QueueUrl']
        self.inbox = self.sqs.create_queue(
            QueueName='inbox.fifo', Attributes={'FifoQueue': 'true', 'ContentBasedDeduplication': 'true'}
        )['QueueUrl']
        self.make_pipeline()
        self.machines = {}
        for name, definition in plan['machines'].items():
            text = definition.replace('FAILED_URL', self.failed).replace('INBOX_URL', self.inbox)
            made = self.states.create_state_machine(name=name, definition=text, roleArn=f'arn:aws:iam::{ACCOUNT}:role/r')
            self.machines[name] = made['stateMachineArn']
        self.deliveries = 0

    def make_pipeline(self):
        self.sagemaker.create_pipeline(
            PipelineName=plan['pipeline'],
            PipelineDefinition='{"Version": "2020-12-01", "Steps": []}',
            RoleArn=f'arn:aws:iam::{ACCOUNT}:role/r',
            ClientRequestToken='t' * 32,
        )

    def deliver(self, machine, event):
        """As EventBridge does: a new name for each delivery. Returns the execution that admits the event."""
        self.deliveries += 1
        return self.states.start_execution(
            stateMachineArn=self.machines[machine], name=f'delivery-{self.deliveries}', input=json.dumps(event)
        )['executionArn']

    def end_of(self, execution):
        """Name of the last state, once the execution has ended."""
        until(lambda: self.status(execution) != 'RUNNING', f'end of {execution}')
        events = self.states.get_execution_history(executionArn=execution, maxResults=1000)['events']
        return [e['stateEnteredEventDetails']['name'] for e in events if 'stateEnteredEventDetails' in e][-1]

    def status(self, execution):
        return self.states.describe_execution(executionArn=execution)['status']

    def of_event(self, machine, text):
        """The execution of an event, whose name follows from it."""
        name = hashlib.sha256(text.encode()).hexdigest()
        arn = self.machines[machine].replace(':stateMachine:', ':execution:') + ':' + name
        return arn

    def runs(self):
        pipelines = sagemaker_backends[ACCOUNT][REGION].pipelines
        pipeline = pipelines.get(plan['pipeline'])
        return list(pipeline.pipeline_executions.values()) if pipeline else []

    def end_runs(self, status='Succeeded'):
        for run in self.runs():
            if run.pipeline_execution_status == 'Executing':
                run.pipeline_execution_status = status

    def lock(self):
        return self.dynamodb.get_item(TableName=plan['table'], Key={'target': {'S': plan['lock']}}).get('Item')

    def messages(self, queue):
        found = []
        while True:
            got = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get('Messages', [])
            if not got:
                return found
            for message in got:
                found.append(json.loads(message['Body']))
                self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message['ReceiptHandle'])


def event(number):
    stamp = f'2026-02-24T17:00:{number:02}.000+0000'
    return {'id': f'id-{number}', 'detail': {'alarmName': 'drift', 'state': {'timestamp': stamp, 'value': 'ALARM'}}}, f'drift {stamp}'


def main():
    world = World()
    report = {}
    say = report.__setitem__

    def admitted(machine, number):
        data, text = event(number)
        end = world.end_of(world.deliver(machine, data))
        if end != 'Admitted':
            raise SystemExit(f'event {number} ended in {end}: {world.messages(world.failed)}')
        return world.of_event(machine, text)

    def active(count):
        until(lambda: len(world.runs()) == count and (world.lock() or {}).get('run'), f'{count} runs')

    # the first event starts a run
    first = admitted('retrain', 1)
    active(1)
    run = world.runs()[0]
    say('parameters', {p['Name']: p['Value'] for p in run.pipeline_parameters})
    say('first', [world.status(first), len(world.runs()), run.pipeline_parameters[1]['Value'] == first])

    # the same event again, as services deliver some of them, with another id
    data, _ = event(1)
    say('duplicate', [world.end_of(world.deliver('retrain', {**data, 'id': 'other'})), len(world.runs())])

    # beside an active run, by this trigger and by another one of the same target
    say('beside', [world.end_of(admitted('retrain', 2)), world.end_of(admitted('hourly', 2)), len(world.runs())])

    # the run is over, the cooldown not
    world.end_runs()
    say('within the cooldown', [world.end_of(admitted('retrain', 3)), len(world.runs()), world.status(first)])

    # after it
    cooldowns.release()
    say('end', [world.end_of(first), world.lock()])
    fourth = admitted('retrain', 4)
    active(2)
    world.end_runs('Failed')
    cooldowns.release()
    say('a failed run', [world.end_of(fourth), world.lock(), world.messages(world.failed)])

    # two at once
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda number: admitted('retrain', number), [5, 6]))
    until(lambda: sum(world.status(one) == 'RUNNING' for one in both) == 1, 'one of two')
    active(3)
    loser = [one for one in both if world.status(one) != 'RUNNING']
    say('two at once', [len(world.runs()), [world.end_of(one) for one in loser]])
    winner = next(one for one in both if one not in loser)
    world.end_runs()
    cooldowns.release()
    say('the winner', world.end_of(winner))

    # a start that fails
    world.sagemaker.delete_pipeline(PipelineName=plan['pipeline'], ClientRequestToken='d' * 32)
    seventh = admitted('retrain', 7)
    end = world.end_of(seventh)
    history = world.states.get_execution_history(executionArn=seventh, maxResults=1000)['events']
    tried = sum(e['type'] == 'TaskFailed' for e in history)
    (message,) = world.messages(world.failed)
    say('a failed start', [end, world.status(seventh), tried, world.lock()])
    say('its message', {'trigger': message['trigger'], 'error': message['error']['Error'], 'execution': message['execution'] == seventh, 'cause': message['input']['cause'], 'event': message['input']['event']['id']})

    # the message is sent again, by hand
    world.make_pipeline()
    again = world.states.start_execution(
        stateMachineArn=world.machines['retrain'], name='again', input=json.dumps(message['input'])
    )['executionArn']
    active(1)
    say('sent again', [world.status(again), world.runs()[0].pipeline_parameters[0]['Value']])

    # an execution that dies does not lock for ever, and its run keeps others out as long as it goes on
    world.states.stop_execution(executionArn=again)
    until(lambda: world.status(again) != 'RUNNING', 'its death')
    say('dead', [world.status(again), world.lock() is not None])
    say('beside the run of a dead one', world.end_of(admitted('retrain', 8)))
    world.end_runs()
    ninth = admitted('retrain', 9)
    until(lambda: len(world.runs()) == 2, 'a second run')
    until(lambda: (world.lock() or {}).get('run', {}).get('S') == world.runs()[1].arn, 'its lock')
    say('taken over', [world.lock()['holder']['S'] == ninth, len(world.runs())])
    world.end_runs()
    cooldowns.release()
    say('the one that took over', world.end_of(ninth))

    # a run that takes too long is reported, and keeps its lock until it ends
    tenth = admitted('short', 10)
    active(3)
    end = world.end_of(tenth)
    (message,) = world.messages(world.failed)
    say('overdue', [end, message['error'], world.end_of(admitted('short', 11))])
    world.end_runs()
    twelfth = admitted('short', 12)
    until(lambda: len(world.runs()) == 4, 'the run after the overdue one')
    world.end_runs()
    say('after it', world.end_of(twelfth))

    # the other targets
    child = admitted('promote', 13)
    until(lambda: world.status(child) != 'RUNNING', 'the child')
    children = world.states.list_executions(stateMachineArn=world.machines['child'])['executions']
    given = json.loads(world.states.describe_execution(executionArn=children[0]['executionArn'])['input'])
    say('a state machine', [world.end_of(child), given['cause'], given['startedBy'] == child, given['input']['event']['id']])
    dag = admitted('dag', 14)
    say('a DAG', [world.end_of(dag), [{**m, 'run_id': m['run_id'] == dag.split(':')[-1], 'started_by': m['started_by'] == dag} for m in world.messages(world.inbox)]])
    scheduled = world.deliver('weekly', {'detail-type': 'Schedule', 'time': '2026-03-02T02:00:00Z'})
    end = world.end_of(scheduled)
    fifteenth = world.of_event('weekly', '2026-03-02T02:00:00Z')
    until(lambda: len(world.runs()) == 5, 'the scheduled run')
    say('a schedule', [end, world.runs()[4].pipeline_parameters[0]['Value']])
    world.end_runs()
    say('its end', world.end_of(fifteenth))

    print(json.dumps({'report': report, 'calls': sorted(calls)}))


def adapt():
    """Puts this program in the place of clocks, and makes the emulator as strict and as atomic as the services."""

    def wait(self, env, wait_seconds):
        if wait_seconds < HOUR:
            env.program_state_event.wait(0.1)
            return
        while env.is_running() and not cooldowns.acquire(timeout=0.05):
            pass

    WaitFunction._wait_interval = wait
    retrier_decl.time = types.SimpleNamespace(sleep=lambda _: None)

    start = FakePipelineExecution.__init__

    def start_and_go_on(self, *args, **kwargs):
        start(self, *args, **kwargs)
        self.pipeline_execution_status = 'Executing'

    FakePipelineExecution.__init__ = start_and_go_on

    one_at_a_time = threading.Lock()
    put = DynamoDBBackend.put_item

    def put_atomically(*args, **kwargs):
        with one_at_a_time:
            return put(*args, **kwargs)

    DynamoDBBackend.put_item = put_atomically

    # the emulator has both conversions and calls neither: services whose parameters begin with a small letter need them
    def operation(self, service, action):
        made = original(
            service_name=self._get_boto_service_name(service), region_name=REGION
        )
        name = made.meta.method_to_api_mapping[self._get_boto_service_action(action)]
        return made.meta.service_model.operation_model(name)

    def to_service(self, parameters, boto_service_name=None, service_action_name=None):
        self._to_boto_request(parameters, operation(self, boto_service_name, service_action_name).input_shape)

    def from_service(self, response, boto_service_name=None, service_action_name=None):
        self._from_boto_response(response, operation(self, boto_service_name, service_action_name).output_shape)

    StateTaskService._normalise_parameters = to_service
    StateTaskService._normalise_response = from_service

    config = boto_client.Config
    boto_client.Config = lambda **options: config(**{**options, 'parameter_validation': True})
    original = boto_client.boto3.client
    machine_calls = lambda **options: recorded(original(**options))  # noqa: E731
    boto_client.boto3 = types.SimpleNamespace(client=machine_calls)


def recorded(made):
    def record(model, **_):
        call = f'{model.service_model.service_id} {model.name}'
        if call not in calls:
            calls.append(call)

    made.meta.events.register('before-call.*.*', record)
    return made


adapt()
mock_aws(config={'stepfunctions': {'execute_state_machine': True}})(main)()
