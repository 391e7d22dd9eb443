"""Makes composite alarms and functions that AWS takes and others that it refuses, and prints what happened."""

import json

import boto3
from botocore.exceptions import ClientError

cloudwatch = boto3.client('cloudwatch')


def said(call, **parameters):
    try:
        call(**parameters)
        return 'taken'
    except ClientError as error:
        return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"


def composite(name, rule, **more):
    return said(cloudwatch.put_composite_alarm, AlarmName=name, AlarmRule=rule, **more)


for name in ('errors', 'slow', 'deploying'):
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace='test',
        MetricName=name,
        Statistic='Sum',
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator='GreaterThanThreshold',
    )
topic = 'arn:aws:sns:eu-north-1:111122223333:alarms'
suppressor = {'ActionsSuppressor': 'deploying', 'ActionsSuppressorWaitPeriod': 60}
broken = [
    'ALARM("errors"',
    'errors',
    'ALARM(errors) ALARM(slow)',
    '()',
    'AT_LEAST(0, ALARM, (errors))',
    'ALARM(errors) AND ALARM(gone) OR ALARM("arn:aws:cloudwatch:eu-north-1:111122223333:alarm:gone too")',
]
report = {
    'refused': [composite('any', rule) for rule in broken],
    'half suppressed': composite('any', 'TRUE', **suppressor),
    'taken': [
        composite(
            'any',
            '(ALARM("errors") OR ok(slow)) AND NOT INSUFFICIENT_DATA(slow)',
            AlarmActions=[topic],
            OKActions=[topic],
            Tags=[{'Key': 'stage', 'Value': 'dev'}],
            **suppressor,
            ActionsSuppressorExtensionPeriod=60,
        ),
        composite('storm', 'AT_LEAST(2, NOT OK, ("any", errors)) OR AT_LEAST(50%, ALARM, (slow))'),
    ],
    'by default': cloudwatch.describe_alarms(AlarmNames=['any'])['CompositeAlarms'],
}
(shown,) = cloudwatch.describe_alarms(AlarmNames=['any'], AlarmTypes=['CompositeAlarm'])['CompositeAlarms']
tags = cloudwatch.list_tags_for_resource(ResourceARN=shown['AlarmArn'])['Tags']
kept = ('StateValue', 'AlarmActions', 'OKActions', 'ActionsSuppressor', 'ActionsSuppressorExtensionPeriod')
report['kept'] = [{key: shown[key] for key in kept}, tags]
delete = cloudwatch.delete_alarms
report['needed'] = [said(delete, AlarmNames=[name]) for name in ('errors', 'any')]
report['deleted'] = [said(delete, AlarmNames=names) for names in (['any', 'storm'], ['storm'], ['any'], ['errors', 'slow'])]
report['left'] = [alarm['AlarmName'] for alarm in cloudwatch.describe_alarms()['MetricAlarms']]

trust = {'Effect': 'Allow', 'Principal': {'Service': 'lambda.amazonaws.com'}, 'Action': 'sts:AssumeRole'}
policy = json.dumps({'Version': '2012-10-17', 'Statement': [trust]})
role = boto3.client('iam').create_role(RoleName='role', AssumeRolePolicyDocument=policy)['Role']['Arn']
function = {'Runtime': 'python3.13', 'Role': role, 'Handler': 'a.handler'}
create = boto3.client('lambda').create_function
s3 = boto3.client('s3')
s3.create_bucket(Bucket='programs', CreateBucketConfiguration={'LocationConstraint': 'eu-north-1'})
s3.put_object(Bucket='programs', Key='a.zip', Body=b'archive')
report['functions'] = [
    said(create, FunctionName=name, Code={'S3Bucket': bucket, 'S3Key': f'{name}.zip'}, **function)
    for bucket, name in (('nowhere', 'a'), ('programs', 'b'), ('programs', 'a'))
]
print(json.dumps(report))
