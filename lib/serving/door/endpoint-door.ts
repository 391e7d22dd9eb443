import { ApiGatewayApiKey } from '@cdktf/provider-aws/lib/api-gateway-api-key';
import { ApiGatewayDeployment } from '@cdktf/provider-aws/lib/api-gateway-deployment';
import { ApiGatewayMethodSettings } from '@cdktf/provider-aws/lib/api-gateway-method-settings';
import { ApiGatewayRestApi } from '@cdktf/provider-aws/lib/api-gateway-rest-api';
import { ApiGatewayStage } from '@cdktf/provider-aws/lib/api-gateway-stage';
import { ApiGatewayUsagePlan } from '@cdktf/provider-aws/lib/api-gateway-usage-plan';
import { ApiGatewayUsagePlanKey } from '@cdktf/provider-aws/lib/api-gateway-usage-plan-key';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { LOG_GROUP, LOG_RETENTION_DAYS } from '../../aws/log-group';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { keepData, mayDestroy, type Removal } from '../../core/removal';
import { NAME } from '../../core/text-pattern';
import { waive } from '../../core/waivers';
import type { IKey } from '../../encryption/key';
import { Principal } from '../../iam/principal';
import { renderedPolicy } from '../../iam/rendered-policy';
import { Role } from '../../iam/role';
import type { IGrantable, PolicyConditions, PolicyStatement } from '../../iam/statement';
import type { IEndpoint } from '../endpoint/endpoint-base';
import { contentHash } from '../model/content-hash';
import type { DoorAuth, DoorReach } from './door-access';
import { doorDefinition } from './door-definition';
import {
  DEFAULT_DOOR_LOG_DAYS,
  DEFAULT_DOOR_RATE,
  DOOR,
  DOOR_CLIENT,
  DOOR_POLICY,
  DOOR_RATE,
  DOOR_STAGE,
  REQUESTS_PER_DAY,
} from './door-limits';

/** How much a client may ask. */
export interface DoorClient {
  /** Requests in a second, over some time. */
  readonly requestsPerSecond: number;
  /** @default - no limit by the day */
  readonly requestsPerDay?: number;
}

/** What a door is made of. */
export interface EndpointDoorProps {
  /** Name after the stack's prefix: lower-case letters, digits and single hyphens. */
  readonly name: string;
  /** Real-time or serverless: who asks gets the answer at once. */
  readonly endpoint: IEndpoint;
  readonly auth: DoorAuth;
  readonly reach: DoorReach;
  /**
   * Clients by name, each with a key that tells it from others and limits it; the key alone opens nothing. Who asks sends it as
   * `x-api-key`. Its value is in the Terraform state.
   * @default - none: only the limit of all together holds
   */
  readonly clients?: Readonly<Record<string, DoorClient>>;
  /** Requests in a second of all clients together. @default 50 */
  readonly requestsPerSecond?: number;
  /** Key of the log. */
  readonly encryptionKey: IKey;
  /** Retention of the log in days: one of `LOG_RETENTION_DAYS`. @default 365 */
  readonly logRetentionDays?: number;
  /** Whether the log may be destroyed: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/** What the log says of a request: never its content. */
const LOGGED = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  caller: '$context.identity.caller',
  subject: '$context.authorizer.claims.sub',
  client: '$context.identity.apiKeyId',
  ip: '$context.identity.sourceIp',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  trace: '$context.xrayTraceId',
};
/**
 * A door to an endpoint for callers without a role of this account: `POST /invocations`, with the body, `Content-Type` and `Accept` of the
 * runtime. API Gateway authenticates, limits and logs each request; nobody asks without being known. The id of a request
 * (`x-amzn-RequestId` of the answer) is the inference id that the endpoint captures, with `X-Amzn-SageMaker-Custom-Attributes`;
 * `X-Amzn-SageMaker-Target-Variant` asks one variant, as an experiment does. The answer says its variant as `x-model-variant`.
 * An error of the model is 502, one of the request 400. Answers end after 29 seconds, and at 10 MB.
 *
 * The account must have a role with which API Gateway writes logs (`aws_api_gateway_account`, once in an account and region).
 *
 * Makes a REST API with its stage, log group and role, limits and keys of the clients. Costs nothing at rest but its log, by the
 * gigabyte-month; each million requests is charged, and the web ACL by WAF. Destroying it closes the door; the address is never the same again.
 */
export class EndpointDoor extends Construct {
  /** Where clients ask: `https://<id>.execute-api.<region>.amazonaws.com/v1/invocations`. */
  public readonly address: string;
  /** What the API may do: ask the endpoint. */
  public readonly role: Role;
  /** The underlying API. */
  public readonly resource: ApiGatewayRestApi;
  /** The underlying stage. */
  public readonly stage: ApiGatewayStage;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: EndpointDoorProps,
  ) {
    super(scope, id);
    this.validate(props);

    const { endpoint, reach, requestsPerSecond = DEFAULT_DOOR_RATE } = props;
    const { account, region, urlSuffix } = Aws.of(this);
    this.role = new Role(this, 'Role', {
      assumedBy: Principal.service('apigateway.amazonaws.com', account),
      description: 'Asks an endpoint for the callers of a door',
    });
    // API Gateway reads no stream
    this.role.addToPolicy({ actions: ['sagemaker:InvokeEndpoint'], resources: [endpoint.endpointArn] });
    const body = JSON.stringify(doorDefinition(this, props, this.role.roleArn));
    this.resource = this.makeApi(body);
    this.stage = this.makeStage(body);
    const limits = new ApiGatewayMethodSettings(this, 'Limits', {
      restApiId: this.resource.id,
      stageName: this.stage.stageName,
      methodPath: '*/*',
      settings: {
        metricsEnabled: true,
        loggingLevel: 'OFF', // it would log contents; the log of requests is that of the stage
        throttlingRateLimit: requestsPerSecond,
        throttlingBurstLimit: requestsPerSecond,
      },
    });
    waive(limits, 'a prediction of a moment ago may be wrong now', 'CKV_AWS_225', 'AWS-0190');
    if (reach.webAclArn !== undefined) {
      new Wafv2WebAclAssociation(this, 'Shield', { resourceArn: this.stage.arn, webAclArn: reach.webAclArn });
    }
    this.admitClients();
    this.address = `https://${this.resource.id}.execute-api.${region}.${urlSuffix}/${DOOR_STAGE}/invocations`;
  }

  /** Allows asking through the door, if it is one of IAM: `execute-api:Invoke` on its path. */
  public grantAsk(grantee: IGrantable): void {
    const path = `${this.resource.id}/${DOOR_STAGE}/POST/invocations`;
    grantee.addToPolicy({ actions: ['execute-api:Invoke'], resources: [Aws.of(this).arn('execute-api', path)] });
  }

  /**
   * A token of Cognito needs an allow of the policy too. For IAM it allows its callers only: what a policy of the API allows, a role of
   * the account may without a policy of its own (API Gateway guide, "How API Gateway resource policies affect authorization workflow").
   * There is always a policy: the provider sends the one before again if none is written.
   */
  private policy(): string {
    const { auth, reach } = this.props;
    const any = {
      principal: Principal.anyone(),
      actions: ['execute-api:Invoke'],
      resources: [Aws.of(this).arn('execute-api', `*/${DOOR_STAGE}/POST/invocations`)],
    };
    const deny = (conditions: PolicyConditions): PolicyStatement => ({ ...any, effect: 'Deny', conditions });
    const statements: PolicyStatement[] = [deny({ Bool: { 'aws:SecureTransport': 'false' } })];
    if (!auth.isIam) statements.push(any);
    if (auth.callers.length > 0) statements.push({ ...any, principal: Principal.arns(auth.callers) });
    if (reach.vpcEndpointIds) statements.push(deny({ StringNotEquals: { 'aws:SourceVpce': reach.vpcEndpointIds } }));
    return renderedPolicy(this, DOOR_POLICY, () => statements);
  }

  private makeApi(body: string): ApiGatewayRestApi {
    const { name, endpoint, reach } = this.props;
    return new ApiGatewayRestApi(this, 'Resource', {
      name: physicalName(this, DOOR, name),
      description: `Asks the endpoint ${endpoint.endpointName}`,
      body,
      policy: this.policy(),
      binaryMediaTypes: ['*/*'], // bodies pass as they are: of an image, bytes that are no UTF-8 would be replaced
      endpointConfiguration: reach.vpcEndpointIds
        ? { types: ['PRIVATE'], vpcEndpointIds: [...reach.vpcEndpointIds] }
        : { types: ['REGIONAL'] },
      lifecycle: { createBeforeDestroy: true },
    });
  }

  private makeStage(body: string): ApiGatewayStage {
    const { encryptionKey, logRetentionDays = DEFAULT_DOOR_LOG_DAYS, removal, name, auth, reach } = this.props;
    encryptionKey.allowLogs();
    const logs = new CloudwatchLogGroup(this, 'Logs', {
      name: physicalName(this, LOG_GROUP, `${name}-door`),
      retentionInDays: logRetentionDays,
      kmsKeyId: encryptionKey.keyArn,
      skipDestroy: !mayDestroy(this, removal),
      lifecycle: keepData(this, removal),
    });
    const deployment = new ApiGatewayDeployment(this, 'Deployment', {
      restApiId: this.resource.id,
      triggers: { content: contentHash({ body, reach: reach.vpcEndpointIds, callers: auth.callers }) },
      lifecycle: { createBeforeDestroy: true },
    });
    const stage = new ApiGatewayStage(this, 'Stage', {
      restApiId: this.resource.id,
      deploymentId: deployment.id,
      stageName: DOOR_STAGE,
      xrayTracingEnabled: true,
      accessLogSettings: { destinationArn: logs.arn, format: JSON.stringify(LOGGED) },
    });
    waive(
      stage,
      'a prediction of a moment ago may be wrong now, and certificates are of backends of HTTP',
      'CKV_AWS_120',
      'CKV2_AWS_51',
    );
    waive(stage, 'logs of executions have what is asked; its own log has who asks', 'CKV2_AWS_4');
    if (reach.webAclArn) waive(stage, 'the rules of the web ACL are those of its owner', 'CKV2_AWS_77');
    return stage;
  }

  private admitClients(): void {
    const { clients = {}, name } = this.props;
    for (const [client, { requestsPerSecond, requestsPerDay }] of Object.entries(clients)) {
      const clientName = physicalName(this, DOOR_CLIENT, name, client);
      const key = new ApiGatewayApiKey(this, `Key-${client}`, { name: clientName });
      const plan = new ApiGatewayUsagePlan(this, `Plan-${client}`, {
        name: clientName,
        apiStages: [{ apiId: this.resource.id, stage: this.stage.stageName }],
        throttleSettings: { rateLimit: requestsPerSecond, burstLimit: requestsPerSecond },
        quotaSettings: requestsPerDay === undefined ? undefined : { limit: requestsPerDay, period: 'DAY' },
      });
      new ApiGatewayUsagePlanKey(this, `PlanKey-${client}`, {
        keyId: key.id,
        keyType: 'API_KEY',
        usagePlanId: plan.id,
      });
    }
  }

  private validate(props: EndpointDoorProps): void {
    const { name, endpoint, clients = {}, requestsPerSecond, logRetentionDays } = props ?? {};
    const properties = Properties.of(this)
      .present(props, 'name', 'endpoint', 'auth', 'reach', 'encryptionKey')
      .known(props, 'name', 'clients')
      .matches('name', name, NAME)
      .oneOf('logRetentionDays', logRetentionDays, LOG_RETENTION_DAYS)
      .integer('requestsPerSecond', requestsPerSecond, DOOR_RATE);
    properties.throwIfInvalid();
    properties.require(
      endpoint.invocation !== 'asynchronous',
      "'endpoint' must answer at once, got an asynchronous one; let clients write requests to its bucket",
    );
    for (const [client, limits] of Object.entries(clients)) {
      properties
        .matches('clients', client, NAME)
        .integer(`clients.${client}.requestsPerSecond`, limits.requestsPerSecond, DOOR_RATE)
        .integer(`clients.${client}.requestsPerDay`, limits.requestsPerDay, REQUESTS_PER_DAY);
    }
    properties.throwIfInvalid();
  }
}
