import { TerraformOutput, type TerraformStack } from 'cdktf';
import { partitionOf } from '../../../lib/aws/arns';
import { Aws } from '../../../lib/aws/aws';

/** Domains of the consoles by partition. */
const HOSTS: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/**
 * An output with a page of the console, or with a page for each name. Nothing in a partition whose console is not known.
 *
 * @param pages what comes after the host: `states/home`, and what the service has after the `#`
 */
export function showPages(
  stack: TerraformStack,
  output: string,
  description: string,
  pages: string | ReadonlyMap<string, string>,
): void {
  const { region } = Aws.of(stack);
  const host = HOSTS[partitionOf(region)];
  if (host === undefined) return;
  const address = (page: string) => {
    const [path, place] = page.split('#');
    return `https://${region}.${host}/${path}?region=${region}#${place}`;
  };
  const value =
    typeof pages === 'string'
      ? address(pages)
      : Object.fromEntries([...pages].map(([name, page]) => [name, address(page)]));
  new TerraformOutput(stack, output, { staticId: true, value, description });
}
