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
functions = boto3.client('lambda')
create = functions.create_function
s3 = boto3.client('s3')
s3.create_bucket(Bucket='programs', CreateBucketConfiguration={'LocationConstraint': 'eu-north-1'})
s3.put_object(Bucket='programs', Key='a.zip', Body=b'archive')
report['functions'] = [
    said(create, FunctionName=name, Code={'S3Bucket': bucket, 'S3Key': f'{name}.zip'}, **function)
    for bucket, name in (('nowhere', 'a'), ('programs', 'b'), ('programs', 'a'))
]
program = {'S3Bucket': 'programs', 'S3Key': 'a.zip'}
queue = 'arn:aws:sqs:eu-north-1:111122223333:failed'
failing = {'FunctionName': 'failing', 'Code': program, 'DeadLetterConfig': {'TargetArn': queue}, **function}
sending = {'Effect': 'Allow', 'Action': 'sqs:SendMessage', 'Resource': queue}
report['dead letters'] = [said(create, **failing)]
boto3.client('iam').put_role_policy(
    RoleName='role', PolicyName='policy', PolicyDocument=json.dumps({'Version': '2012-10-17', 'Statement': [sending]})
)
report['dead letters'].append(said(create, **failing))
report['dead letters'].append(functions.get_function_configuration(FunctionName='failing')['DeadLetterConfig']['TargetArn'])

logs = boto3.client('logs')
logs.create_log_group(logGroupName='/shipped')
subscription = {
    'logGroupName': '/shipped',
    'filterName': 'all',
    'filterPattern': '',
    'destinationArn': 'arn:aws:lambda:eu-north-1:111122223333:function:a',
}


def subscribed_from(name):
    functions.add_permission(
        FunctionName='a',
        StatementId=name.strip('/'),
        Action='lambda:InvokeFunction',
        Principal='logs.eu-north-1.amazonaws.com',
        SourceArn=f'arn:aws:logs:eu-north-1:111122223333:log-group:{name}:*',
    )
    filters = said(logs.put_subscription_filter, **subscription)
    return [filters, len(logs.describe_subscription_filters(logGroupName='/shipped')['subscriptionFilters'])]


report['subscribed'] = [subscribed_from(name) for name in ('/other', '/shipped')]
print(json.dumps(report))
