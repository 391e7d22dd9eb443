import { providerOf, type StackConfiguration } from '../../source/manifest';

/** Attributes with the name of a file to write, by type of resource or data source. */
const WRITTEN: Readonly<Record<string, string>> = {
  archive_file: 'output_path',
  local_file: 'filename',
  local_sensitive_file: 'filename',
};

/** Folder, in the folder that Terraform runs in, for files that a stack writes elsewhere. */
const ELSEWHERE = 'elsewhere';

const INSIDE = /^(?:\$\{path\.(?:module|root|cwd)\}|\.(?=\/)|[\w-]+(?=\/|\.|$))/;

/** Moves the files that a stack writes into the scratch folder: `/etc/hosts` becomes `elsewhere/etc/hosts`. */
export function confineFiles(configuration: StackConfiguration, provider: string): void {
  const data = Object.entries(configuration.data ?? {}).filter(([type]) => type === 'archive_file'); // the others only read
  for (const [type, blocks] of [...Object.entries(configuration.resource ?? {}), ...data]) {
    const attribute = WRITTEN[type];
    if (!attribute || providerOf(type) !== provider) continue;
    for (const block of Object.values(blocks)) block[attribute] = confined(block[attribute]);
  }
}

function confined(path: unknown): unknown {
  if (typeof path !== 'string') return path;
  const isInside = INSIDE.test(path) && !path.includes('..');
  return isInside ? path : `${ELSEWHERE}/${path.replaceAll('..', '_').replace(/^[/\\]+/, '')}`;
}
