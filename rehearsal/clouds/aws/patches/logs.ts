import type { Patch } from './patch';

/** Patches of log groups. */
export const LOGS_PATCHES: readonly Patch[] = [
  {
    emulator: 'moto',
    types: ['aws_cloudwatch_log_subscription_filter'],
    reason: 'functions are not applied, and a log group is not subscribed to one that is not there',
    upstream: 'moto 5.2.5 looks for the function, as CloudWatch Logs tries to call it',
    python: `
from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import LogsBackend
def subscribe(original, self, log_group_name, filter_name, filter_pattern, destination_arn, role_arn):
    if ':lambda:' not in destination_arn:
        return original(self, log_group_name, filter_name, filter_pattern, destination_arn, role_arn)
    group = self.groups.get(log_group_name)
    if not group:
        raise ResourceNotFoundException()
    group.put_subscription_filter(filter_name, filter_pattern, destination_arn, role_arn)
wrap(LogsBackend, 'put_subscription_filter', subscribe)`,
  },
];
