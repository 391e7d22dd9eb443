import type { Patch } from './patch';

/** Patches of functions. */
export const FUNCTION_PATCHES: readonly Patch[] = [
  {
    emulator: 'moto',
    types: [
      'aws_lambda_function',
      'aws_lambda_permission',
      'aws_lambda_function_event_invoke_config',
      'aws_cloudwatch_log_subscription_filter', // of a function, which must be there
    ],
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
    reason: 'the second plan gives a function its dead-letter queue again',
    upstream: 'moto 5.2.5 forgets the DeadLetterConfig of a function',
    python: `
from moto.awslambda.models import LambdaFunction
def make(original, self, account_id, spec, *args, **kwargs):
    self.dead_letters = spec.get('DeadLetterConfig')
    original(self, account_id, spec, *args, **kwargs)
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
];
