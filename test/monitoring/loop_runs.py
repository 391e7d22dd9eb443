"""
A model's way back to training, in an emulator of Step Functions, SageMaker, CloudWatch, DynamoDB and EventBridge: an alarm starts a
pipeline, people approve what it registers, the review asks for changes of the environment file, and this program serves what was asked
for, as Terraform would. Prints what happened as JSON, one report for each story.

Argument: a file of JSON with a list of `stories`. Each has the `machines` (definition by name), the `table` of their locks, the
`pipeline`, its lock in `locks`, the `alarm` event, the names of the `training`, `approval`, `review` and `late` machines, the `group`
of packages, the `endpoint`, the `watched` alarm, the `share`, and the links of interest: from the chapter `first` to the link
`last`. Each is told in a process of its own.
"""

import copy
import json
import multiprocessing
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'scheduler'))

import trigger_runs as emulator  # noqa: E402
from moto.backends import get_backend  # noqa: E402
from moto.cloudwatch.responses import CloudWatchResponse  # noqa: E402
from moto.core.responses import ActionResult  # noqa: E402
from moto.sagemaker.models import sagemaker_backends  # noqa: E402

stories = emulator.plan['stories']
plan = stories[0]
emulator.PAUSE = 0.02
AT_ONCE = 2
PENDING, APPROVED, REJECTED = 'PendingManualApproval', 'Approved', 'Rejected'


class Enough(Exception):
    """The last link that is of interest was told."""


class Stuck(Exception):
    """The way ends here: an event has led to nothing."""


class Loop(emulator.World):
    def __init__(self):
        super().__init__()
        self.cloudwatch = emulator.client('cloudwatch')
        self.alarms = self.models = 0
        self.sagemaker.create_model_package_group(ModelPackageGroupName=plan['group'])
        self.cloudwatch.put_metric_alarm(
            AlarmName=plan['watched'], MetricName='m', Namespace='n', Statistic='Sum', Period=60, EvaluationPeriods=1,
            Threshold=0, ComparisonOperator='GreaterThanThreshold',
        )
        self.champion = self.register(APPROVED)
        variants = self.variants(self.champion, self.champion, 0)
        self.sagemaker.create_endpoint_config(EndpointConfigName='config-0', ProductionVariants=variants)
        self.sagemaker.create_endpoint(EndpointName=plan['endpoint'], EndpointConfigName='config-0')

    def alarm(self):
        """The alarm, as it goes off another time."""
        self.alarms += 1
        event = copy.deepcopy(plan['alarm'])
        event['detail']['state']['timestamp'] = f'2026-11-{2 + self.alarms:02}T06:20:00.000+0000'
        return event

    def deliver(self, machine, event):
        """Another delivery of the same event may have another id."""
        return super().deliver(machine, {**event, 'id': f'id-{self.deliveries}'})

    def executions(self, machine):
        made = self.states.list_executions(stateMachineArn=self.machines[machine])['executions']
        return [one['executionArn'] for one in made]

    def admitted(self, machine, event):
        """The execution that an event has got, whatever its name."""
        before = self.executions(machine)
        delivery = self.deliver(machine, event)
        end = self.end_of(delivery)
        if end != 'Admitted':
            raise Stuck(f'an event ended in {end}: {self.messages(self.failed)}')
        (made,) = [one for one in self.executions(machine) if one not in (*before, delivery)]
        return made

    def end_or(self, execution, otherwise):
        """Name of its last state, or RUNNING once something else has happened."""
        emulator.until(lambda: self.status(execution) != 'RUNNING' or otherwise(), f'end of {execution}')
        return 'RUNNING' if self.status(execution) == 'RUNNING' else self.end_of(execution)

    def entered(self, execution, state):
        return self.states_of(execution)[0].count(state)

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

    def reviewed(self, package):
        """The review of a version that a person has approved, once it has begun."""
        return self.review_of(self.decide(package, APPROVED))

    def review_of(self, approval):
        before = self.executions(plan['review'])
        execution = self.admitted(plan['approval'], approval)
        if self.end_of(execution) != 'Done':
            raise Stuck(f'an approval led to no review: {self.messages(self.failed)}')
        (review,) = [one for one in self.executions(plan['review']) if one not in before]
        return review

    def on_trial(self):
        """The review of a new version, once that is served and watched."""
        package = self.register()
        review = self.reviewed(package)
        self.apply(self.champion, package, plan['share'])
        emulator.until(lambda: self.entered(review, 'Rest'), 'the watch')
        return review

    def watched_is(self, state):
        self.cloudwatch.set_alarm_state(AlarmName=plan['watched'], StateValue=state, StateReason='errors')

    def variants(self, champion, challenger, weight):
        found = []
        for name, package, part in (('champion', champion, 100 - weight), ('challenger', challenger, weight)):
            self.models += 1
            model = f'{name}-{self.models}'
            self.sagemaker.create_model(ModelName=model, PrimaryContainer={'ModelPackageName': package}, ExecutionRoleArn=emulator.ROLE)
            found.append({
                'VariantName': name, 'ModelName': model, 'InitialInstanceCount': 1, 'InstanceType': 'ml.m5.large', 'InitialVariantWeight': part,
            })
        return found

    def apply(self, champion, challenger, weight):
        """What Terraform does with the changed file. The emulator has no UpdateEndpoint."""
        variants = self.variants(champion, challenger, weight)
        name = f'config-{self.models}'
        self.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=variants)
        endpoint = sagemaker_backends[emulator.ACCOUNT][emulator.REGION].endpoints[plan['endpoint']]
        endpoint.endpoint_config_name = name
        endpoint.production_variants = endpoint._process_production_variants(variants)

    def weight(self):
        variants = self.sagemaker.describe_endpoint(EndpointName=plan['endpoint'])['ProductionVariants']
        return next(one['DesiredWeight'] for one in variants if one['VariantName'] == 'challenger')

    def proposals(self):
        return [{key: one[key] for key in ('Source', 'DetailType', 'Detail')} for one in emulator.events]


def training(loop, say):
    name = plan['training']
    event = loop.alarm()
    first = loop.admitted(name, event)
    run = loop.active(1)
    parameters = {one['Name']: one['Value'] for one in run.pipeline_parameters}
    say('training', [len(loop.runs()), parameters.get('Cause'), parameters.get('StartedBy') == first])
    say('duplicate', [loop.end_of(loop.deliver(name, event)), len(loop.runs())])
    loop.end_runs()
    emulator.until(lambda: loop.entered(first, 'Ended'), 'the look at the end of the run')
    emulator.until(lambda: loop.entered(first, 'Nap') or loop.status(first) != 'RUNNING', 'the cooldown')
    second = loop.admitted(name, loop.alarm())
    say('cooldown', [loop.end_or(second, lambda: len(loop.runs()) > 1), len(loop.runs())])
    emulator.cooldowns.release()
    say('end', [loop.end_of(first), loop.lock()])
    end = loop.end_or(loop.admitted(name, loop.alarm()), lambda: len(loop.runs()) > 1)
    say('budget', [end, [one['error'] for one in loop.messages(loop.failed)], len(loop.runs()), loop.lock()])


def approval(loop, say):
    package = loop.register()
    registered = loop.changed(package, PENDING, ())
    approved = loop.decide(package, APPROVED)
    review = loop.review_of(approved)
    emulator.until(lambda: len(emulator.events) == 1, 'a proposal')
    again = loop.end_of(loop.deliver(plan['approval'], approved))
    events = {'registered': registered, 'approved': approved, 'described': loop.changed(package, APPROVED, ('ApprovalDescription',))}
    say('approval', {**events, 'again': [again, len(loop.executions(plan['review']))]})
    say('proposal', loop.proposals()[-1])
    emulator.until(lambda: loop.entered(review, 'LookAtVariant') > 1 or loop.entered(review, 'Watch'), 'two looks at the endpoint')
    say('serving', [loop.status(review), loop.entered(review, 'Watch')])
    loop.apply(loop.champion, package, plan['share'])
    say('promotion', [loop.end_of(review), loop.proposals()[-1], loop.weight()])
    loop.apply(package, package, 0)
    loop.champion = package


def withdrawal(loop, say):
    bad = loop.on_trial()
    loop.watched_is('ALARM')
    say('withdrawal', [loop.end_of(bad), loop.proposals()[-1], loop.weight()])
    loop.watched_is('OK')


def revocation(loop, say):
    package = loop.register()
    approved = loop.decide(package, APPROVED)
    loop.decide(package, REJECTED)
    asked = len(emulator.events)
    unwanted = loop.review_of(approved)
    say('revocation', [loop.end_or(unwanted, lambda: len(emulator.events) > asked), len(emulator.events) - asked])


def replacement(loop, say):
    ends = []
    for state in ('OK', 'ALARM'):
        replaced = loop.on_trial()
        loop.apply(loop.champion, loop.register(APPROVED), plan['share'])
        loop.watched_is(state)
        ends.append([loop.end_of(replaced), loop.proposals()[-1]['Detail']['step'], loop.weight()])
    say('replacement', ends)


def lateness(loop, say):
    loop.apply(loop.champion, loop.champion, 0)
    given = loop.input_of(loop.reviewed(loop.register()))
    loop.states.start_execution(stateMachineArn=loop.machines[plan['late']], name='late', input=json.dumps(given))
    end = loop.end_of(loop.executions(plan['late'])[0])
    say('lateness', [end, [one['error'] for one in loop.messages(loop.failed)], loop.proposals()[-1]['Detail']])


# each by its first link; none depends on one before it
CHAPTERS = [training, approval, withdrawal, revocation, replacement, lateness]


def describe_in_state(self):
    """The emulator looks at the state only where no names are given."""
    state, names = self._get_param('StateValue'), self._get_param('AlarmNames', [])
    if not (state and names):
        return describe(self)
    found = [one for one in self.cloudwatch_backend.get_alarms_by_alarm_names(names) if one.state_value == state]
    return ActionResult({'MetricAlarms': found, 'CompositeAlarms': []})


describe = CloudWatchResponse.describe_alarms
CloudWatchResponse.describe_alarms = describe_in_state


def tale(outcome):
    """One story: what happened at each link, up to the last one of interest."""
    report, error, end = {}, None, None
    loop = Loop()

    def say(link, happened):
        report[link] = happened
        if link == plan['last']:
            raise Enough

    names = [chapter.__name__ for chapter in CHAPTERS]
    try:
        for chapter in CHAPTERS[names.index(plan['first']) :]:
            chapter(loop, say)
    except Enough:
        pass
    except Stuck as stuck:
        end = str(stuck)
    except Exception:
        error = f'{traceback.format_exc()}\ndead letters: {loop.messages(loop.failed)}'
        for review in loop.executions(plan['review']):
            shown = loop.states.get_execution_history(executionArn=review, maxResults=1000)['events'][-4:]
            error += f'\n{loop.status(review)} {loop.states_of(review)[0][-5:]} {shown}'
    outcome.update({'report': report, 'end': end, 'error': error, 'calls': sorted(emulator.calls)})


def told(story):
    global plan
    plan = emulator.plan = story
    outcome = {}
    emulator.emulate(lambda: tale(outcome))
    return outcome


if __name__ == '__main__':
    for service in ('stepfunctions', 'sagemaker', 'cloudwatch', 'dynamodb', 'events', 'sqs', 'batch', 'iam', 'sts'):
        get_backend(service)  # once, not in each process
    with multiprocessing.get_context('fork').Pool(AT_ONCE, maxtasksperchild=1) as pool:
        print(json.dumps(pool.map(told, stories, chunksize=1), default=str))
