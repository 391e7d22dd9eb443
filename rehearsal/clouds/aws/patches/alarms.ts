import type { Patch } from './patch';

/** Patches of alarms. */
export const ALARM_PATCHES: readonly Patch[] = [
  {
    emulator: 'moto',
    types: ['aws_cloudwatch_composite_alarm'],
    reason: 'no composite alarm is made, and an alarm that one depends on can be deleted',
    upstream: 'moto 5.2.5 has no PutCompositeAlarm, and describes none',
    // PutCompositeAlarm, DescribeAlarms and DeleteAlarms of the CloudWatch API reference; "Composite alarms" of its user guide for
    // AT_LEAST. The two refusals are not in them: their words are those of the service.
    python: `
import re
from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult, EmptyResult
STATES = ('ALARM', 'OK', 'INSUFFICIENT_DATA')
TOKEN = re.compile(r'\\s*(?:"([^"]*)"|([(),])|([^\\s"(),]+))')
class Rule:
    # raises if the text is no rule; has the names of the alarms that it reads
    def __init__(self, text):
        self.alarms, self.tokens = set(), []
        at = 0
        while text[at:].strip():
            found = TOKEN.match(text, at)
            if not found:
                self.refuse(text[at:].strip(), at)
            self.tokens.append((found.group(1), found.group(2) or found.group(3), found.end() - len(found.group().lstrip())))
            at = found.end()
        self.tokens.append((None, '<EOF>', at))
        self.condition()
        self.take('<EOF>')
        elements = len(self.alarms) + text.upper().count('TRUE') + text.upper().count('FALSE') + text.count('(')
        if len(text) > 10240 or len(self.alarms) > 100 or elements > 500:
            raise ValidationError('AlarmRule has more than 10240 characters, 100 alarms or 500 elements')
    def refuse(self, token, at):
        raise ValidationError(f"Error in AlarmRule [Unsupported token '{token}' at char {at}]")
    def word(self):
        return (self.tokens[0][1] or '').upper()
    def take(self, *expected):
        if self.word() not in expected:
            self.refuse(*self.tokens[0][1:])
        return self.tokens.pop(0)[1].upper()
    def condition(self):
        self.term()
        while self.word() in ('AND', 'OR'):
            self.take('AND', 'OR')
            self.term()
    def term(self):
        word = self.take('NOT', '(', 'TRUE', 'FALSE', 'AT_LEAST', *STATES)
        if word == 'NOT':
            self.term()
        elif word == '(':
            self.condition()
            self.take(')')
        elif word in STATES:
            self.take('(')
            self.alarm()
            self.take(')')
        elif word == 'AT_LEAST':
            self.at_least()
    def at_least(self):
        self.take('(')
        _, share, at = self.tokens.pop(0)
        if not re.fullmatch(r'[1-9][0-9]*%?', share or ''):
            self.refuse(share, at)
        self.take(',')
        if self.word() == 'NOT':
            self.take('NOT')
        self.take(*STATES)
        self.take(',')
        self.take('(')
        self.alarm()
        while self.take(',', ')') == ',':
            self.alarm()
        self.take(')')
    def alarm(self):
        quoted, word, at = self.tokens.pop(0)
        name = quoted or word
        if not name or word in ('(', ')', ',', '<EOF>'):
            self.refuse(word, at)
        self.alarms.add(name_of(name))
def name_of(alarm):
    return alarm.split(':alarm:')[-1]
def put(self):
    backend, given = self.cloudwatch_backend, self._get_param
    name, suppressor = given('AlarmName'), given('ActionsSuppressor')
    missing = sorted(alarm for alarm in Rule(given('AlarmRule')).alarms if alarm not in backend.alarms)
    if missing:
        raise ValidationError(f'Could not save the composite alarm as alarms [{", ".join(missing)}] in the alarm rule do not exist')
    if suppressor:
        if name_of(suppressor) not in backend.alarms:
            raise ValidationError(f'The ActionsSuppressor {suppressor} does not exist')
        if given('ActionsSuppressorWaitPeriod') is None or given('ActionsSuppressorExtensionPeriod') is None:
            raise ValidationError('ActionsSuppressor requires its wait period and its extension period')
    old = backend.alarms.get(name)
    metric = ('namespace', 'metric_name', 'comparison_operator', 'evaluation_periods', 'period', 'threshold', 'statistic')
    alarm = backend.put_metric_alarm(
        **dict.fromkeys(metric),
        name=name,
        description=given('AlarmDescription'),
        dimensions=[],
        alarm_actions=given('AlarmActions', []),
        ok_actions=given('OKActions', []),
        insufficient_data_actions=given('InsufficientDataActions', []),
        actions_enabled=given('ActionsEnabled'),
        rule=given('AlarmRule'),
        tags=None if old else given('Tags', []),
    )
    alarm.state_value = old.state_value if old else 'INSUFFICIENT_DATA'
    suppression = ('ActionsSuppressor', 'ActionsSuppressorWaitPeriod', 'ActionsSuppressorExtensionPeriod')
    alarm.suppression = {key: given(key) for key in suppression if suppressor}
    return EmptyResult()
def shown(alarm):
    return {
        'AlarmName': alarm.name,
        'AlarmArn': alarm.alarm_arn,
        'AlarmDescription': alarm.description,
        'AlarmRule': alarm.rule,
        'ActionsEnabled': alarm.actions_enabled,
        'AlarmActions': alarm.alarm_actions,
        'OKActions': alarm.ok_actions,
        'InsufficientDataActions': alarm.insufficient_data_actions,
        'StateValue': alarm.state_value,
        'StateReason': alarm.state_reason,
        **alarm.suppression,
    }
def describe(original, self):
    found = original(self)._result
    types = self._get_param('AlarmTypes') or ['MetricAlarm']  # the default of DescribeAlarms
    return ActionResult({
        'MetricAlarms': found['MetricAlarms'] if 'MetricAlarm' in types else [],
        'CompositeAlarms': [shown(alarm) for alarm in found['CompositeAlarms'] if 'CompositeAlarm' in types],
    })
def delete(original, self, alarm_names):
    composites = [alarm for alarm in self.alarms.values() if alarm.rule]
    if sum(alarm.name in alarm_names for alarm in composites) > 1:
        raise ValidationError('At most one composite alarm can be deleted at a time')
    read = {name for alarm in composites for name in Rule(alarm.rule).alarms}
    needed = [name for name in alarm_names if name in read]
    if needed:
        raise ValidationError(f'Cannot delete {",".join(needed)} as there are composite alarm(s) depending on it.')
    original(self, alarm_names)
CloudWatchResponse.put_composite_alarm = put
wrap(CloudWatchResponse, 'describe_alarms', describe)
wrap(CloudWatchBackend, 'delete_alarms', delete)`,
  },
];
