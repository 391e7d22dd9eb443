import type { StackConfiguration } from '../source/manifest';

/** Data sources that run a program, with what they return where it does not run. */
const RESULTS: Readonly<Record<string, (keys: Record<string, string>) => Readonly<Record<string, unknown>>>> = {
  external: (result) => ({ result }),
  local_command: () => ({ exit_code: 0, stdout: '', stderr: '' }),
};

/** A data source that is not read, and its values instead. */
export interface Program {
  readonly address: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The data sources of a stack that would run a program. */
export function programsOf(configuration: StackConfiguration): Program[] {
  const text = JSON.stringify(configuration);
  return Object.entries(RESULTS).flatMap(([type, values]) =>
    Object.keys(configuration.data?.[type] ?? {}).map((name) => {
      const address = `data.${type}.${name}`;
      return { address, values: values(Object.fromEntries(keysOf(address, text).map((key) => [key, 'rehearsal']))) };
    }),
  );
}

/** `key` of every `<address>.result.key` and `<address>.result["key"]`. */
function keysOf(address: string, text: string): string[] {
  const reference = new RegExp(`\\b${address}(?:\\[[^\\]]*\\])?\\.result(?:\\.|\\[\\\\")([\\w-]+)`, 'g');
  return [...text.matchAll(reference)].map(([, key]) => key!);
}
