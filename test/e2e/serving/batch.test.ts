import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Target } from '../../../lib/scheduler/trigger/target';
import { BatchInference, type BatchInferenceProps } from '../../../lib/serving';
import { Template } from '../../../lib/testing';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { triggerIn } from '../../scheduler/samples';
import { describeWith } from '../../support/machine';
import { ApiShapes } from '../../support/pipeline/api-shapes';
import { batchPropsIn } from '../../support/serving';
import { acmeStack } from '../../support/stack';

/** What Step Functions and Terraform put in the place of paths and references. */
const SAMPLES: Readonly<Record<string, string>> = {
  TransformJobName: `acme-dev-churn-${'a'.repeat(32)}`,
  S3OutputPath: `s3://acme-dev-answers/churn/answers/run=${'a'.repeat(32)}/`,
};

/** A request as SageMaker gets it. */
function sent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sent);
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'string' ? value.replaceAll(/\$\{[^}]*\}/g, 'filled-in') : value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      const name = key.replace(/\.\$$/, '');
      return [name, name === key ? sent(part) : (SAMPLES[name] ?? 'a text')];
    }),
  );
}

function requestOf(props: Partial<BatchInferenceProps>): unknown {
  const s = acmeStack();
  const batch = new BatchInference(s, 'It', { ...batchPropsIn(s), ...props });
  triggerIn(s, { start: Target.transformJob(batch) });
  const definition = JSON.parse(String(Template.synth(s).one('aws_sfn_state_machine').definition));
  const all = (machine: any): any[] =>
    Object.values<any>(machine.States).flatMap((state) => [state, ...(state.Branches ?? []).flatMap(all)]);
  const start = all(definition).find(({ Resource }) => Resource?.endsWith(':sagemaker:createTransformJob'));
  return sent(start.Parameters);
}

describeWith(['python'], 'the start of a batch transform', () => {
  let api: ApiShapes;
  beforeAll(async () => {
    const python = await emulatorPython(process.env, process.env.HOME!, () => {});
    const find = spawnSync(python, ['-c', 'import botocore; print(botocore.__path__[0])'], { encoding: 'utf8' });
    api = ApiShapes.read(join(find.stdout.trim(), 'data/sagemaker/2017-07-24/service-2.json.gz'));
  });

  test.each<[string, Partial<BatchInferenceProps>]>([
    ['the least', {}],
    ['columns that are left out', { inputFilter: '$[1:]', outputFilter: "$['id','SageMakerOutput']" }],
    ['an instance store', { instanceType: 'ml.g5.xlarge' }],
    ['files without lines', { contentType: 'image/png', accept: 'application/json', join: false }],
    ['all limits', { instanceCount: 100, payloadMb: 1, concurrency: 100, requestSeconds: 3600, requestRetries: 3 }],
    ['variables', { environment: { MODE: 'strict' } }],
  ])('is a request that SageMaker takes, with %s', (_, props) => {
    expect(api.faults('CreateTransformJobRequest', requestOf(props))).toEqual([]);
  });

  test('would be refused with a key that it does not have', () => {
    const request = { ...(requestOf({}) as object), StoppingCondition: { MaxRuntimeInSeconds: 60 } };
    expect(api.faults('CreateTransformJobRequest', request)).toEqual([expect.stringContaining('StoppingCondition')]);
  });
});
