"""
Runs the state machines of triggers in an emulator of Step Functions, DynamoDB, SageMaker, Batch and SQS, and prints what happened.

Argument: a file of JSON with the `machines` (definition by name), the `table` of their locks, the `pipeline` and the `job` that they
start, and the `locks` of both. Runs go on until this program ends them, a cooldown lasts until it says so, and other waits are
short: nothing depends on how fast the machine is. A story that fails is reported, and the next one begins anew.
"""

import concurrent.futures
import faulthandler
import hashlib
import json
import os
import re
import sys
import threading
import time
import traceback
import types

import boto3
from moto import mock_aws
from moto.batch.models import Job
from moto.batch_simple.models import BatchSimpleBackend
from moto.dynamodb.models import DynamoDBBackend
from moto.sagemaker.exceptions import ResourceInUseException, ResourceNotFound, SagemakerClientError, ValidationError
from moto.sagemaker.models import FakePipelineExecution, FakeProcessingJob, SageMakerModelBackend, sagemaker_backends
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_aws_sdk
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.utils import boto_client, json_path

ACCOUNT, REGION = os.environ['MOTO_ACCOUNT_ID'], 'eu-north-1'
ROLE = f'arn:aws:iam::{ACCOUNT}:role/r'
DEADLINE = 30
NAP = 600  # seconds of a part of a cooldown; looks at a run are closer
PAUSE = 0.1  # seconds of any other wait
IN_ALL = 400

faulthandler.dump_traceback_later(IN_ALL, exit=True)
plan = json.load(open(sys.argv[1]))
calls = []
jobs = []
requests = []
events = []
cooldowns = threading.Semaphore(0)
rested = set()
lost = []  # names of calls that do what they shall, and whose answer does not arrive


class NotInTime(Exception):
    pass


def client(service):
    return boto3.client(service, region_name=REGION)


def until(condition, what):
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        threading.Event().wait(0.05)
    raise NotInTime(f'not in {DEADLINE} s: {what}')


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
        made = {'FAILED_URL': self.failed, 'INBOX_URL': self.inbox, **self.make_batch()}
        self.machines = {}
        for name, definition in plan['machines'].items():
            for placeholder, text in made.items():
                definition = definition.replace(placeholder, text)
            machine = self.states.create_state_machine(name=name, definition=definition, roleArn=ROLE)
            self.machines[name] = machine['stateMachineArn']
        self.deliveries = 0

    def make_pipeline(self):
        self.sagemaker.create_pipeline(
            PipelineName=plan['pipeline'],
            PipelineDefinition='{"Version": "2020-12-01", "Steps": []}',
            RoleArn=ROLE,
            ClientRequestToken='t' * 32,
        )

    def delete_pipeline(self):
        self.sagemaker.delete_pipeline(PipelineName=plan['pipeline'], ClientRequestToken='d' * 32)

    def make_batch(self):
        batch = client('batch')
        client('iam').create_role(RoleName='r', AssumeRolePolicyDocument='{}')
        environment = batch.create_compute_environment(
            computeEnvironmentName='pool', type='UNMANAGED', state='ENABLED', serviceRole=ROLE
        )['computeEnvironmentArn']
        queue = batch.create_job_queue(
            jobQueueName='queue',
            state='ENABLED',
            priority=1,
            computeEnvironmentOrder=[{'order': 1, 'computeEnvironment': environment}],
        )['jobQueueArn']
        definition = batch.register_job_definition(
            jobDefinitionName='job', type='container', containerProperties={'image': 'i', 'vcpus': 1, 'memory': 128}
        )['jobDefinitionArn']
        return {'JOB_QUEUE': queue, 'JOB_DEFINITION': definition}

    def begin(self):
        """Nothing runs, nothing is locked, all queues are empty."""
        for machine in self.machines.values():
            for one in self.states.list_executions(stateMachineArn=machine, statusFilter='RUNNING')['executions']:
                self.states.stop_execution(executionArn=one['executionArn'])
        until(
            lambda: not any(
                self.states.list_executions(stateMachineArn=machine, statusFilter='RUNNING')['executions']
                for machine in self.machines.values()
            ),
            'the end of all executions',
        )
        while cooldowns.acquire(blocking=False):
            pass
        if plan['pipeline'] in sagemaker_backends[ACCOUNT][REGION].pipelines:
            self.delete_pipeline()
        self.make_pipeline()
        jobs.clear()
        for item in self.dynamodb.scan(TableName=plan['table'])['Items']:
            self.dynamodb.delete_item(TableName=plan['table'], Key={'target': item['target']})
        self.messages(self.failed)
        self.messages(self.inbox)

    def deliver(self, machine, event):
        """As EventBridge does: a new name for each delivery. Returns the execution that admits the event."""
        self.deliveries += 1
        return self.states.start_execution(
            stateMachineArn=self.machines[machine], name=f'delivery-{self.deliveries}', input=json.dumps(event)
        )['executionArn']

    def event(self, **more):
        """A new event, and the text by which it is the same event."""
        self.deliveries += 1
        stamp = f'2026-02-24T17:00:00.{self.deliveries:03}+0000'
        detail = {'alarmName': 'drift', 'state': {'timestamp': stamp, 'value': 'ALARM'}, **more}
        return {'id': f'id-{self.deliveries}', 'detail': detail}, f'drift {stamp}'

    def admitted(self, machine, event=None):
        """The execution of an event that has been admitted."""
        data, text = event or self.event()
        end = self.end_of(self.deliver(machine, data))
        if end != 'Admitted':
            raise NotInTime(f'an event ended in {end}: {self.messages(self.failed)}')
        return self.of_event(machine, text)

    def states_of(self, execution):
        """Names of the states that it entered, and the largest data that one of them got or gave."""
        pages = self.states.get_paginator('get_execution_history').paginate(executionArn=execution)
        events = [event for page in pages for event in page['events']]
        entered = [e['stateEnteredEventDetails'] for e in events if 'stateEnteredEventDetails' in e]
        exited = [e['stateExitedEventDetails'] for e in events if 'stateExitedEventDetails' in e]
        sizes = {e['name']: len(e.get('input', '')) for e in entered}
        sizes.update({e['name']: max(sizes[e['name']], len(e.get('output', ''))) for e in exited if e['name'] in sizes})
        return [e['name'] for e in entered], sizes

    def end_of(self, execution):
        """Name of the last state, once the execution has ended."""
        until(lambda: self.status(execution) != 'RUNNING', f'end of {execution}')
        return self.states_of(execution)[0][-1]

    def status(self, execution):
        return self.states.describe_execution(executionArn=execution)['status']

    def input_of(self, execution):
        return json.loads(self.states.describe_execution(executionArn=execution)['input'])

    def stop(self, execution):
        self.states.stop_execution(executionArn=execution)
        until(lambda: self.status(execution) != 'RUNNING', 'its death')

    def of_event(self, machine, text):
        """The execution of an event, whose name follows from it."""
        name = hashlib.sha256(text.encode()).hexdigest()
        return self.machines[machine].replace(':stateMachine:', ':execution:') + ':' + name

    def runs(self):
        pipeline = sagemaker_backends[ACCOUNT][REGION].pipelines.get(plan['pipeline'])
        return list(pipeline.pipeline_executions.values()) if pipeline else []

    def active(self, count):
        """Waits for the start of a run, which is recorded in the lock."""
        until(lambda: len(self.runs()) == count, f'{count} runs, there are {len(self.runs())}')
        until(lambda: self.recorded() == self.runs()[-1].arn, f'the record of run {count}')
        return self.runs()[-1]

    def recorded(self):
        return ((self.lock() or {}).get('run') or {}).get('S')

    def end_runs(self, status='Succeeded'):
        for run in self.runs():
            if run.pipeline_execution_status == 'Executing':
                run.pipeline_execution_status = status

    def over(self, execution):
        """Ends runs and cooldown. Returns the end of the execution that follows them."""
        self.end_runs()
        cooldowns.release()
        return self.end_of(execution)

    def lock(self, target='pipeline'):
        return self.dynamodb.get_item(TableName=plan['table'], Key={'target': {'S': plan['locks'][target]}}).get('Item')

    def messages(self, queue):
        found = []
        while True:
            got = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get('Messages', [])
            if not got:
                return found
            for message in got:
                found.append(json.loads(message['Body']))
                self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message['ReceiptHandle'])


def first_event(world, say):
    event = world.event()
    first = world.admitted('retrain', event)
    run = world.active(1)
    parameters = {p['Name']: p['Value'] for p in run.pipeline_parameters}
    say('parameters', parameters)
    say('first', [world.status(first), len(world.runs()), parameters['StartedBy'] == first])

    # the same event again: with another id, as SageMaker sends some of them, and as it was, as EventBridge does
    data, _ = event
    repeated = [world.end_of(world.deliver('retrain', one)) for one in ({**data, 'id': 'other'}, data)]
    say('duplicate', [repeated, len(world.runs())])

    # beside an active run, by this trigger and by another one of the same target
    beside = [world.end_of(world.admitted(machine)) for machine in ('retrain', 'hourly')]
    say('beside', [beside, len(world.runs())])

    world.end_runs()
    say('within the cooldown', [world.end_of(world.admitted('retrain')), len(world.runs()), world.status(first)])
    cooldowns.release()
    say('end', [world.end_of(first), world.lock()])
    say('duplicate of one that has ended', [world.end_of(world.deliver('retrain', data)), len(world.runs())])
    next_one = world.admitted('retrain')
    world.active(2)
    say('after the cooldown', [world.over(next_one), len(world.runs())])


def failed_run(world, say):
    execution = world.admitted('retrain')
    world.active(1)
    world.end_runs('Failed')
    say('a failed run', [world.over(execution), world.lock(), world.messages(world.failed)])


def two_at_once(world, say):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda machine: world.admitted(machine), ['retrain', 'hourly']))
    until(lambda: sum(world.status(one) == 'RUNNING' for one in both) == 1, 'the end of one of two')
    world.active(1)
    (loser,) = [one for one in both if world.status(one) != 'RUNNING']
    winner = next(one for one in both if one != loser)
    say('two at once', [len(world.runs()), world.end_of(loser), world.over(winner)])


def failed_start(world, say):
    world.delete_pipeline()
    data, text = world.event()
    execution = world.admitted('retrain', (data, text))
    end = world.end_of(execution)
    history = world.states.get_execution_history(executionArn=execution, maxResults=1000)['events']
    tried = sum(e['type'] == 'TaskFailed' for e in history)
    say('a failed start', [end, world.status(execution), tried, world.lock()])
    (message,) = world.messages(world.failed)
    say('its message', {
        'trigger': message['trigger'],
        'error': message['error']['Error'],
        'execution': message['execution'] == execution,
        'cause': message['input']['cause'],
        'event': message['input']['event'] == data,
    })
    world.make_pipeline()
    again = world.states.start_execution(
        stateMachineArn=world.machines['retrain'], name='again', input=json.dumps(message['input'])
    )['executionArn']
    run = world.active(1)
    say('sent again', [world.status(again), run.pipeline_parameters[0]['Value'], world.over(again)])


def dead_execution(world, say):
    first = world.admitted('retrain')
    world.active(1)
    world.stop(first)
    say('dead', [world.status(first), world.lock() is not None])
    say('beside the run of a dead one', [world.end_of(world.admitted('retrain')), len(world.runs())])
    world.end_runs()
    second = world.admitted('hourly')
    world.active(2)
    say('taken over', [world.lock()['holder']['S'] == second, world.over(second), world.lock()])


def forgotten(world, say):
    """A holder whose state machine was deleted, or that ended more than 90 days ago; and a run whose pipeline was."""

    def locked_by(holder, **more):
        item = {'target': {'S': plan['locks']['pipeline']}, 'holder': {'S': holder}, **more}
        world.dynamodb.put_item(TableName=plan['table'], Item=item)

    nobody = world.of_event('retrain', 'never')
    locked_by(nobody)
    first = world.admitted('retrain')
    world.active(1)
    say('the lock of a forgotten execution', [world.lock()['holder']['S'] == first, world.over(first)])
    pipeline = f'arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/{plan["pipeline"]}'
    locked_by(nobody, run={'S': f'{pipeline}/execution/deleted'})
    second = world.admitted('retrain')
    world.active(2)
    say('the lock of a run that is not there', [world.lock()['holder']['S'] == second, world.over(second)])


def released_by_others(world, say):
    """One that has lost its lock, as by a redrive, neither deletes nor changes that of another."""
    first = world.admitted('retrain')
    world.active(1)
    item = {'target': {'S': plan['locks']['pipeline']}, 'holder': {'S': 'another'}, 'run': {'S': 'its run'}}
    world.dynamodb.put_item(TableName=plan['table'], Item=item)
    say('the lock of another', [world.over(first), world.lock() == item])


def overdue(world, say):
    first = world.admitted('short')
    world.active(1)
    end = world.end_of(first)
    (message,) = world.messages(world.failed)
    say('overdue', [end, message['error'], world.end_of(world.admitted('short')), len(world.runs())])
    world.end_runs()
    second = world.admitted('short')
    world.active(2)
    say('after it', world.over(second))


def budget(world, say):
    """One run a month. A start that fails costs nothing of it."""

    def spent():
        items = world.dynamodb.scan(TableName=plan['table'])['Items']
        (item,) = [one for one in items if one['target']['S'].startswith('budget/')]
        return item['target']['S'].split('/')[1:-1], item.get('runs', {}).get('SS', [])

    world.delete_pipeline()
    refused = world.end_of(world.admitted('monthly'))
    say('a failed start within a budget', [refused, spent(), world.lock()])
    world.messages(world.failed)
    world.make_pipeline()
    first = world.admitted('monthly')
    world.active(1)
    say('the run that the budget has left', [world.over(first), spent() == (['pipeline', plan['pipeline']], [first])])
    end = world.end_of(world.admitted('monthly'))
    (message,) = world.messages(world.failed)
    say('a run beyond the budget', [end, message['error'], len(world.runs()), world.lock()])
    unbounded = world.admitted('short')
    world.active(2)
    say('a trigger without a budget beside it', world.over(unbounded))


def large_event(world, say):
    """What the states of an event of 100 kB have: Step Functions ends an execution with more than 256 KiB, and catches nothing."""
    execution = world.admitted('retrain', world.event(metadata='x' * 100_000))
    world.active(1)
    until(lambda: world.states_of(execution)[0].count('Look') > 1, 'a second look')
    end = world.over(execution)
    sizes = world.states_of(execution)[1]
    inner = max(size for name, size in sizes.items() if name in ('Begin', 'Pause', 'Look', 'Count', 'IsActive', 'Ended', 'CoolDown', 'Nap', 'CountNaps', 'IsRested', 'Rested'))
    say('a large event', [end, max(sizes.values()) < 110_000, inner < 2_000])


def state_machine(world, say):
    event = world.event()
    ends = []
    for machine in ('promote', 'promote-too'):  # one after the other, for the same event
        execution = world.admitted(machine, event)
        ends.append(world.end_of(execution))
    children = world.states.list_executions(stateMachineArn=world.machines['child'])['executions']
    given = [world.input_of(one['executionArn']) for one in children]
    of_last = next(one for one in given if one['startedBy'] == execution)
    say('a state machine', [ends, len(children), of_last['cause'], of_last['input']['event'] == event[0]])
    say('its link', of_last['AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID'] == execution)


def parallel(world, say):
    """Each event has an execution of the target, also beside another one, and the same event has one."""
    before = len(world.states.list_executions(stateMachineArn=world.machines['slow'])['executions'])
    event = world.event()
    ends = [world.end_of(world.admitted('each', one)) for one in (event, world.event())]
    running = world.states.list_executions(stateMachineArn=world.machines['slow'], statusFilter='RUNNING')['executions']
    again = world.end_of(world.deliver('each', event[0]))
    say('in parallel', [ends, len(running) - before, again, world.lock('slow')])


def dag(world, say):
    execution = world.admitted('dag')
    end = world.end_of(execution)
    sent = [
        {**m, 'run_id': m['run_id'] == execution.split(':')[-1], 'started_by': m['started_by'] == execution}
        for m in world.messages(world.inbox)
    ]
    say('a DAG', [end, sent, world.lock('dag')])
    slow = world.admitted('dag-daily')
    until(lambda: 'Nap' in world.states_of(slow)[0], 'its cooldown')
    beside = world.end_of(world.admitted('dag-daily'))
    say('a DAG with a cooldown', [beside, world.over(slow), len(world.messages(world.inbox)), world.lock('dag')])


def schedule(world, say):
    scheduled = {'detail-type': 'Schedule', 'time': '2026-03-02T02:00:00Z'}
    ends = [world.end_of(world.deliver('weekly', scheduled)) for _ in range(2)]
    run = world.active(1)
    say('a schedule', [ends, run.pipeline_parameters[0]['Value'], world.over(world.of_event('weekly', scheduled['time']))])


def batch(world, say):
    first = world.admitted('score')
    until(lambda: len(jobs) == 1 and (world.lock('job') or {}).get('run'), 'a job')
    job = jobs[0]
    variables = {one['name']: one['value'] for one in job.container_overrides['environment']}
    say('a job', [
        job.job_name == first.split(':')[-1],
        variables['MLOPS_CAUSE'],
        variables['MLOPS_STARTED_BY'] == first,
        world.lock('job')['run']['S'] == job.job_id,
    ])
    say('beside a job', [world.end_of(world.admitted('score')), len(jobs)])
    job._mark_stopped(success=True)
    say('the end of a job', [world.over(first), world.lock('job')])
    second = world.admitted('score')
    until(lambda: len(jobs) == 2, 'a second job')
    jobs[1]._mark_stopped(success=False)
    say('a failed job', world.over(second))
    third = world.admitted('score')
    until(lambda: len(jobs) == 3 and (world.lock('job') or {}).get('run'), 'a third job')
    world.stop(third)
    say('beside the job of a dead one', [world.end_of(world.admitted('score')), len(jobs)])
    jobs[2].backend._jobs.pop(jobs[2].job_id)  # AWS Batch forgets jobs
    fourth = world.admitted('score')
    until(lambda: len(jobs) == 4, 'a job after the forgotten one')
    jobs[3]._mark_stopped(success=True)
    say('after a forgotten job', world.over(fourth))


def processing(world, say):
    made = sagemaker_backends[ACCOUNT][REGION].processing_jobs
    first = world.admitted('judge')
    until(lambda: len(made) == 1 and (world.lock('processing') or {}).get('run'), 'a processing job')
    ((name, job),) = made.items()
    say('a processing job', [
        world.lock('processing')['run']['S'] == name,
        requests[0]['Environment']['MLOPS_CAUSE'],
        requests[0]['Environment']['MLOPS_STARTED_BY'] == first,
        requests[0]['AppSpecification']['ContainerEntrypoint'][0],
    ])
    say('beside a processing job', [world.end_of(world.admitted('judge')), len(made)])
    job.processing_job_status = 'Completed'
    say('the end of a processing job', [world.over(first), world.lock('processing')])
    second = world.admitted('judge')
    until(lambda: len(made) == 2, 'a second processing job')
    list(made.values())[1].processing_job_status = 'Failed'
    say('a failed processing job', world.over(second))


def lost_answer(world, say):
    made = sagemaker_backends[ACCOUNT][REGION].processing_jobs
    before = set(made)
    lost.append('CreateProcessingJob')
    event = world.event()
    first = world.admitted('judge', event)
    until(lambda: (world.lock('processing') or {}).get('run'), 'the record of the job')
    (name,) = set(made) - before
    say('a job whose answer was lost', [
        not lost,
        world.lock('processing')['run']['S'] == name,
        world.end_of(world.admitted('judge-too')),
        len(made) - len(before),
    ])
    made[name].processing_job_status = 'Completed'
    say('its end', [world.over(first), world.lock('processing'), world.messages(world.failed)])
    again = world.admitted('judge-too', event)  # of another trigger: the name of its execution is the same
    until(lambda: (world.lock('processing') or {}).get('run'), 'the job of the other trigger')
    other = world.lock('processing')['run']['S']
    say('the job of another trigger of that event', [other != name, len(made) - len(before)])
    made[other].processing_job_status = 'Completed'
    world.over(again)


STORIES = [
    first_event,
    failed_run,
    two_at_once,
    failed_start,
    dead_execution,
    forgotten,
    released_by_others,
    overdue,
    budget,
    large_event,
    state_machine,
    parallel,
    dag,
    schedule,
    batch,
    processing,
    lost_answer,
]


def main():
    world = World()
    report = {}
    errors = {}
    for story in STORIES:
        try:
            world.begin()
            story(world, report.__setitem__)
        except NotInTime as error:
            errors[story.__name__] = f'{error}; dead letters: {world.messages(world.failed)}'
        except Exception:
            errors[story.__name__] = traceback.format_exc()
    print(json.dumps({'report': report, 'errors': errors, 'calls': sorted(calls)}))


def adapt():
    """Puts this program in the place of clocks, and makes the emulator as strict and as atomic as the services."""

    def wait(self, env, wait_seconds):
        if wait_seconds < NAP:
            env.program_state_event.wait(PAUSE)
            return
        execution = env.states.context_object.context_object_data['Execution']['Id']
        while env.is_running() and execution not in rested:
            if cooldowns.acquire(timeout=0.05):
                rested.add(execution)  # the other parts of its cooldown are over too

    WaitFunction._wait_interval = wait
    retrier_decl.time = types.SimpleNamespace(sleep=lambda _: None)

    start = FakePipelineExecution.__init__

    def start_and_go_on(self, *args, **kwargs):
        start(self, *args, **kwargs)
        self.pipeline_execution_status = 'Executing'

    FakePipelineExecution.__init__ = start_and_go_on

    process = FakeProcessingJob.__init__

    def process_and_go_on(self, *args, **kwargs):
        process(self, *args, **kwargs)
        self.processing_job_status = 'InProgress'

    FakeProcessingJob.__init__ = process_and_go_on

    create = SageMakerModelBackend.create_processing_job

    def create_once(self, **job):
        if job['processing_job_name'] in self.processing_jobs:
            raise ResourceInUseException('Job name must be unique within an AWS account')
        made = create(self, **job)
        if 'CreateProcessingJob' in lost:
            lost.remove('CreateProcessingJob')
            raise SagemakerClientError('InternalFailure', 'no answer')
        return made

    SageMakerModelBackend.create_processing_job = create_once

    describe = SageMakerModelBackend.describe_pipeline_execution

    def describe_or_not_found(self, pipeline_execution_arn):
        try:
            return describe(self, pipeline_execution_arn)
        except ValidationError as error:  # of the emulator; the service has this one
            raise ResourceNotFound(str(error)) from error

    SageMakerModelBackend.describe_pipeline_execution = describe_or_not_found
    state_task_service_aws_sdk._SERVICE_ERROR_NAMES['sagemaker'] = 'SageMaker'

    def submit_and_go_on(self, include_start_attempt, job):
        self.backend._jobs[job.job_id] = job
        job.status = 'RUNNING'
        jobs.append(job)

    BatchSimpleBackend._mark_job_as_finished = submit_and_go_on
    Job.advance = lambda self: None

    # a path that names one place gives its value, any other a list: the emulator takes `$.jobs[0].status` for a list of one
    json_path.SEVERAL = re.compile(r'\[\?|\*|\.\.|\[\d*:\d*\]')
    json_path.extract_json.__code__ = extract.__code__  # others have imported it already

    one_at_a_time = threading.Lock()
    put = DynamoDBBackend.put_item

    def put_atomically(*args, **kwargs):
        with one_at_a_time:
            return put(*args, **kwargs)

    DynamoDBBackend.put_item = put_atomically

    # the emulator has both conversions and calls neither: services whose parameters begin with a small letter need them
    def operation(self, service, action):
        made = original(service_name=self._get_boto_service_name(service), region_name=REGION)
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


def extract(path, data):
    matches = parse(path).find(data)  # noqa: F821
    if SEVERAL.search(path):  # noqa: F821
        return [one.value for one in matches]
    if not matches:
        raise NoSuchJsonPathError(json_path=path, data=data)  # noqa: F821
    return matches[0].value


def recorded(made):
    def record(model, params, **_):
        if model.name == 'CreateProcessingJob':
            requests.append(json.loads(params['body']))  # the emulator forgets the environment
        if model.name == 'PutEvents':
            events.extend({**entry, 'Detail': json.loads(entry['Detail'])} for entry in json.loads(params['body'])['Entries'])
        call = f'{model.service_model.service_id} {model.name}'
        if call not in calls:
            calls.append(call)

    made.meta.events.register('before-call.*.*', record)
    return made


def emulate(run):
    adapt()
    mock_aws(config={'stepfunctions': {'execute_state_machine': True}, 'batch': {'use_docker': False}})(run)()


if __name__ == '__main__':
    emulate(main)
