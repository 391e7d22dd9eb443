import type { IConstruct } from 'constructs';
import { Aws } from './aws';

/** An image in ECR by its tag or digest; its account, its region and its repository may be tokens. */
const IMAGE =
  /^(?<account>\d{12}|\$\{[^}]+\})\.dkr\.ecr\.(?<region>[a-z0-9-]+|\$\{[^}]+\})\.[^/]+\/(?<repository>[a-z0-9][a-z0-9._/-]*|\$\{[^}]+\})[:@]/;

/** ARN of the repository that holds an image; `undefined` of an image that is elsewhere, or known later only. */
export function imageRepositoryArn(scope: IConstruct, image: string): string | undefined {
  const { account, region, repository } = IMAGE.exec(image)?.groups ?? {};
  return repository === undefined
    ? undefined
    : Aws.of(scope).arn('ecr', `repository/${repository}`, { account, region });
}
