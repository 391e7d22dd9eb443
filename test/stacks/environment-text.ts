import { EnvironmentFileError } from '../../stacks/environment';

/** An environment file with little in it. */
export const GOOD = `project: acme
environment: dev
account: "111122223333"
region: eu-north-1
owner: ml@acme.example
network:
  cidr: 10.20.0.0/16
lake:
  zones: { raw: {}, curated: {} }
  tables:
    orders:
      zone: raw
      format: parquet
      columns: { id: string, amount: double }
      owner: fraud
registry:
  images: [train]
teams:
  fraud: {}
`;

/** The good file, in which the first occurrence of each key is replaced by its value. */
export function changed(changes: Record<string, string>): string {
  return Object.entries(changes).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`nothing to replace: '${from}'`);
    return text.replace(from, () => to);
  }, GOOD);
}

/** What is said of a file that is refused. */
export function errorOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof EnvironmentFileError) return error.message;
    throw error;
  }
  throw new Error('the file was accepted');
}
