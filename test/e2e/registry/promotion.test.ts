import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ModelPackageGroup } from '../../../lib/registry/packages/model-package-group';
import { PackagePromotion } from '../../../lib/registry/packages/package-promotion';
import { Template } from '../../../lib/testing';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { describeWith } from '../../support/machine';
import { acmeStack } from '../../support/stack';

const GROUP = 'acme-dev-churn';
/** Events as SageMaker sends them (EventBridge reference, SageMaker), and whether the next account must hear of them. */
const EVENTS: readonly (readonly [title: string, detail: Record<string, unknown>, arrives: boolean])[] = [
  ['an approval', {}, true],
  ['a second delivery of it, which EventBridge does not hide', {}, true],
  ['a rejection', { ModelApprovalStatus: 'Rejected' }, false],
  ['a registration as pending', { ModelApprovalStatus: 'PendingManualApproval' }, false],
  [
    'an edit of the metadata of an approved version',
    { UpdatedModelPackageFields: ['CustomerMetadataProperties'] },
    false,
  ],
  ['an approval with a comment', { UpdatedModelPackageFields: ['ApprovalDescription', 'ModelApprovalStatus'] }, true],
  ['an approval of another group', { ModelPackageGroupName: `${GROUP}-2` }, false],
];

describeWith(['python', 'registry'], 'the bus of the next account', () => {
  test('hears of approvals of the group, and of nothing else', async () => {
    const s = acmeStack();
    const packages = ModelPackageGroup.fromModelPackageGroupAttributes(s, 'Churn', {
      packageGroupArn: `arn:aws:sagemaker:eu-north-1:111122223333:model-package-group/${GROUP}`,
    });
    const eventBusArn = 'arn:aws:events:eu-north-1:444455556666:event-bus/acme-next-approvals';
    new PackagePromotion(s, 'Promotion', { packages, eventBusArn });
    const pattern = Template.synth(s).one('aws_cloudwatch_event_rule').event_pattern;
    const approval = {
      ModelPackageGroupName: GROUP,
      ModelPackageArn: `arn:aws:sagemaker:eu-north-1:111122223333:model-package/${GROUP}/7`,
      ModelPackageVersion: 7,
      ModelApprovalStatus: 'Approved',
      UpdatedModelPackageFields: ['ModelApprovalStatus'],
    };
    const plan = { pattern, details: EVENTS.map(([, changes]) => ({ ...approval, ...changes })) };
    const python = await emulatorPython(process.env, homedir(), () => {});
    const script = join(__dirname, '../../registry/approvals.py');
    const env = { PATH: process.env.PATH, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    const { stdout, stderr } = spawnSync(python, [script, JSON.stringify(plan)], { encoding: 'utf8', env });
    expect(stderr).toBe('');
    const arrived: boolean[] = JSON.parse(stdout);
    expect(EVENTS.map(([title], index) => [title, arrived[index]])).toEqual(
      EVENTS.map(([title, , arrives]) => [title, arrives]),
    );
  });
});
