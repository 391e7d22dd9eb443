import type { IConstruct } from 'constructs';
import { Aws } from '../../aws/aws';
import type { IEndpoint } from '../endpoint/endpoint-base';
import type { DoorAuth } from './door-access';

/** The longest that API Gateway waits. */
const TIMEOUT_MILLISECONDS = 29_000;
/** Headers of a request that reach the endpoint. */
const HEADERS = ['Content-Type', 'Accept', 'X-Amzn-SageMaker-Custom-Attributes', 'X-Amzn-SageMaker-Target-Variant'];
const VARIANT_HEADER = 'x-model-variant';

/** What the definition of a door says. */
export interface DoorDefinition {
  readonly name: string;
  readonly endpoint: IEndpoint;
  readonly auth: DoorAuth;
  /** @default - none: no key is asked for */
  readonly clients?: object;
}

/** The definition of the API, in Swagger with the extensions of API Gateway: OpenAPI 3 ignores parameters named Content-Type and Accept. */
export function doorDefinition(scope: IConstruct, { name, endpoint, auth, clients }: DoorDefinition, roleArn: string) {
  const client = clients ? { Client: [] } : {};
  return {
    swagger: '2.0',
    info: { title: name, version: '1' },
    paths: {
      '/invocations': { post: operation(scope, endpoint.endpointName, roleArn, [{ Caller: auth.scopes, ...client }]) },
    },
    securityDefinitions: {
      Caller: auth.securityScheme,
      ...(clients && { Client: { type: 'apiKey', name: 'x-api-key', in: 'header' } }),
    },
  };
}

function operation(scope: IConstruct, endpointName: string, credentials: string, security: readonly object[]): object {
  const { partition, region } = Aws.of(scope);
  const header = (name: string) => ({ name, in: 'header', required: false, type: 'string' });
  const answer = (description: string) => ({ description });
  return {
    security,
    parameters: HEADERS.map(header),
    responses: {
      200: { ...answer('the answer of the model'), headers: { [VARIANT_HEADER]: { type: 'string' } } },
      400: answer('the request is refused'),
      502: answer('the model has failed'),
    },
    'x-amazon-apigateway-integration': {
      type: 'aws',
      httpMethod: 'POST',
      uri: `arn:${partition}:apigateway:${region}:runtime.sagemaker:path/endpoints/${endpointName}/invocations`,
      credentials,
      passthroughBehavior: 'when_no_match',
      timeoutInMillis: TIMEOUT_MILLISECONDS,
      requestParameters: {
        ...Object.fromEntries(
          HEADERS.map((name) => [`integration.request.header.${name}`, `method.request.header.${name}`]),
        ),
        'integration.request.header.X-Amzn-SageMaker-Inference-Id': 'context.requestId',
      },
      responses: {
        '424': { statusCode: '502' }, // ModelError
        '4\\d{2}': { statusCode: '400' },
        '5\\d{2}': { statusCode: '502' },
        default: {
          statusCode: '200',
          responseParameters: {
            [`method.response.header.${VARIANT_HEADER}`]:
              'integration.response.header.x-Amzn-Invoked-Production-Variant',
          },
        },
      },
    },
  };
}
