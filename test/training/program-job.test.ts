import '../../lib/testing/jest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Target } from '../../lib/scheduler/trigger/target';
import { Template } from '../../lib/testing';
import { Framework } from '../../lib/training/framework/framework';
import { ProgramJob, type ProgramJobProps } from '../../lib/training/processing/program-job';
import { RUN_VARIABLES } from '../../lib/training/run-variables';
import { programJobPropsIn } from '../support/drift';
import { acmeStack, DECRYPT, READ, roleIn } from '../support/stack';

const custom = Framework.custom({
  image: `111122223333.dkr.ecr.eu-north-1.amazonaws.com/drift@sha256:${'0'.repeat(64)}`,
});

function jobIn(s = acmeStack(), props: Partial<ProgramJobProps> = {}) {
  return new ProgramJob(s, 'Report', { ...programJobPropsIn(s), ...props });
}

describe('a program in a processing job', () => {
  const s = acmeStack();
  const job = jobIn(s, { arguments: ['--day', 'today'], environment: { MODE: 'strict' } });
  const starter = roleIn(s, 'Starter');
  job.grantStart(starter);
  const template = Template.synth(s);

  test('runs in the network of the workspace, with its keys, for an hour at most', () => {
    const request = JSON.parse(template.resolve(JSON.stringify(job.request())) as string);
    expect(request).toMatchObject({
      AppSpecification: {
        ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/main.py'],
        ContainerArguments: ['--day', 'today'],
        ImageUri: expect.stringContaining('sagemaker-scikit-learn'),
      },
      Environment: { MODE: 'strict' },
      NetworkConfig: { EnableNetworkIsolation: false, VpcConfig: { Subnets: ['subnet-11111111', 'subnet-22222222'] } },
      StoppingCondition: { MaxRuntimeInSeconds: 3600 },
    });
    // the guardrails deny a job that names no key
    expect(request.ProcessingOutputConfig.KmsKeyId).toBe(request.ProcessingResources.ClusterConfig.VolumeKmsKeyId);
  });

  test('has no words where there are none: SageMaker refuses an empty list', () => {
    expect(jobIn().request().AppSpecification).not.toHaveProperty('ContainerArguments');
  });

  test('takes no key for the volume on a type with an instance store', () => {
    const { ClusterConfig } = jobIn(acmeStack(), { instanceType: 'ml.g5.xlarge', framework: custom }).request()
      .ProcessingResources as { ClusterConfig: object };
    expect(ClusterConfig).not.toHaveProperty('VolumeKmsKeyId');
  });

  test('may read its program, and nothing else of S3', () => {
    const policy = template.policyOf(job.role);
    const code = (job.request().ProcessingInputs as { S3Input: { S3Uri: string } }[])[0]!.S3Input.S3Uri;
    expect(code).toMatch(/\/acme-dev-report-job\/program\/[0-9a-f]{12}\/$|\/acme-dev-report\/program\/[0-9a-f]{12}\/$/);
    const objects = policy.statements.filter(({ actions }) => actions?.includes('s3:GetObject'));
    expect(objects.flatMap(({ actions }) => actions)).toEqual(READ);
    expect(policy.statements.flatMap(({ actions }) => actions ?? [])).toEqual(expect.arrayContaining(DECRYPT));
    expect(policy.statements.flatMap(({ actions }) => actions ?? [])).not.toContain('s3:PutObject');
  });

  test('is started only as its request has it', () => {
    const [create] = template
      .policyOf(starter)
      .statements.filter(({ actions }) => actions?.includes('sagemaker:CreateProcessingJob'));
    expect(create).toMatchObject({
      resources: [`arn:aws:sagemaker:eu-north-1:111122223333:processing-job/${job.jobName}-*`],
      conditions: {
        'ForAllValues:StringEquals': { 'sagemaker:InstanceTypes': 'ml.m5.xlarge' },
        Null: { 'sagemaker:VpcSubnets': 'false' },
        NumericLessThanEquals: { 'sagemaker:MaxRuntimeInSeconds': '3600' },
      },
    });
  });

  test('has a name of its own in each run, the same one for a repeated call', () => {
    const { start, run, follow, lock } = Target.processingJob(job).bind(s);
    expect(job.jobName.length + 33).toBeLessThanOrEqual(63);
    expect(start.Parameters).toMatchObject({
      'ProcessingJobName.$': `States.Format('${job.jobName}-{}', States.Hash($$.Execution.Id, 'MD5'))`,
      Environment: { MODE: 'strict', 'MLOPS_CAUSE.$': '$.cause', 'MLOPS_STARTED_BY.$': '$$.Execution.Id' },
    });
    expect([run, lock]).toEqual(['$.run.id', `processing/${job.jobName}`]);
    expect(follow!.look('$.run.id').Parameters).toEqual({ 'ProcessingJobName.$': '$.run.id' });
  });

  test('finds its cause where the shipped programs look for it', () => {
    const times = readFileSync(join(__dirname, '../../lib/serving/captured/program/captured/times.py'), 'utf8');
    expect(times).toContain(`CAUSE = "${RUN_VARIABLES.cause}"`);
  });

  test('is refused with everything that is wrong', () => {
    const wrong = {
      instanceType: 'ml.c5.large',
      entryPoint: 'other.py',
      volumeSizeGb: 0,
      maxRuntimeMinutes: 20_000,
      arguments: ['x'.repeat(257)],
      environment: { LONG: 'x'.repeat(257) },
    };
    expect(() => jobIn(acmeStack(), wrong)).toThrow(
      [
        'test/Report: 6 invalid properties',
        "  - 'instanceType' must be one of ml.m5.xlarge, ml.g5.xlarge, got 'ml.c5.large'",
        "  - 'volumeSizeGb' must be between 1 and 16384, got 0",
        "  - 'maxRuntimeMinutes' must be between 1 and 1440, got 20000",
        "  - 'entryPoint' must be a file of the folder, got 'other.py'; it has main.py",
        "  - 'arguments' must have at most 256 characters, got 257",
        "  - 'LONG' must have at most 256 characters, got 257",
      ].join('\n'),
    );
    expect(() => Target.processingJob(undefined as never)).toThrow("'job' must be set, got undefined");
  });
});
