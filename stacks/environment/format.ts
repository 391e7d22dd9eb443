import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { escaped } from '../../lib/core/text-pattern';
import { type Draft, draftOf, ownOf } from './draft';
import type { Environment, EnvironmentOf, ValidEnvironment } from './environment';
import { EnvironmentFileError, type FileError } from './errors';
import { generalRules } from './rules/general';
import { fileNameRule, nameRules } from './rules/names';
import { referenceRules } from './rules/references';
import { type ServiceNeed, serviceNeeds } from './rules/service-needs';
import { PROFILES } from './schema/choices';
import { GENERAL } from './schema/general';
import { type JsonSchema, Schemas } from './schema/json-schema';
import type { AnySection } from './section';
import { Document } from './text/document';
import { issuesOf } from './text/issues';
import { translate } from './text/translate';

const UNREADABLE: Record<string, string> = {
  ENOENT: 'does not exist; create it, e.g. as a copy of environments/dev.yaml',
  EISDIR: 'is a folder; name a file',
  EACCES: 'cannot be read: permission denied; change its permissions',
};

/** The format of environment files, from the schemas and rules of the sections. Reads, checks and completes files. */
export class EnvironmentFormat<S extends AnySection> {
  private readonly schema: z.ZodType;
  private known?: Schemas;

  /** @param sections in the order in which they create their parts */
  constructor(public readonly sections: readonly S[]) {
    const schemas = Object.fromEntries(sections.map(({ name, schema }) => [name, schema]));
    this.schema = z.strictObject({ ...GENERAL, ...schemas }).describe('One environment of the platform.');
  }

  /** JSON Schema for completion and help in editors. */
  public get jsonSchema(): JsonSchema {
    return this.schemas.forEditors;
  }

  /**
   * Reads an environment file.
   *
   * @throws EnvironmentFileError with all errors, each with line and column
   */
  public load(file: string): EnvironmentOf<S> {
    return this.parse(textOf(file), file);
  }

  /** Errors of a valid file that are found together with other files, with line and column. */
  public errorIn(file: string, errors: readonly FileError[]): EnvironmentFileError {
    const document = new Document(textOf(file));
    return new EnvironmentFileError(
      file,
      errors.map((error) => document.place(error)),
    );
  }

  /**
   * Reads the text of an environment file.
   *
   * @param file file name for error messages; its last part must be the environment's name
   * @throws EnvironmentFileError with all errors, each with line and column
   */
  public parse(text: string, file: string): EnvironmentOf<S> {
    const document = new Document(text);
    if (!document.readable) throw new EnvironmentFileError(file, document.errors);
    if (document.data === null) throw refusal(file, 'is empty; start with a copy of environments/dev.yaml');

    const data = withDefaultEngines(document.data, this.schemas);
    const parsed = this.schema.safeParse(data);
    const typeErrors = translate(parsed.success ? [] : issuesOf(this.schema, data), document, (path, ofAnyEngine) =>
      this.schemas.at(path, ofAnyEngine ? undefined : data),
    );
    const errors = [...typeErrors, ...this.rules(file, draftOf(data, typeErrors))];
    if (!parsed.success || errors.length > 0 || document.errors.length > 0) {
      throw new EnvironmentFileError(file, [...document.errors, ...errors.map((error) => document.place(error))]);
    }
    const valid = parsed.data as ValidEnvironment;
    const settings = this.settingsOf(valid);
    const needs = serviceNeeds(this.sections, { ...valid, ...settings } as Environment);
    const unserved = this.sections.flatMap((section) => [
      ...(section.unserved?.(writtenOf(section, valid), settings[section.name], needs) ?? []),
    ]);
    if (unserved.length > 0) {
      throw new EnvironmentFileError(
        file,
        unserved.map((error) => document.place(error)),
      );
    }
    return this.served(valid, settings, needs);
  }

  private get schemas(): Schemas {
    this.known ??= new Schemas(this.schema);
    return this.known;
  }

  private *rules(file: string, draft: Draft): Iterable<FileError> {
    yield* fileNameRule(file, draft);
    yield* generalRules(draft);
    yield* referenceRules(draft, this.schemas);
    yield* nameRules(draft, this.sections);
    for (const section of this.sections) yield* section.rules?.(ownOf(section, draft), draft) ?? [];
  }

  private settingsOf(valid: ValidEnvironment): Record<string, unknown> {
    return Object.fromEntries(
      this.sections.map((section) => [section.name, section.complete(writtenOf(section, valid), valid)]),
    );
  }

  private served(valid: ValidEnvironment, settings: Record<string, unknown>, needs: readonly ServiceNeed[]) {
    const served = this.sections.map((section) => {
      const own = settings[section.name];
      return [section.name, section.serve?.(writtenOf(section, valid), own, needs) ?? own];
    });
    return asLiterals({ ...valid, ...Object.fromEntries(served) }) as EnvironmentOf<S>;
  }
}

/** A section as written, with the defaults of its schema; `undefined` if the file does not have it. */
function writtenOf({ name }: AnySection, valid: ValidEnvironment): unknown {
  return (valid as unknown as Record<string, unknown>)[name];
}

/** Adds the default `engine` where the file has none, so that validation expects the keys of one engine. */
function withDefaultEngines(data: unknown, schemas: Schemas): unknown {
  const copy = structuredClone(data);
  const written = (copy as { profile?: unknown } | null)?.profile;
  const profile = PROFILES.find((name) => name === written) ?? PROFILES[0];
  schemas.visit(copy, (value, [...shapes]) => {
    const engine = shapes.find(({ defaultEngine }) => defaultEngine)?.defaultEngine?.[profile];
    const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (engine && isMapping && !('engine' in value)) Object.assign(value, { engine });
  });
  return copy;
}

/** Escapes Terraform's template sequences `${` and `%{`: text of the file is data. */
function asLiterals(value: unknown): unknown {
  if (typeof value === 'string') return escaped(value);
  if (Array.isArray(value)) return value.map(asLiterals);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [escaped(key), asLiterals(part)]));
}

function refusal(file: string, message: string): EnvironmentFileError {
  return new EnvironmentFileError(file, [{ line: 1, column: 1, path: [], message }]);
}

function textOf(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw refusal(file, UNREADABLE[code] ?? `cannot be read (${code})`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refusal(file, 'is not UTF-8 text; save it as UTF-8');
  }
}
