import { Token } from 'cdktf';
import type { Properties } from '../core/properties';
import { ARN } from './arns';

/** Most topics that an alarm tells (CloudWatch API, `PutMetricAlarm`). */
export const MAX_ALARM_TOPICS = 5;

/** Judges the property `alarmTopicArns` of a construct: ARNs of topics, at most {@link MAX_ALARM_TOPICS}. */
export function judgeAlarmTopics(properties: Properties, topicArns: readonly string[] = []): Properties {
  properties.known({ alarmTopicArns: topicArns }, 'alarmTopicArns');
  if (Token.isUnresolved(topicArns)) return properties;
  for (const [index, arn] of topicArns.entries()) properties.matches(`alarmTopicArns[${index}]`, arn, ARN.topic);
  return properties.require(
    topicArns.length <= MAX_ALARM_TOPICS,
    `'alarmTopicArns' must have at most ${MAX_ALARM_TOPICS} entries, got ${topicArns.length}`,
  );
}
