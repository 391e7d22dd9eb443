"""
Sends events to an emulator of EventBridge with the rule of a promotion, and prints for each whether it arrived on the bus of
the next account. Argument: JSON with the `pattern` of the rule and the `details` of the events.
"""

import json
import sys

import boto3
from moto import mock_aws

plan = json.loads(sys.argv[1])


@mock_aws
def main():
    events = boto3.client('events', region_name='eu-north-1')
    sqs = boto3.client('sqs', region_name='eu-north-1')
    queue = sqs.create_queue(QueueName='arrived')['QueueUrl']
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=['QueueArn'])['Attributes']['QueueArn']
    bus = events.create_event_bus(Name='next')['EventBusArn']
    events.put_rule(Name='promotion', EventPattern=plan['pattern'])
    events.put_targets(Rule='promotion', Targets=[{'Id': 'next', 'Arn': bus}])
    events.put_rule(Name='all', EventBusName='next', EventPattern=json.dumps({'source': [{'exists': True}]}))
    events.put_targets(Rule='all', EventBusName='next', Targets=[{'Id': 'queue', 'Arn': arn}])
    arrived = []
    for detail in plan['details']:
        entry = {
            'Source': 'aws.sagemaker',
            'DetailType': 'SageMaker Model Package State Change',
            'Detail': json.dumps(detail),
        }
        events.put_events(Entries=[entry])
        messages = sqs.receive_message(QueueUrl=queue).get('Messages', [])
        for message in messages:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message['ReceiptHandle'])
        arrived.append([json.loads(message['Body'])['detail'] for message in messages] == [detail])
    print(json.dumps(arrived))


main()
