import { Construct, type IConstruct } from 'constructs';
import { Aws } from '../../aws/aws';
import type { ITable } from '../../data-lake/table';
import type { IGrantable } from '../../iam/statement';
import type { IBucket } from '../../storage/bucket';
import type { SmokeTest } from '../smoke/smoke-test';
import type { InvocationKind } from './endpoint-limits';

/** An endpoint as other modules see it. */
export interface IEndpoint extends IConstruct {
  readonly endpointName: string;
  /** `arn:<partition>:sagemaker:<region>:<account>:endpoint/<name>`. */
  readonly endpointArn: string;
  /** How it answers. */
  readonly invocation: InvocationKind;
  /** Variants that answer requests. Metrics have them as the dimension `VariantName`. */
  readonly variantNames: readonly string[];
  /** Variant that gets copies of requests, and whose answers nobody sees. @default - none */
  readonly shadowName?: string;
  /** Requests and answers that are captured; `undefined` if none are, or it is not known. */
  readonly captured?: ITable;
  /** Test of each deployment, whose alarm rolls it back; `undefined` if there is none, or it is not known. */
  readonly smoke?: SmokeTest;
  /** Requests and answers of an asynchronous endpoint; `undefined` of any other. */
  readonly requests?: RequestStore;
  /**
   * Allows asking for predictions: `sagemaker:InvokeEndpoint`, and of a real-time endpoint
   * `sagemaker:InvokeEndpointWithResponseStream`. Of an asynchronous one: `sagemaker:InvokeEndpointAsync`, writing requests as
   * `IBucket.grantWrite` and reading answers as `IBucket.grantRead` does.
   */
  grantInvoke(grantee: IGrantable): void;
  /**
   * Allows looking at its state, and at that of a deployment: `sagemaker:DescribeEndpoint` on it,
   * `sagemaker:DescribeEndpointConfig` on the configurations that the platform makes for it.
   */
  grantRead(grantee: IGrantable): void;
}

/** Where an asynchronous endpoint takes requests from, and writes answers. */
export interface RequestStore {
  readonly bucket: IBucket;
  /** Folder of the requests that clients write, without a slash at its end. */
  readonly inputs: string;
  /** Folder of the answers, without a slash at its end. */
  readonly outputs: string;
  /** Folder of what is written about requests that failed, without a slash at its end. */
  readonly failures: string;
}

/** Grants of every endpoint, new or existing. */
export abstract class EndpointBase extends Construct implements IEndpoint {
  public abstract readonly endpointName: string;
  public abstract readonly endpointArn: string;
  public abstract readonly invocation: InvocationKind;
  public abstract readonly variantNames: readonly string[];
  public abstract readonly requests?: RequestStore;

  public grantInvoke(grantee: IGrantable): void {
    grantee.addToPolicy({ actions: INVOKE_ACTIONS[this.invocation], resources: [this.endpointArn] });
    if (!this.requests) return;
    const { bucket, inputs, outputs, failures } = this.requests;
    bucket.grantWrite(grantee, `${inputs}/*`);
    bucket.grantRead(grantee, `${outputs}/*`);
    bucket.grantRead(grantee, `${failures}/*`);
  }

  public grantRead(grantee: IGrantable): void {
    grantee.addToPolicy({ actions: ['sagemaker:DescribeEndpoint'], resources: [this.endpointArn] });
    grantee.addToPolicy({
      actions: ['sagemaker:DescribeEndpointConfig'],
      resources: [Aws.of(this).arn('sagemaker', `endpoint-config/${this.endpointName}-*`)],
    });
  }
}

/** Actions that ask for predictions. */
const INVOKE_ACTIONS: Readonly<Record<InvocationKind, readonly string[]>> = {
  'real-time': ['sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointWithResponseStream'],
  serverless: ['sagemaker:InvokeEndpoint'],
  asynchronous: ['sagemaker:InvokeEndpointAsync'],
};
