import { TerraformResource, type TerraformStack } from 'cdktf';
import { DataLake } from '../../lib/data-lake/data-lake';
import type { IZone } from '../../lib/data-lake/zone';
import { Key } from '../../lib/encryption/key';
import { Principal } from '../../lib/iam/principal';
import { Role } from '../../lib/iam/role';
import { Network } from '../../lib/network/network';
import type { BatchInferenceProps } from '../../lib/serving/batch/batch-inference';
import { DoorAuth, DoorReach } from '../../lib/serving/door/door-access';
import { Invocation } from '../../lib/serving/endpoint/invocation';
import { SageMakerEndpoint, type SageMakerEndpointProps } from '../../lib/serving/endpoint/sagemaker-endpoint';
import { MODEL } from '../../lib/serving/model/model-limits';
import { ModelSource } from '../../lib/serving/model/model-source';
import { Rollout } from '../../lib/serving/rollout/rollout';
import type { SmokeTestProps } from '../../lib/serving/smoke/smoke-test';
import { Bucket } from '../../lib/storage/bucket';
import { keyIn } from './stack';
import { workspaceIn } from './training';

/** An image in ECR, by its digest. */
export const SERVING_IMAGE = `111122223333.dkr.ecr.eu-north-1.amazonaws.com/acme-dev-serve@sha256:${'a'.repeat(64)}`;

/** A key that goes with a stack which may be destroyed. */
function servingKeyIn(stack: TerraformStack): Key {
  const found = stack.node.tryFindChild('ServingKey') as Key | undefined;
  return found ?? new Key(stack, 'ServingKey', { description: 'test', removal: 'destroy' });
}

/** A model of an image and an artifact of its version. */
export function modelIn(stack: TerraformStack, version = 1): ModelSource {
  const found = stack.node.tryFindChild('Artifacts') as Bucket | undefined;
  const bucket =
    found ??
    new Bucket(stack, 'Artifacts', { name: 'artifacts', encryptionKey: servingKeyIn(stack), removal: 'destroy' });
  return ModelSource.fromImage({
    image: SERVING_IMAGE,
    artifact: { bucket, key: `card-fraud/${version}/model.tar.gz` },
  });
}

/** A network that is there already. */
export function servingNetworkIn(stack: TerraformStack) {
  const found = stack.node.tryFindChild('ServingNet');
  if (found) return found as never;
  return Network.fromNetworkAttributes(stack, 'ServingNet', {
    vpcId: 'vpc-11111111',
    vpcCidr: '10.0.0.0/16',
    privateSubnetIds: ['subnet-11111111', 'subnet-22222222'],
    availabilityZones: ['eu-north-1a', 'eu-north-1b'],
  });
}

/** The zone that gets captured data. */
export function captureZoneIn(stack: TerraformStack): IZone {
  const found = stack.node.tryFindChild('CaptureLake') as DataLake | undefined;
  const lake =
    found ??
    new DataLake(stack, 'CaptureLake', {
      encryptionKey: keyIn(stack, 'CaptureKey'),
      zones: { raw: { classification: 'personal' } },
    });
  return lake.zone('raw');
}

/** Properties without which an endpoint cannot be made. */
export function endpointPropsIn(stack: TerraformStack): SageMakerEndpointProps {
  return {
    name: 'card-fraud',
    owner: 'fraud',
    variants: { champion: { model: modelIn(stack) } },
    invocation: Invocation.realTime({ instanceType: 'ml.m5.large' }),
    network: servingNetworkIn(stack),
    encryptionKey: servingKeyIn(stack),
  };
}

/** An endpoint with the least, and what a test adds. */
export function endpointIn(
  stack: TerraformStack,
  props: Partial<SageMakerEndpointProps> = {},
  id = 'Endpoint',
): SageMakerEndpoint {
  return new SageMakerEndpoint(stack, id, { ...endpointPropsIn(stack), ...props });
}

/** Properties without which an endpoint cannot be tested. */
export function smokePropsIn(stack: TerraformStack): SmokeTestProps {
  return {
    name: 'churn',
    endpointName: 'acme-churn',
    models: { champion: ModelSource.fromImage({ image: SERVING_IMAGE }) },
    rollout: Rollout.canary(),
    bucket: new Bucket(stack, 'Samples'),
    samples: 'churn/smoke.json',
    encryptionKey: keyIn(stack),
  };
}

/** Properties without which there are no predictions for files. */
export function batchPropsIn(stack: TerraformStack): BatchInferenceProps {
  return {
    name: 'churn',
    workspace: workspaceIn(stack),
    model: ModelSource.fromImage({ image: SERVING_IMAGE }),
    input: { bucket: new Bucket(stack, 'Requests'), prefix: 'churn/requests' },
    output: { bucket: new Bucket(stack, 'Answers'), prefix: 'churn/answers' },
    instanceType: 'ml.m5.xlarge',
  };
}

/** Properties with which each construct of the module can be made. */
export const servingBases: Record<string, (stack: TerraformStack) => object> = {
  'SageMakerEndpoint.fromEndpointAttributes': () => ({ endpointName: 'acme-churn' }),
  'new SageMakerEndpoint': (stack) => ({ ...endpointPropsIn(stack) }),
  'new ServedModel': (stack) => ({
    name: 'churn',
    source: ModelSource.fromImage({ image: SERVING_IMAGE }),
    role: new Role(stack, 'ModelRole', { assumedBy: Principal.service('sagemaker.amazonaws.com') }),
  }),
  'new ContentName': () => ({ kind: MODEL, name: 'churn', content: {} }),
  'new EndpointDoor': (stack) => ({
    name: 'churn',
    endpoint: SageMakerEndpoint.fromEndpointAttributes(stack, 'Asked', { endpointName: 'acme-churn' }),
    auth: DoorAuth.iam(),
    reach: DoorReach.vpc('vpce-0a1b2c3d'),
    encryptionKey: keyIn(stack),
  }),
  'new PackageCheck': (stack) => ({ bucket: new Bucket(stack, 'Programs'), encryptionKey: keyIn(stack) }),
  'new BatchInference': (stack) => ({ ...batchPropsIn(stack) }),
  'new SmokeTest': (stack) => ({ ...smokePropsIn(stack) }),
  'new SmokeFunction': (stack) => ({
    name: 'churn-smoke',
    settings: {},
    bucket: new Bucket(stack, 'Programs'),
    encryptionKey: keyIn(stack),
  }),
  'new CapturedData': (stack) => ({
    zone: captureZoneIn(stack),
    endpointName: 'acme-churn',
    tableName: 'captured_churn',
    variantNames: ['champion'],
    owner: 'fraud',
    retentionDays: 30,
  }),
  'new RollbackAlarms': () => ({
    endpointName: 'acme-churn',
    name: 'churn',
    invocation: 'real-time',
    variantNames: ['champion'],
    rollback: Rollout.canary().rollback,
  }),
  'new VariantTypes': () => ({ types: { champion: 'ml.m5.large' } }),
  'new EndpointScaling': (stack) => ({
    endpointName: 'acme-churn',
    name: 'churn',
    variantName: 'champion',
    invocation: 'real-time',
    options: { min: 1, max: 4, target: 100 },
    after: new TerraformResource(stack, 'Before', { terraformResourceType: 'terraform_data' }),
  }),
};
