import { AlarmActions } from '../../../lib/monitoring/actions/alarm-actions';
import { AlarmReceiver } from '../../../lib/monitoring/actions/alarm-receiver';
import { Bucket } from '../../../lib/storage/bucket';
import type { LayerStack } from '../../layers/layer-stack';
import type { Available, Foundation } from '../../offers';
import { ACTIONS_NAME, RELAY_BUCKET } from './schema';
import type { Monitoring } from './section';

/** Creates the topics of alarms, and what tells their receivers. */
export function makeActions(
  stack: LayerStack,
  { receivers, removal }: NonNullable<Monitoring>,
  { foundation: { keys, accessLogs } }: Available['foundation'],
): Pick<Foundation, 'alarmActions'> {
  const { email = [], slack, teams, pagerDuty, eventBus, topics = [] } = receivers;
  const all = [
    ...(email.length > 0 ? [AlarmReceiver.email(email)] : []),
    ...(slack === undefined ? [] : [AlarmReceiver.chat(slack)]),
    ...(teams === undefined ? [] : [AlarmReceiver.chat(teams, 'teams')]),
    ...(pagerDuty === undefined ? [] : [AlarmReceiver.pagerDuty(pagerDuty)]),
    ...(eventBus === undefined ? [] : [AlarmReceiver.eventBus(eventBus)]),
    ...topics.map((topic) => AlarmReceiver.topic(topic)),
  ];
  const encryptionKey = keys.of('monitoring');
  const bucket = all.some(({ way }) => way.kind === 'relay')
    ? new Bucket(stack, 'RelayBucket', { name: RELAY_BUCKET, encryptionKey, accessLogs, removal })
    : undefined;
  const alarmActions = new AlarmActions(stack, 'AlarmActions', {
    receivers: all,
    encryptionKey,
    bucket,
    removal,
    name: ACTIONS_NAME,
  });
  return { alarmActions };
}
