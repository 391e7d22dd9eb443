"""
Deploys triggers to an emulator that delivers events by itself, and prints what happened: a rule starts its state machine, an object
becomes an event, with the roles as they are synthesized.

Arguments: a file of JSON with the resources by type, the sample `events`, and the `calls` to make with the role of a machine; and the
Python that serves the emulator. With `serve` before them, it is the emulator: it lets no role do what its policies do not allow.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT, REGION = os.environ['MINISTACK_ACCOUNT_ID'], os.environ['MINISTACK_REGION']
DEADLINE = 60
REFUSALS = ['AccessDenied', 'AccessDeniedException']


def serve(program):
    """The emulator evaluates requests, but not what its services do for each other: those ask here."""
    from ministack.core import iam_actions, iam_evaluator
    from ministack.services import eventbridge, iam, sqs, stepfunctions

    role = threading.local()
    context_of = iam_actions.dynamodb_service_context

    def key_of(parameters):
        key = parameters.get('Key') or parameters.get('Item') or {}
        return [key['target']['S']] if 'target' in key else []

    def with_key(body):
        """With the context key that the emulator does not know."""
        return {**context_of(body), 'dynamodb:leadingkeys': key_of(json.loads(body))}

    iam_actions.dynamodb_service_context = with_key

    def is_allowed(arn, service, action, resource, context=None):
        name = arn.split('/')[-1]
        trust = json.loads(iam._roles.get_scoped(ACCOUNT, None, name)['AssumeRolePolicyDocument'])
        for statement in trust['Statement']:
            statement['Resource'] = '*'
        request = dict(principal_arn=arn, principal_type='AssumedRole', principal_account=ACCOUNT, region=REGION)
        assumed = iam_evaluator.EvalContext(
            **request, action='sts:AssumeRole', resource_arn=arn, service_context={'aws:sourceaccount': ACCOUNT}
        )
        called = iam_evaluator.EvalContext(**request, action=action, resource_arn=resource, service_context=context or {})
        policies = iam_evaluator._gather_role_policies(name, ACCOUNT)
        return (
            iam_evaluator.evaluate_resource_policy(trust, assumed, service).decision == 'Allow'
            and iam_evaluator.evaluate(called, policies).decision == 'Allow'
        )

    def access(resource, parameters):
        call = resource.split(':::')[1].removeprefix('aws-sdk:').replace('sfn:', 'states:')
        service, action = call.split(':')
        name = f'{service}:{action[0].upper()}{action[1:]}'
        if service == 'dynamodb':
            table = f'arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{parameters["TableName"]}'
            return name, table, {'dynamodb:leadingkeys': key_of(parameters)}
        if service == 'sqs':
            return name, f'arn:aws:sqs:{REGION}:{ACCOUNT}:{parameters["QueueUrl"].split("/")[-1]}', {}
        return name, parameters.get('StateMachineArn') or parameters['ExecutionArn'], {}

    execute, invoke, deliver = stepfunctions._execute_task, stepfunctions._invoke_resource, eventbridge._invoke_target

    def execute_as(state, data, execution, ctx):
        role.arn = stepfunctions._state_machines[execution['stateMachineArn']]['roleArn']
        return execute(state, data, execution, ctx)

    def invoke_if_allowed(resource, parameters):
        action, on, context = access(resource, parameters)
        if not is_allowed(role.arn, 'states.amazonaws.com', action, on, context):
            raise stepfunctions._ExecutionError('States.Permissions', f'{role.arn} may not {action} on {on}')
        try:
            return invoke(resource, parameters)
        except stepfunctions._ExecutionError as error:
            if error.error == 'ExecutionAlreadyExists':  # Step Functions names the service
                error.error = 'StepFunctions.ExecutionAlreadyExistsException'
            raise

    def deliver_if_allowed(target, event, rule, view=None):
        if is_allowed(target['RoleArn'], 'events.amazonaws.com', 'states:StartExecution', target['Arn']):
            return deliver(target, event, rule, view)
        queue = target['DeadLetterConfig']['Arn']
        (url,) = [url for url, one in sqs._queues.items() if one['attributes']['QueueArn'] == queue]
        request = iam_evaluator.EvalContext(
            principal_arn='',
            principal_type='Service',
            principal_account=ACCOUNT,
            region=REGION,
            action='sqs:SendMessage',
            resource_arn=queue,
            service_context={'aws:sourcearn': rule['Arn']},
        )
        policy = sqs._queues[url]['attributes'].get('Policy')
        if iam_evaluator.evaluate_resource_policy(policy, request, 'events.amazonaws.com').decision == 'Allow':
            body = json.dumps((view or eventbridge._pattern_event_view(event)).event_with_detail())
            sqs._act_send_message({'QueueUrl': url, 'MessageBody': body}, url)

    eventbridge._put_events.__defaults__ = (True,)  # the events of CloudWatch, which the emulator does not send, are put in
    stepfunctions._execute_task = execute_as
    stepfunctions._invoke_resource = invoke_if_allowed
    eventbridge._invoke_target = deliver_if_allowed
    exec(program)


if sys.argv[1] == 'serve':
    serve(sys.argv[3])
    raise SystemExit

plan = json.load(open(sys.argv[1]))
with socket.socket() as free:
    free.bind(('127.0.0.1', 0))
    port = str(free.getsockname()[1])
log = open('emulator.log', 'w')
server = subprocess.Popen(
    [sys.executable, __file__, 'serve', *sys.argv[1:]], env={**os.environ, 'GATEWAY_PORT': port}, stdout=log, stderr=log
)


def client(service, key=ACCOUNT, secret='owner', token=None):
    return boto3.client(
        service,
        endpoint_url=f'http://127.0.0.1:{port}',
        region_name=REGION,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(retries={'total_max_attempts': 1}, s3={'addressing_style': 'path'}),
    )


def until(condition, what):
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end and server.poll() is None:
        try:
            found = condition()
        except Exception:
            found = None
        if found:
            return found
        time.sleep(0.05)
    raise SystemExit(f'not in {DEADLINE} s: {what}; {open("emulator.log").read()[-2000:]}')


class World:
    def __init__(self):
        until(lambda: client('sts').get_caller_identity(), 'the emulator')
        self.sqs, self.states, self.events = client('sqs'), client('stepfunctions'), client('events')
        self.made = {}
        for table in plan['aws_dynamodb_table']:
            client('dynamodb').create_table(
                TableName=table['name'],
                KeySchema=[{'AttributeName': table['hash_key'], 'KeyType': 'HASH'}],
                AttributeDefinitions=[{'AttributeName': table['hash_key'], 'AttributeType': 'S'}],
                BillingMode=table['billing_mode'],
            )
        for queue in plan['aws_sqs_queue']:
            attributes = {'FifoQueue': 'true'} if queue['name'].endswith('.fifo') else {}
            url = self.sqs.create_queue(QueueName=queue['name'], Attributes=attributes)['QueueUrl']
            self.made[f'https://queue/{queue["name"]}'] = url
        for one in plan['aws_sqs_queue_policy']:
            self.sqs.set_queue_attributes(QueueUrl=self.named(one['queue_url']), Attributes={'Policy': one['policy']})
        for role in plan['aws_iam_role']:
            client('iam').create_role(RoleName=role['name'], AssumeRolePolicyDocument=role['assume_role_policy'])
        for policy in plan['aws_iam_role_policy']:
            client('iam').put_role_policy(RoleName=policy['role'], PolicyName='own', PolicyDocument=policy['policy'])
        for machine in plan['aws_sfn_state_machine']:
            self.states.create_state_machine(
                name=machine['name'], definition=self.named(machine['definition']), roleArn=machine['role_arn']
            )
        for rule in plan['aws_cloudwatch_event_rule']:
            self.events.put_rule(Name=rule['name'], EventPattern=rule['event_pattern'])
        for one in plan['aws_cloudwatch_event_target']:
            letters = {'Arn': one['dead_letter_config']['arn']}
            target = {'Id': one['target_id'], 'Arn': one['arn'], 'RoleArn': one['role_arn'], 'DeadLetterConfig': letters}
            self.events.put_targets(Rule=one['rule'], Targets=[target])
        s3 = client('s3')
        s3.create_bucket(Bucket=plan['bucket'], CreateBucketConfiguration={'LocationConstraint': REGION})
        s3.put_bucket_notification_configuration(
            Bucket=plan['bucket'], NotificationConfiguration={'EventBridgeConfiguration': {}}
        )

    def named(self, text):
        for placeholder, name in self.made.items():
            text = text.replace(placeholder, name)
        return text

    def executions(self, machine):
        """The last states of its executions, once all have ended."""
        arn = f'arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{machine}'
        found = self.states.list_executions(stateMachineArn=arn)['executions']
        if any(one['status'] == 'RUNNING' for one in found):
            return []
        ends = []
        for one in found:
            history = self.states.get_execution_history(executionArn=one['executionArn'])['events']
            entered = [e['stateEnteredEventDetails']['name'] for e in history if 'stateEnteredEventDetails' in e]
            ends.append(entered[-1])
        return sorted(ends)

    def ended(self, machine, count):
        return until(
            lambda: len(self.executions(machine)) == count and self.executions(machine), f'{count} of {machine}'
        )

    def put(self, name):
        event = plan['events'][name]
        entry = {
            'Source': event['source'],
            'DetailType': event['detail-type'],
            'Resources': event['resources'],
            'Detail': json.dumps(event['detail']),
        }
        return self.events.put_events(Entries=[entry])['FailedEntryCount']

    def messages(self, queue):
        got = self.sqs.receive_message(QueueUrl=self.made[f'https://queue/{queue}'], MaxNumberOfMessages=10)
        return [json.loads(message['Body']) for message in got.get('Messages', [])]

    def visible(self, queue):
        asked = ['ApproximateNumberOfMessages']
        got = self.sqs.get_queue_attributes(QueueUrl=self.made[f'https://queue/{queue}'], AttributeNames=asked)
        return int(got['Attributes'][asked[0]])


def alarms(world):
    """The states of the alarms, once SQS has sent what it measures of each queue."""
    watch = client('cloudwatch')
    states = {}
    for queue in plan['aws_sqs_queue']:
        watch.put_metric_data(
            Namespace='AWS/SQS',
            MetricData=[{
                'MetricName': 'ApproximateNumberOfMessagesVisible',
                'Dimensions': [{'Name': 'QueueName', 'Value': queue['name']}],
                'Value': world.visible(queue['name']),
            }],
        )
    for alarm in plan['aws_cloudwatch_metric_alarm']:
        dimensions = [{'Name': name, 'Value': value} for name, value in alarm['dimensions'].items()]
        now = time.time()
        points = watch.get_metric_statistics(
            Namespace=alarm['namespace'],
            MetricName=alarm['metric_name'],
            Dimensions=dimensions,
            StartTime=now - alarm['period'],
            EndTime=now + 1,
            Period=alarm['period'],
            Statistics=[alarm['statistic']],
        )['Datapoints']
        assert alarm['comparison_operator'] == 'GreaterThanThreshold'
        states[alarm['alarm_name']] = [point[alarm['statistic']] > alarm['threshold'] for point in points]
    return states


def calls_of(role, calls):
    """What a client with the policy of a role is answered."""
    anyone = {'Effect': 'Allow', 'Principal': {'AWS': '*'}, 'Action': 'sts:AssumeRole'}
    iam = client('iam')
    trust = json.dumps({'Version': '2012-10-17', 'Statement': [anyone]})
    made = iam.create_role(RoleName=f'as-{role}', AssumeRolePolicyDocument=trust)['Role']
    (policy,) = [one['policy'] for one in plan['aws_iam_role_policy'] if one['role'] == role]
    iam.put_role_policy(RoleName=made['RoleName'], PolicyName='own', PolicyDocument=policy)
    got = client('sts').assume_role(RoleArn=made['Arn'], RoleSessionName='test')['Credentials']
    answers = []
    for operation, parameters in calls:
        service, method = operation.split('.')
        user = client(service, got['AccessKeyId'], got['SecretAccessKey'], got['SessionToken'])
        try:
            getattr(user, method)(**json.loads(world.named(json.dumps(parameters))))
            answers.append('allowed')
        except ClientError as error:
            code = error.response['Error']['Code']
            answers.append('refused' if code in REFUSALS else f'allowed ({code})')
    return answers


def main():
    report = {}
    machine, child, objects = plan['machine'], plan['child'], plan['objects']

    report['put'] = world.put('alarm')
    report['alarm'] = [world.ended(machine, 2), world.ended(child, 1)]
    arn = f'arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{child}'
    (run,) = world.states.list_executions(stateMachineArn=arn)['executions']
    report['cause'] = json.loads(world.states.describe_execution(executionArn=run['executionArn'])['input'])['cause']
    world.put('alarm')
    report['again'] = [world.ended(machine, 3), world.ended(child, 1)]

    for key in ['weekly/a', 'daily/_SUCCESS']:
        client('s3').put_object(Bucket=plan['bucket'], Key=key, Body=b'x')
    report['object'] = world.ended(objects, 2)
    report['message'] = [message['cause'] for message in world.messages(plan['inbox'])]

    report['quiet'] = alarms(world)
    client('iam').delete_role_policy(RoleName=plan['delivery'], PolicyName='own')
    world.put('other alarm')
    until(lambda: world.visible(plan['failed']), 'a dead letter')
    report['alarmed'] = alarms(world)
    report['dead letter'] = [message['detail']['state'] for message in world.messages(plan['failed'])]

    report['calls'] = {role: calls_of(role, calls) for role, calls in plan['calls'].items()}
    print(json.dumps(report))


try:
    world = World()
    main()
finally:
    server.kill()
