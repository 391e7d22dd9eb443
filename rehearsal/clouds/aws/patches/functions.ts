import type { Patch } from './patch';

/** Patches of functions. */
export const FUNCTION_PATCHES: readonly Patch[] = [
  {
    emulator: 'moto',
    types: ['aws_lambda_function', 'aws_lambda_permission', 'aws_lambda_function_event_invoke_config'],
    reason: 'the program of a function is in a bucket, which another emulator serves',
    upstream: 'moto 5.2.5 looks for it among its own buckets only',
    // CreateFunction and UpdateFunctionCode of the Lambda API reference: "Code.S3Bucket", "Code.S3Key"; the words are the service's
    python: `
from types import SimpleNamespace
import boto3
from botocore.exceptions import ClientError
from moto.awslambda import models
from moto.awslambda.exceptions import InvalidParameterValueException
class Buckets(dict):
    def __missing__(self, account):
        # the endpoint is in AWS_ENDPOINT_URL_S3, and the id of a key is the account
        client = boto3.client('s3', region_name='us-east-1', aws_access_key_id=account, aws_secret_access_key='rehearsal')
        def get_object(bucket, key):
            try:
                value = client.get_object(Bucket=bucket, Key=key)['Body'].read()
            except ClientError as error:
                shown = error.response['Error']
                raise InvalidParameterValueException(
                    f"Error occurred while GetObject. S3 Error Code: {shown['Code']}. S3 Error Message: {shown['Message']}"
                )
            return SimpleNamespace(value=value, size=len(value))
        buckets = SimpleNamespace(get_object=get_object)
        self[account] = dict.fromkeys(('aws', 'aws-cn', 'aws-us-gov'), buckets)
        return self[account]
models.s3_backends = Buckets()`,
  },
  {
    emulator: 'moto',
    types: ['aws_lambda_function'],
    reason: 'the second plan gives a function its dead-letter queue again, and a role need not be able to write there',
    upstream: 'moto 5.2.5 forgets the DeadLetterConfig of a function',
    // "Adding a dead-letter queue" of the Lambda developer guide: the execution role needs the permission; the words are the service's
    python: `
from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.models import LambdaFunction
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition
def may_send(account_id, partition, role_arn, action, target):
    role = iam_backends[account_id][partition].get_role_by_arn(role_arn)
    policies = [*role.policies.values(), *role.managed_policies.values()]
    return any(IAMPolicy(one).is_action_permitted(action, target) == PermissionResult.PERMITTED for one in policies)
def make(original, self, account_id, spec, region, *args, **kwargs):
    self.dead_letters = spec.get('DeadLetterConfig')
    target = (self.dead_letters or {}).get('TargetArn')
    if target:
        call, service = ('Publish', 'SNS') if ':sns:' in target else ('SendMessage', 'SQS')
        if not may_send(account_id, get_partition(region), spec['Role'], f'{service.lower()}:{call}', target):
            raise InvalidParameterValueException(
                f'The provided execution role does not have permissions to call {call} on {service}'
            )
    original(self, account_id, spec, region, *args, **kwargs)
def show(original, self, *args, **kwargs):
    shown = original(self, *args, **kwargs)
    return {**shown, 'DeadLetterConfig': self.dead_letters} if self.dead_letters else shown
def update(original, self, updates):
    self.dead_letters = updates.get('DeadLetterConfig', self.dead_letters)
    return original(self, updates)
wrap(LambdaFunction, '__init__', make)
wrap(LambdaFunction, 'get_configuration', show)
wrap(LambdaFunction, 'update_configuration', update)`,
  },
  {
    emulator: 'moto',
    types: ['aws_cloudwatch_log_subscription_filter'],
    reason: 'a log group is subscribed to a function that does not let CloudWatch Logs in',
    upstream: 'moto 5.2.5 looks for the function, and not for its permission',
    // PutSubscriptionFilter of the CloudWatch Logs API reference: a test message is sent, which the function's policy must allow
    python: `
from fnmatch import fnmatchcase
from moto.awslambda.utils import get_backend
from moto.logs.exceptions import InvalidParameterException
from moto.logs.models import LogsBackend
def lets_in(statement, arn):
    principal = statement.get('Principal', {})
    service = principal.get('Service', '') if isinstance(principal, dict) else principal
    source = statement.get('Condition', {}).get('ArnLike', {}).get('AWS:SourceArn', '*')
    return service.startswith('logs.') and statement['Action'] == 'lambda:InvokeFunction' and fnmatchcase(arn, source)
def subscribe(original, self, log_group_name, filter_name, filter_pattern, destination_arn, role_arn):
    original(self, log_group_name, filter_name, filter_pattern, destination_arn, role_arn)
    if ':lambda:' not in destination_arn:
        return
    function = get_backend(self.account_id, self.region_name).get_function(destination_arn)
    group = self.groups[log_group_name]
    if not any(lets_in(one, f'{group.arn}:*') for one in function.policy.statements):
        group.delete_subscription_filter(filter_name)
        raise InvalidParameterException(
            'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.'
        )
wrap(LogsBackend, 'put_subscription_filter', subscribe)`,
  },
];
