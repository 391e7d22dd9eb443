import type {
  SagemakerEndpointConfigurationAsyncInferenceConfig,
  SagemakerEndpointConfigurationConfig,
  SagemakerEndpointConfigurationDataCaptureConfig,
  SagemakerEndpointConfigurationProductionVariants,
} from '@cdktf/provider-aws/lib/sagemaker-endpoint-configuration';
import type { IKey } from '../../encryption/key';
import { hasInstanceStore } from '../../training/training-limits';
import type { Traffic } from '../traffic/traffic';
import type { CapturedData } from './capture';
import type { RequestStore } from './endpoint-base';
import type { Instances } from './instances';
import type { Invocation } from './invocation';

/** A variant with what it has by default. */
export interface PlacedVariant {
  readonly name: string;
  readonly modelName: string;
  /** @default - none: it is serverless */
  readonly capacity?: { readonly instanceType: string; readonly instances: Instances };
}

/** What a configuration is made of. */
export interface ConfigurationParts {
  readonly invocation: Invocation;
  readonly traffic: Traffic;
  readonly variants: readonly PlacedVariant[];
  readonly encryptionKey: IKey;
  /** @default - nothing is captured */
  readonly captured?: CapturedData;
  /** @default - it is not asynchronous */
  readonly requests?: RequestStore;
}

/** The content of a configuration of an endpoint. Every part of it replaces it. */
export type ConfigurationContent = Omit<SagemakerEndpointConfigurationConfig, 'name' | 'lifecycle'>;

/** A variant that answers, or a shadow. */
type VariantContent = Pick<
  SagemakerEndpointConfigurationProductionVariants,
  'variantName' | 'modelName' | 'initialVariantWeight' | 'instanceType' | 'initialInstanceCount' | 'serverlessConfig'
>;

/** The content of a configuration, as the provider takes it. */
export function contentOf(parts: ConfigurationParts): ConfigurationContent {
  const { traffic, captured } = parts;
  const variantOf = (name: string, weight: number) => variantWith(parts, name, weight);
  return {
    kmsKeyArn: volumeKeyOf(parts),
    productionVariants: traffic.names.map((name) => variantOf(name, traffic.weights[name]!)),
    // the copies are in proportion to the weight of the variant that answers, which is 1
    shadowProductionVariants: traffic.shadow && [variantOf(traffic.shadow.name, traffic.shadow.percent / 100)],
    asyncInferenceConfig: asynchronousOf(parts),
    dataCaptureConfig: captured && captureOf(captured),
  };
}

/** Instances with a store encrypt it with a key of the hardware, and SageMaker refuses another key with them. */
function volumeKeyOf({ variants, encryptionKey }: ConfigurationParts): string | undefined {
  const types = variants.flatMap(({ capacity }) => capacity?.instanceType ?? []);
  return types.length === 0 || types.some(hasInstanceStore) ? undefined : encryptionKey.keyArn;
}

function variantWith(
  { variants, invocation }: ConfigurationParts,
  name: string,
  initialVariantWeight: number,
): VariantContent {
  const { modelName, capacity } = variants.find((variant) => variant.name === name)!;
  const common = { variantName: name, modelName, initialVariantWeight };
  if (capacity) {
    const { instanceType, instances } = capacity;
    return { ...common, instanceType, initialInstanceCount: instances.initial };
  }
  const { memoryMib, maxConcurrency, provisionedConcurrency } = invocation.serverless!;
  return { ...common, serverlessConfig: { memorySizeInMb: memoryMib, maxConcurrency, provisionedConcurrency } };
}

function asynchronousOf({
  invocation: { asynchronous },
  requests,
}: ConfigurationParts): SagemakerEndpointConfigurationAsyncInferenceConfig | undefined {
  if (!asynchronous || !requests) return undefined;
  const { concurrency, successTopicArn, errorTopicArn } = asynchronous;
  const { bucket, outputs, failures } = requests;
  const uri = (folder: string) => `s3://${bucket.bucketName}/${folder}`;
  const topics = successTopicArn !== undefined || errorTopicArn !== undefined;
  return {
    clientConfig: concurrency === undefined ? undefined : { maxConcurrentInvocationsPerInstance: concurrency },
    outputConfig: {
      s3OutputPath: uri(outputs),
      s3FailurePath: uri(failures),
      kmsKeyId: bucket.encryptionKey?.keyArn,
      notificationConfig: topics ? { successTopic: successTopicArn, errorTopic: errorTopicArn } : undefined,
    },
  };
}

/** JSON and CSV are captured as they are, everything else in Base64. */
function captureOf(captured: CapturedData): SagemakerEndpointConfigurationDataCaptureConfig {
  return {
    enableCapture: true,
    destinationS3Uri: captured.destination,
    initialSamplingPercentage: captured.samplingPercent,
    kmsKeyId: captured.keyArn,
    captureOptions: [{ captureMode: 'Input' }, { captureMode: 'Output' }],
    captureContentTypeHeader: { csvContentTypes: ['text/csv'], jsonContentTypes: ['application/json'] },
  };
}
