import type { LinkName } from './links';
import type { StoryParts } from './parts';

/** What somebody could break, and the link that it breaks. */
export interface Break {
  readonly title: string;
  readonly link: LinkName;
  readonly make: (parts: StoryParts) => void;
}

const training = ({ machines }: StoryParts) => machines['acme-dev-trigger-retrain-churn']!.States;
const approval = ({ machines }: StoryParts) => machines['acme-dev-trigger-approved-churn']!.States;
const review = ({ machines }: StoryParts) => machines['acme-dev-review-churn']!.States;
const asked = (parts: StoryParts, state: string) => review(parts)[state].Parameters.Entries[0].Detail;
const isServed = (parts: StoryParts, state: string) => {
  const [test] = review(parts)[state].Choices;
  test.And = test.And.slice(0, 1);
};

/** Each breaks one thing, and the story must break at its link: not before it, and not after. */
export const BREAKS: readonly Break[] = [
  {
    title: 'the alarm looks at another namespace',
    link: 'alarm',
    make: ({ alarm }) => {
      alarm.namespace = 'MLOps/Drifts';
    },
  },
  {
    title: 'the alarm looks at a metric without a value',
    link: 'alarm',
    make: ({ alarm }) => {
      alarm.metric_name = 'Drifted';
    },
  },
  {
    title: 'the alarm looks at another monitor',
    link: 'alarm',
    make: ({ alarm }) => {
      alarm.dimensions.Monitor = 'fraud';
    },
  },
  {
    title: 'the alarm goes off for three features',
    link: 'alarm',
    make: ({ alarm }) => {
      alarm.threshold = 2;
    },
  },
  ...['breaching', 'notBreaching', 'missing'].map(
    (treatment): Break => ({
      title: `the alarm takes hours without a run for ${treatment}`,
      link: 'alarm',
      make: ({ alarm }) => {
        alarm.treat_missing_data = treatment;
      },
    }),
  ),
  {
    title: 'the trigger waits for another alarm',
    link: 'training',
    make: ({ rules }) => {
      rules.training.pattern.resources = ['arn:aws:cloudwatch:eu-north-1:111122223333:alarm:acme-dev-fraud-silent'];
    },
  },
  {
    title: 'the trigger takes the end of the alarm too',
    link: 'training',
    make: ({ rules }) => {
      rules.training.pattern.detail.state.value.push('OK');
    },
  },
  {
    title: 'the event of the alarm goes to the other trigger',
    link: 'training',
    make: ({ rules }) => {
      rules.training.target = rules.approval.target;
    },
  },
  {
    title: 'the pipeline does not get the cause',
    link: 'training',
    make: (parts) => {
      const { Parameters } = training(parts).Start;
      Parameters.PipelineParameters = Parameters.PipelineParameters.filter(({ Name }: any) => Name !== 'Cause');
    },
  },
  {
    title: 'each delivery is an event of its own',
    link: 'duplicate',
    make: (parts) => {
      training(parts).Admit.Parameters['Name.$'] = "States.Hash($.id, 'SHA-256')";
    },
  },
  {
    title: 'a second delivery counts as a failure',
    link: 'duplicate',
    make: (parts) => {
      training(parts).Admit.Catch.shift();
    },
  },
  {
    title: 'the lock does not last for the cooldown',
    link: 'cooldown',
    make: (parts) => {
      training(parts).Follow.Branches.pop();
    },
  },
  {
    title: 'the lock is kept for ever',
    link: 'end',
    make: (parts) => {
      training(parts).Release.Parameters.ExpressionAttributeValues[':me'] = { S: 'nobody' };
    },
  },
  {
    title: 'a run over the budget starts too',
    link: 'budget',
    make: (parts) => {
      const { Parameters } = training(parts).Spend;
      Parameters.ConditionExpression = Parameters.ConditionExpression.replace('<', '>=');
    },
  },
  {
    title: 'nobody hears of an alarm over the budget',
    link: 'budget',
    make: (parts) => {
      training(parts).OverBudget.Next = 'Release';
    },
  },
  {
    title: 'what the pipeline registers counts as approved',
    link: 'approval',
    make: ({ rules }) => {
      delete rules.approval.pattern.detail.ModelApprovalStatus;
      delete rules.approval.pattern.detail.UpdatedModelPackageFields;
    },
  },
  {
    title: 'each later change of an approved version counts as its approval',
    link: 'approval',
    make: ({ rules }) => {
      delete rules.approval.pattern.detail.UpdatedModelPackageFields;
    },
  },
  {
    title: 'a second delivery of the approval starts a second review',
    link: 'approval',
    make: (parts) => {
      approval(parts).Admit.Parameters['Name.$'] = "States.Hash($.id, 'SHA-256')";
    },
  },
  {
    title: 'the change of the file names a key that is not there',
    link: 'proposal',
    make: (parts) => {
      asked(parts, 'ProposeTrial').changes[0].path = 'models.churn.version_of_challenger';
    },
  },
  {
    title: 'the change of the file gives another share',
    link: 'proposal',
    make: (parts) => {
      asked(parts, 'ProposeTrial').changes[1].value = 2;
    },
  },
  {
    title: 'the change of the file does not give the version',
    link: 'proposal',
    make: (parts) => {
      asked(parts, 'ProposeTrial').changes.shift();
    },
  },
  {
    title: 'any version of the challenger counts as the one that was approved',
    link: 'serving',
    make: (parts) => isServed(parts, 'IsServed'),
  },
  {
    title: 'the promotion does not change the version of the champion',
    link: 'promotion',
    make: (parts) => {
      asked(parts, 'ProposePromotion').changes.shift();
    },
  },
  {
    title: 'alarms of a version on trial are not looked at',
    link: 'withdrawal',
    make: (parts) => {
      review(parts).IsAlarmed.Choices[0].Next = 'CountWatched';
    },
  },
  {
    title: 'requests stay with a version whose alarm went off',
    link: 'withdrawal',
    make: (parts) => {
      review(parts).Withdraw = { Type: 'Pass', Next: 'ProposeWithdrawal' };
    },
  },
  {
    title: 'a version is tried whose approval was taken back',
    link: 'revocation',
    make: (parts) => {
      review(parts).IsApproved.Default = 'ProposeTrial';
    },
  },
  {
    title: 'a version is promoted that is not served any more',
    link: 'replacement',
    make: (parts) => isServed(parts, 'IsServedAgain'),
  },
  {
    title: 'an alarm takes the requests of another version',
    link: 'replacement',
    make: (parts) => isServed(parts, 'IsServedOfAlarm'),
  },
  {
    title: 'nobody hears of a version that is not served',
    link: 'lateness',
    make: (parts) => {
      review(parts).TooLate.Next = 'Revoked';
    },
  },
  {
    title: 'the review may not take requests away',
    link: 'permissions',
    make: (parts) => {
      parts.allowed = parts.allowed.filter((action) => action !== 'sagemaker:UpdateEndpointWeightsAndCapacities');
    },
  },
  {
    title: 'the loop may approve what it tries',
    link: 'permissions',
    make: ({ allowed }) => {
      allowed.push('sagemaker:UpdateModelPackage');
    },
  },
];
