import {
  DoorAuth,
  DoorReach,
  EndpointDoor,
  type EndpointDoorProps,
  Invocation,
  SageMakerEndpoint,
} from '../../lib/serving';
import { Bucket } from '../../lib/storage/bucket';
import { Template } from '../../lib/testing';
import '../../lib/testing/jest';
import { lintPolicies } from '../support/iam-lint';
import { endpointIn } from '../support/serving';
import { acmeStack, keyIn, roleIn } from '../support/stack';

type Stack = ReturnType<typeof acmeStack>;

const POOL = 'arn:aws:cognito-idp:eu-north-1:111122223333:userpool/eu-north-1_AbCdEf';
const SHOP = 'arn:aws:iam::444455556666:role/shop';
const WAF = 'arn:aws:wafv2:eu-north-1:111122223333:regional/webacl/acme/1234abcd-12ab-34cd-56ef-1234567890ab';

function doorIn(s: Stack, props: Partial<EndpointDoorProps> = {}): EndpointDoor {
  return new EndpointDoor(s, 'Door', {
    name: 'fraud',
    endpoint: SageMakerEndpoint.fromEndpointAttributes(s, 'Asked', { endpointName: 'acme-dev-card-fraud' }),
    auth: DoorAuth.iam(),
    reach: DoorReach.vpc('vpce-0a1b2c3d', 'vpce-0a1b2c3e'),
    encryptionKey: keyIn(s),
    ...props,
  });
}
function statementsOf(props: Partial<EndpointDoorProps>): unknown[] {
  const s = acmeStack();
  doorIn(s, props);
  return JSON.parse(`${Template.synth(s).one('aws_api_gateway_rest_api').policy}`).Statement;
}
const bodyOf = (template: Template) => JSON.parse(`${template.one('aws_api_gateway_rest_api').body}`);

describe('a door for roles of other networks', () => {
  const s = acmeStack();
  const door = doorIn(s);
  const caller = roleIn(s, 'Caller');
  door.grantAsk(caller);
  const template = Template.synth(s);
  const operation = bodyOf(template).paths['/invocations'].post;

  test('asks who it is before anything else: there is no way in without', () => {
    expect(operation.security).toEqual([{ Caller: [] }]);
    expect(bodyOf(template).securityDefinitions.Caller).toMatchObject({
      name: 'Authorization',
      'x-amazon-apigateway-authtype': 'awsSigv4',
    });
    expect(Object.keys(bodyOf(template).paths)).toEqual(['/invocations']);
    const arn = template.resolve(door.resource.id);
    expect(template.policyOf(caller)).toAllow({
      actions: 'execute-api:Invoke',
      resources: `arn:aws:execute-api:eu-north-1:111122223333:${arn}/v1/POST/invocations`,
    });
  });

  test('answers only the networks that it names', () => {
    const api = template.one('aws_api_gateway_rest_api');
    expect(api.endpoint_configuration).toEqual({
      types: ['PRIVATE'],
      vpc_endpoint_ids: ['vpce-0a1b2c3d', 'vpce-0a1b2c3e'],
    });
    const plain = { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    const outside = {
      Effect: 'Deny',
      Condition: { StringNotEquals: { 'aws:SourceVpce': ['vpce-0a1b2c3d', 'vpce-0a1b2c3e'] } },
    };
    // what the policy of the API allowed, every role of the account could without a grant
    expect(statementsOf({})).toEqual([expect.objectContaining(plain), expect.objectContaining(outside)]);
    expect(statementsOf({ auth: DoorAuth.iam({ callers: [SHOP] }) })).toEqual([
      expect.objectContaining(plain),
      expect.objectContaining({ Effect: 'Allow', Principal: { AWS: [SHOP] } }), // a caller of another account needs it
      expect.objectContaining(outside),
    ]);
    expect(statementsOf({ auth: DoorAuth.cognito({ userPoolArns: [POOL] }) })).toEqual([
      expect.objectContaining(plain),
      expect.objectContaining({ Effect: 'Allow', Principal: '*' }), // the token is asked for after it
      expect.objectContaining(outside),
    ]);
  });

  test('asks this endpoint and no other, and hands on the id of the request, under which the answer is captured', () => {
    const integration = operation['x-amazon-apigateway-integration'];
    expect(integration).toMatchObject({
      uri: 'arn:aws:apigateway:eu-north-1:runtime.sagemaker:path/endpoints/acme-dev-card-fraud/invocations',
      requestParameters: { 'integration.request.header.X-Amzn-SageMaker-Inference-Id': 'context.requestId' },
      timeoutInMillis: 29_000,
    });
    expect(integration.requestParameters).toMatchObject({
      'integration.request.header.X-Amzn-SageMaker-Target-Variant':
        'method.request.header.X-Amzn-SageMaker-Target-Variant',
    });
    expect(template.one('aws_api_gateway_rest_api').binary_media_types).toEqual(['*/*']); // images pass unchanged
    expect(Object.keys(integration.responses)).toEqual(['424', '4\\d{2}', '5\\d{2}', 'default']);
    const policy = template.policyOf(door.role);
    const arn = 'arn:aws:sagemaker:eu-north-1:111122223333:endpoint/acme-dev-card-fraud';
    expect(policy).toAllow({ actions: 'sagemaker:InvokeEndpoint', resources: arn });
    expect(policy.allowsAny({ actions: 'sagemaker:InvokeEndpoint', resources: `${arn}-of-others` })).toBe(false);
  });

  test('logs who asked and how it went, never what, and traces it', () => {
    const stage = template.one('aws_api_gateway_stage');
    const { format } = stage.access_log_settings as unknown as { format: string };
    expect(Object.keys(JSON.parse(format))).toEqual(
      expect.arrayContaining(['requestId', 'caller', 'client', 'status', 'latencyMs', 'trace']),
    );
    expect(format).not.toMatch(/body|querystring/i);
    expect(stage.xray_tracing_enabled).toBe(true);
    expect(template.one('aws_api_gateway_method_settings').settings).toMatchObject({
      logging_level: 'OFF', // of the executions, with contents
      throttling_rate_limit: 50,
      throttling_burst_limit: 50,
    });
    expect(template.all('aws_cloudwatch_log_group')[0]).toMatchObject({
      name: 'acme-dev-fraud-door',
      retention_in_days: 365,
      lifecycle: { prevent_destroy: true },
    });
  });

  test('is deployed again if anything of it changes', () => {
    const triggerOf = (props: Partial<EndpointDoorProps>) => {
      const other = acmeStack();
      doorIn(other, props);
      return (Template.synth(other).one('aws_api_gateway_deployment').triggers as { content: string }).content;
    };
    expect(triggerOf({})).toBe(triggerOf({}));
    expect(triggerOf({ reach: DoorReach.vpc('vpce-0a1b2c3d') })).not.toBe(triggerOf({}));
    expect(triggerOf({ auth: DoorAuth.cognito({ userPoolArns: [POOL] }) })).not.toBe(triggerOf({}));
    expect(triggerOf({ auth: DoorAuth.iam({ callers: [SHOP] }) })).not.toBe(triggerOf({}));
  });

  test('names actions that exist, on resources and with condition keys that they have', async () => {
    expect(await lintPolicies(template)).toEqual([]);
  });
});

describe('a door for users of Cognito, from the internet', () => {
  const s = acmeStack();
  doorIn(s, {
    auth: DoorAuth.cognito({ userPoolArns: [POOL], scopes: ['models/ask'] }),
    reach: DoorReach.internet(WAF),
    clients: { shop: { requestsPerSecond: 20, requestsPerDay: 100_000 }, app: { requestsPerSecond: 5 } },
    requestsPerSecond: 100,
  });
  const template = Template.synth(s);

  test('takes tokens of its pool with its scope, behind a web ACL', () => {
    const { paths, securityDefinitions } = bodyOf(template);
    expect(paths['/invocations'].post.security).toEqual([{ Caller: ['models/ask'], Client: [] }]);
    expect(securityDefinitions.Caller['x-amazon-apigateway-authorizer']).toEqual({
      type: 'cognito_user_pools',
      providerARNs: [POOL],
    });
    expect(template.one('aws_api_gateway_rest_api').endpoint_configuration).toEqual({ types: ['REGIONAL'] });
    // without an allow, the policy would refuse tokens
    expect(JSON.parse(`${template.one('aws_api_gateway_rest_api').policy}`).Statement[1]).toMatchObject({
      Effect: 'Allow',
      Principal: '*',
    });
    expect(template.one('aws_wafv2_web_acl_association').web_acl_arn).toBe(WAF);
  });

  test('or takes the requests that callers of other accounts sign, and nobody elses', () => {
    expect(statementsOf({ auth: DoorAuth.iam({ callers: [SHOP] }), reach: DoorReach.internet(WAF) })).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({ Effect: 'Allow', Principal: { AWS: [SHOP] }, Action: ['execute-api:Invoke'] }),
    ]);
  });

  test('limits each client, besides all together', () => {
    expect(template.all('aws_api_gateway_usage_plan')).toEqual([
      expect.objectContaining({ name: 'acme-dev-fraud-app', throttle_settings: { rate_limit: 5, burst_limit: 5 } }),
      expect.objectContaining({
        name: 'acme-dev-fraud-shop',
        throttle_settings: { rate_limit: 20, burst_limit: 20 },
        quota_settings: { limit: 100_000, period: 'DAY' },
      }),
    ]);
    expect(template.one('aws_api_gateway_method_settings').settings).toMatchObject({ throttling_rate_limit: 100 });
  });
});

describe('a door is refused', () => {
  test.each<[string, (s: Stack) => unknown, string]>([
    [
      'in front of an endpoint that answers later',
      (s) => {
        const invocation = Invocation.asynchronous({ instanceType: 'ml.m5.large', bucket: new Bucket(s, 'Requests') });
        return doorIn(s, { endpoint: endpointIn(s, { invocation }) });
      },
      "'endpoint' must answer at once, got an asynchronous one; let clients write requests to its bucket",
    ],
    ['without a word about who may ask', (s) => doorIn(s, { auth: undefined }), "'auth' must be set, got undefined"],
    ['without a word about from where', (s) => doorIn(s, { reach: undefined }), "'reach' must be set, got undefined"],
    ['with no network', () => DoorReach.vpc(), "'vpcEndpointIds' must have at least one id, got none"],
    [
      'with a VPC in place of its endpoint',
      () => DoorReach.vpc('vpc-0a1b2c3d'),
      "'vpcEndpointIds[0]' must be the id of",
    ],
    [
      'from the internet without a web ACL',
      () => DoorReach.internet('none'),
      "'webAclArn' must be the ARN of a regional",
    ],
    ['for users of no pool', () => DoorAuth.cognito({ userPoolArns: [] }), "'userPoolArns' must have at least one ARN"],
    [
      'for a pool that is none',
      () => DoorAuth.cognito({ userPoolArns: ['eu-north-1_AbCdEf'] }),
      "'userPoolArns[0]' must be the ARN of a user pool",
    ],
    [
      'for a whole account in place of a role',
      () => DoorAuth.iam({ callers: ['arn:aws:iam::444455556666:root'] }),
      "'callers[0]' must be the ARN of a role or user",
    ],
    [
      'for more callers than its policy holds',
      () => DoorAuth.iam({ callers: Array.from({ length: 21 }, (_, index) => `${SHOP}${index}`) }),
      "'callers' must be at most 20, got 21",
    ],
    [
      'with a client that may ask nothing',
      (s) => doorIn(s, { clients: { shop: { requestsPerSecond: 0 } } }),
      "'clients.shop.requestsPerSecond' must be between 1 and 10000, got 0",
    ],
    [
      'without any request',
      (s) => doorIn(s, { requestsPerSecond: 0 }),
      "'requestsPerSecond' must be between 1 and 10000",
    ],
  ])('%s', (_, make, message) => {
    expect(() => make(acmeStack())).toThrow(message);
  });
});
