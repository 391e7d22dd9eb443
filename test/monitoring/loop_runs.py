"""
A model's way back to training, in an emulator of Step Functions, SageMaker, CloudWatch, DynamoDB and EventBridge: an alarm starts a
pipeline, people approve what it registers, the review asks for changes of the environment file, and this program serves what was asked
for, as Terraform would. Prints what happened as JSON.

Argument: a file of JSON with the `machines` (definition by name), the `table` of their locks, the `pipeline`, its lock in `locks`, the
`alarm` event, the names of the `training`, `approval` and `review` machines, the `group` of packages, the `endpoint`, the `watched` alarm, and the `share`.
"""

import copy
import json
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'scheduler'))

import trigger_runs as emulator  # noqa: E402
from moto.cloudwatch.responses import CloudWatchResponse  # noqa: E402
from moto.core.responses import ActionResult  # noqa: E402
from moto.sagemaker.models import sagemaker_backends  # noqa: E402

plan = emulator.plan
emulator.PAUSE = 0.02
PENDING, APPROVED, REJECTED = 'PendingManualApproval', 'Approved', 'Rejected'


class Loop(emulator.World):
    def __init__(self):
        super().__init__()
        self.cloudwatch = emulator.client('cloudwatch')
        self.alarms = 0
        self.sagemaker.create_model_package_group(ModelPackageGroupName=plan['group'])
        self.cloudwatch.put_metric_alarm(
            AlarmName=plan['watched'], MetricName='m', Namespace='n', Statistic='Sum', Period=60, EvaluationPeriods=1,
            Threshold=0, ComparisonOperator='GreaterThanThreshold',
        )
        first = self.register(APPROVED)
        variants = self.variants(first, first, 0)
        self.sagemaker.create_endpoint_config(EndpointConfigName='config-0', ProductionVariants=variants)
        self.sagemaker.create_endpoint(EndpointName=plan['endpoint'], EndpointConfigName='config-0')

    def alarm(self):
        """The alarm, as it goes off another time."""
        self.alarms += 1
        event = copy.deepcopy(plan['alarm'])
        state = event['detail']['state']
        state['timestamp'] = f'2026-11-{2 + self.alarms:02}T06:20:00.000+0000'
        return event, f"{event['detail']['alarmName']} {state['timestamp']}"

    def register(self, status=PENDING):
        """What the last step of the pipeline does."""
        return self.sagemaker.create_model_package(ModelPackageGroupName=plan['group'], ModelApprovalStatus=status)['ModelPackageArn']

    def decide(self, package, status):
        """What a person does, and the event that SageMaker sends then."""
        self.sagemaker.update_model_package(ModelPackageArn=package, ModelApprovalStatus=status)
        return self.changed(package, status)

    def changed(self, package, status, fields=('ModelApprovalStatus',)):
        version = int(package.split('/')[-1])
        detail = {
            'ModelPackageGroupName': plan['group'],
            'ModelPackageVersion': version,
            'ModelPackageArn': package,
            'ModelPackageStatus': 'Completed',
            'ModelApprovalStatus': status,
            **({'UpdatedModelPackageFields': list(fields)} if fields else {}),
        }
        time = f'2026-11-{10 + version:02}T09:00:00Z'
        return {'source': 'aws.sagemaker', 'detail-type': 'SageMaker Model Package State Change', 'time': time, 'detail': detail}

    def reviewed(self, event):
        """The review of an approval, once it has begun."""
        before = self.reviews()
        execution = self.admitted(plan['approval'], (event, f"{event['detail']['ModelPackageArn']} {event['time']}"))
        if self.end_of(execution) != 'Done':
            raise emulator.NotInTime(f'the approval ended otherwise: {self.messages(self.failed)}')
        (review,) = [one for one in self.reviews() if one not in before]
        return review

    def reviews(self):
        machine = self.machines[plan['review']]
        return [one['executionArn'] for one in self.states.list_executions(stateMachineArn=machine)['executions']]

    def variants(self, champion, challenger, weight):
        found = []
        for name, package, part in (('champion', champion, 100 - weight), ('challenger', challenger, weight)):
            model = f"{name}-{package.split('/')[-1]}-{weight}"
            self.sagemaker.create_model(ModelName=model, PrimaryContainer={'ModelPackageName': package}, ExecutionRoleArn=emulator.ROLE)
            found.append({
                'VariantName': name, 'ModelName': model, 'InitialInstanceCount': 1, 'InstanceType': 'ml.m5.large', 'InitialVariantWeight': part,
            })
        return found

    def apply(self, champion, challenger, weight):
        """What Terraform does with the changed file. The emulator has no UpdateEndpoint."""
        name = f"config-{challenger.split('/')[-1]}-{weight}"
        variants = self.variants(champion, challenger, weight)
        self.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=variants)
        endpoint = sagemaker_backends[emulator.ACCOUNT][emulator.REGION].endpoints[plan['endpoint']]
        endpoint.endpoint_config_name = name
        endpoint.production_variants = endpoint._process_production_variants(variants)

    def weight(self):
        variants = self.sagemaker.describe_endpoint(EndpointName=plan['endpoint'])['ProductionVariants']
        return next(one['DesiredWeight'] for one in variants if one['VariantName'] == 'challenger')

    def proposals(self):
        return [{key: one[key] for key in ('Source', 'DetailType', 'Detail')} for one in emulator.events]


def tell(loop, say):
    training = plan['training']
    event = loop.alarm()
    first = loop.admitted(training, event)
    run = loop.active(1)
    parameters = {one['Name']: one['Value'] for one in run.pipeline_parameters}
    say('training', [len(loop.runs()), parameters['Cause'], parameters['StartedBy'] == first])
    say('the same alarm again', [loop.end_of(loop.deliver(training, event[0])), len(loop.runs())])
    loop.end_runs()
    say('another alarm within the cooldown', [loop.end_of(loop.admitted(training, loop.alarm())), len(loop.runs())])
    emulator.cooldowns.release()
    say('the end of the training', [loop.end_of(first), loop.lock()])
    over = loop.admitted(training, loop.alarm())
    end = loop.end_of(over)
    (message,) = loop.messages(loop.failed)
    say('an alarm over the budget', [end, message['error'], len(loop.runs()), loop.lock()])

    champion = f"arn:aws:sagemaker:{emulator.REGION}:{emulator.ACCOUNT}:model-package/{plan['group']}/1"
    second = loop.register()
    say('registered', loop.changed(second, PENDING, ()))
    approval = loop.decide(second, APPROVED)
    say('approved', approval)
    review = loop.reviewed(approval)
    emulator.until(lambda: len(emulator.events) == 1, 'a proposal')
    say('asked for', loop.proposals()[-1])
    say('the same approval again', [loop.end_of(loop.deliver(plan['approval'], approval)), len(loop.reviews())])
    emulator.until(lambda: loop.states_of(review)[0].count('LookAtVariant') > 1, 'two looks at the endpoint')
    say('before it is served', [loop.status(review), 'Watch' in loop.states_of(review)[0]])
    loop.apply(champion, second, plan['share'])
    say('after the watch', [loop.end_of(review), loop.proposals()[-1], loop.weight()])

    loop.apply(second, second, 0)
    third = loop.register()
    bad = loop.reviewed(loop.decide(third, APPROVED))
    loop.apply(second, third, plan['share'])
    emulator.until(lambda: 'Rest' in loop.states_of(bad)[0], 'the watch')
    loop.cloudwatch.set_alarm_state(AlarmName=plan['watched'], StateValue='ALARM', StateReason='errors')
    say('after an alarm', [loop.end_of(bad), loop.proposals()[-1], loop.weight()])

    fourth = loop.register()
    event = loop.decide(fourth, APPROVED)
    loop.decide(fourth, REJECTED)
    asked = len(emulator.events)
    say('an approval that was taken back', [loop.end_of(loop.reviewed(event)), len(emulator.events) - asked])
    say('failed', loop.messages(loop.failed))


def main():
    describe = CloudWatchResponse.describe_alarms

    def describe_in_state(self):
        """The emulator looks at the state only where no names are given."""
        state, names = self._get_param('StateValue'), self._get_param('AlarmNames', [])
        if not (state and names):
            return describe(self)
        found = [one for one in self.cloudwatch_backend.get_alarms_by_alarm_names(names) if one.state_value == state]
        return ActionResult({'MetricAlarms': found, 'CompositeAlarms': []})

    CloudWatchResponse.describe_alarms = describe_in_state
    report, error = {}, None
    loop = Loop()
    try:
        tell(loop, report.__setitem__)
    except Exception:
        error = f'{traceback.format_exc()}\ndead letters: {loop.messages(loop.failed)}'
        for review in loop.reviews():
            shown = loop.states.get_execution_history(executionArn=review, maxResults=1000)['events'][-4:]
            error += f'\n{loop.status(review)} {loop.states_of(review)[0][-5:]} {shown}'
    print(json.dumps({'report': report, 'error': error, 'calls': sorted(emulator.calls)}))


emulator.emulate(main)
