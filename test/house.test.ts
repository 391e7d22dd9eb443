import { constructorSize, fileNames, fileSize, folderSize, indexFiles } from './support/house/budgets';
import { ids, lifeDocs, scopes, tested } from './support/house/constructs';
import { defaultDocs, exportDocs } from './support/house/documentation';
import { exactActions } from './support/house/grants';
import { deepImports, folderOrder, internals, moduleOrder } from './support/house/imports';
import { noCycles, providerFree, pureLimits } from './support/house/loading';
import { type Rule, staleExceptionsOf, violationsOf } from './support/house/rule';
import { Sources } from './support/house/source';
import { knownValues, writtenNumbers } from './support/house/tokens';
import { environment, inputErrors, nullish, printing, typed } from './support/house/values';
import { environmentNames, issueNumbers, machinePaths, registryHosts } from './support/house/words';

type Texts = Readonly<Record<string, string>>;

/** A rule, files that break it with its messages, and the same files corrected. */
interface Convention {
  readonly rule: Rule;
  readonly bad: Texts;
  readonly messages: readonly string[];
  readonly good: Texts;
}

/** Parts of forbidden words, so that this file does not contain the words. */
const [SLASH, HASH, ISSUE, SCHEME] = ['/', '#', 'issue', 'http'];

const THING = "import { Construct } from 'constructs';\n/** A thing. */\nexport class Thing extends Construct {\n";
const lines = (count: number) => 'x;\n'.repeat(count);
const folder = (count: number): Texts =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`lib/core/part-${index}.ts`, '']));

const CONVENTIONS: readonly Convention[] = [
  {
    rule: deepImports,
    bad: {
      'test/a.test.ts': "import { s3Bucket } from '@cdktf/provider-aws';",
      'bench/b.ts': "const aws = await import('@cdktf/provider-aws/lib/index');\nrequire('@cdktf/provider-helm/lib');",
      'examples/c.ts':
        "import '@cdktf/provider-google-beta';\nimport '../.gen/providers/google';\nimport '../.gen/providers/google-beta/index';",
      'lib/iam/c.ts': "export type { Removal } from '../core';\ntype Tags = import('../core/index').Tags;",
    },
    messages: [
      "test/a.test.ts:1: imports '@cdktf/provider-aws': the whole binding costs seconds and 500 MB; import the file of one resource, as '@cdktf/provider-<name>/lib/<resource>'",
      "bench/b.ts:1: imports '@cdktf/provider-aws/lib/index': the whole binding costs seconds and 500 MB; import the file of one resource, as '@cdktf/provider-<name>/lib/<resource>'",
      "bench/b.ts:2: imports '@cdktf/provider-helm/lib': the whole binding costs seconds and 500 MB; import the file of one resource, as '@cdktf/provider-<name>/lib/<resource>'",
      "examples/c.ts:1: imports '@cdktf/provider-google-beta': the whole binding costs seconds and 500 MB; import the file of one resource, as '@cdktf/provider-<name>/lib/<resource>'",
      "examples/c.ts:2: imports '../.gen/providers/google': the whole binding costs seconds and 500 MB; import the file of one resource, as '@cdktf/provider-<name>/lib/<resource>'",
      "examples/c.ts:3: imports '../.gen/providers/google-beta/index': the whole binding costs seconds and 500 MB; import the file of one resource, as '@cdktf/provider-<name>/lib/<resource>'",
      "lib/iam/c.ts:1: imports '../core': that loads every file of the module; import the one file that is needed",
      "lib/iam/c.ts:2: imports '../core/index': that loads every file of the module; import the one file that is needed",
    ],
    good: {
      'lib/iam/c.ts':
        "import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';\nimport { Tags } from '../core/tags';",
      'lib/serving/d.ts':
        "import { ServiceV1 } from '@cdktf/provider-kubernetes/lib/service-v1';\nimport { BigQuery } from '../.gen/providers/google-beta/bigquery-dataset';",
      'stacks/data-stack.ts': "import { Bucket } from '../lib/storage';",
    },
  },
  {
    rule: internals,
    bad: { 'lib/core/names.ts': "\nimport { resolve } from 'cdktf/lib/_tokens';" },
    messages: [
      "lib/core/names.ts:2: imports 'cdktf/lib/_tokens': internals change without notice; import 'cdktf', or put it into lib/core/cdktf/synthesis.ts",
    ],
    good: {
      'lib/core/cdktf/synthesis.ts': "import { resolve } from 'cdktf/lib/_tokens';",
      'lib/core/names.ts': "import { Token } from 'cdktf';",
    },
  },
  {
    rule: moduleOrder,
    bad: {
      'lib/encryption/key.ts': "import type { Bucket } from '../storage/bucket';",
      'lib/data-lake/table.ts': "import { Database } from '../registry/database';\nimport { core } from '..';",
      'lib/attic/old.ts': '',
      'lib/core/tags.ts': "import { Aws } from '../aws/aws';",
    },
    messages: [
      "lib/encryption/key.ts:1: 'encryption' imports '../storage/bucket': only modules below it may be imported; move what both need down",
      "lib/data-lake/table.ts:1: 'data-lake' imports '../registry/database': only modules below it may be imported; move what both need down",
      "lib/data-lake/table.ts:2: 'data-lake' imports '..': only modules below it may be imported; move what both need down",
      "lib/attic/old.ts:1: module 'attic' is not in MODULES: what it may import is undefined; add it there",
      "lib/core/tags.ts:1: 'core' imports '../aws/aws': only modules below it may be imported; move what both need down",
    ],
    good: {
      'lib/index.ts': "export * as storage from './storage';",
      'lib/iam/role.ts': "import { Aws } from '../aws/aws';",
      'lib/aws/aws.ts': "import { InputError } from '../core/input-error';",
      'lib/data-lake/formats/iceberg.ts':
        "import { Key } from '../../encryption/key';\nimport { Column } from '../column';\nimport { z } from 'zod';",
    },
  },
  {
    rule: noCycles,
    bad: {
      'lib/core/a.ts': "import { z } from 'zod';\nimport { b } from './b';",
      'lib/core/b.ts': "export * from './c';",
      'lib/core/c.ts': "import { a } from './a';\nimport { d } from './d';",
      'lib/core/d.ts': "import { type B, c } from './c';",
      'stacks/index.ts': "export { e } from './e';",
      'stacks/e.ts': "import { e } from '.';\nimport './e';",
    },
    messages: [
      'lib/core/a.ts:2: loads itself by way of lib/core/b.ts, lib/core/c.ts, lib/core/a.ts: what is undefined then depends on which of them is loaded first; move what they share into a file of its own',
      'stacks/index.ts:1: loads itself by way of stacks/e.ts, stacks/index.ts: what is undefined then depends on which of them is loaded first; move what they share into a file of its own',
    ],
    good: {
      'lib/core/a.ts': "import { b } from './b';\nimport { d } from './d';",
      'lib/core/b.ts': "import type { A } from './a';\nexport type { A } from './a';\nimport { d } from './d';",
      'lib/core/c.ts': "import { a } from './a';",
      'lib/core/d.ts':
        "import { type A, type B } from './a';\nexport { type D } from './a';\nconst later = () => require('./a');\ntype C = import('./c').C;",
    },
  },
  {
    rule: providerFree,
    bad: {
      'lib/core/a.ts': "\nimport type { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';",
      'rehearsal/index.ts': "export * from './errors';\nexport * from './engine';",
      'rehearsal/engine.ts': "import { Bucket } from '../lib/storage/bucket';",
      'rehearsal/errors.ts': "import { App } from 'cdktf';",
      'lib/storage/bucket.ts': "import { S3Bucket } from '@acme/cdktf-provider-aws/lib/s3-bucket';",
      'lib/testing/jest.ts': "import '../../.gen/providers/random/pet';",
    },
    messages: [
      "lib/core/a.ts:2: imports '@cdktf/provider-aws/lib/s3-bucket': core serves every provider and requires none; put it into the module of that provider",
      "rehearsal/index.ts:2: loads '@acme/cdktf-provider-aws/lib/s3-bucket' by way of rehearsal/engine.ts, lib/storage/bucket.ts: it must load without any provider; move what it needs into a file that loads none",
      "lib/testing/jest.ts:1: loads '../../.gen/providers/random/pet': it must load without any provider; move what it needs into a file that loads none",
    ],
    good: {
      'lib/core/a.ts': "import { App } from 'cdktf';",
      'rehearsal/index.ts': "export * from './engine';",
      'rehearsal/engine.ts':
        "import type { Bucket } from '../lib/storage/bucket';\nconst later = () => require('../lib/storage/bucket');",
      'lib/storage/bucket.ts': "import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';",
    },
  },
  {
    rule: pureLimits,
    bad: {
      'lib/storage/bucket-limits.ts': "import { DAYS } from '../core/days';\nimport { Key } from '../encryption/key';",
      'lib/encryption/key.ts':
        "import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';\nimport { Construct } from 'constructs';",
      'lib/core/days-limits.ts': "import { Token } from 'cdktf';",
    },
    messages: [
      "lib/storage/bucket-limits.ts:2: loads '@cdktf/provider-aws/lib/kms-key' by way of lib/encryption/key.ts: limits are read without making anything; move what it needs into a file that loads none",
      "lib/core/days-limits.ts:1: loads 'cdktf': limits are read without making anything; move what it needs into a file that loads none",
    ],
    good: {
      'lib/storage/bucket-limits.ts': "import { DAYS } from '../core/days';\nimport type { Bucket } from './bucket';",
      'lib/core/days.ts': 'export const DAYS = 1;',
      'lib/storage/bucket.ts': "import { Construct } from 'constructs';\nimport { MAX } from './bucket-limits';",
    },
  },
  {
    rule: folderOrder,
    bad: {
      'lib/core/names.ts': "import { loadEnvironment } from '../../stacks/environment';",
      'rehearsal/engine.ts': "import { table } from '../cli/table';",
    },
    messages: [
      "lib/core/names.ts:1: lib/ imports '../../stacks/environment': stacks/ is not below lib/; reverse the import",
      "rehearsal/engine.ts:1: rehearsal/ imports '../cli/table': cli/ is not below rehearsal/; reverse the import",
    ],
    good: {
      'cli/main.ts': "import { rehearse } from '../rehearsal/engine';\nimport { version } from '../package.json';",
      'test/cli/main.test.ts': "import { run } from '../../cli/main';",
    },
  },
  {
    rule: defaultDocs,
    bad: {
      'lib/core/a.ts': [
        'export interface ThingProps {',
        '  /** How many. */',
        '  readonly count?: number;',
        '  /** @default undefined */',
        '  readonly name?: string;',
        "  /** @default -none */ readonly 'size'?: number;",
        '}',
        'export type Mode = { readonly fast?: boolean };',
      ].join('\n'),
    },
    messages: [
      "lib/core/a.ts:3: 'count?' has no default in its doc: defaults are the product; write '@default value' or '@default - behaviour', or 'T | undefined' if it is an answer",
      "lib/core/a.ts:5: 'name?' has no default in its doc: defaults are the product; write '@default value' or '@default - behaviour', or 'T | undefined' if it is an answer",
      "lib/core/a.ts:6: 'size?' has no default in its doc: defaults are the product; write '@default value' or '@default - behaviour', or 'T | undefined' if it is an answer",
      "lib/core/a.ts:8: 'fast?' has no default in its doc: defaults are the product; write '@default value' or '@default - behaviour', or 'T | undefined' if it is an answer",
    ],
    good: {
      'lib/core/a.ts': [
        'export interface ThingProps {',
        '  readonly id: string;',
        '  /** How many. @default 0 */',
        '  readonly count?: number;',
        '  /** @default - from the path */',
        '  readonly name?: string;',
        '}',
        'export interface IThing { /** None where it is not known. */ readonly key?: string }',
        'interface Inner { readonly count?: number }',
      ].join('\n'),
    },
  },
  {
    rule: exportDocs,
    bad: {
      'lib/core/a.ts':
        'export const LIMIT = 3;\n// a limit\nexport function limit(): void {}\nexport interface OtherProps {}\nexport class Thing {}',
    },
    messages: ['LIMIT', 'limit', 'OtherProps', 'Thing'].map(
      (name, index) =>
        `lib/core/a.ts:${[1, 3, 4, 5][index]}: '${name}' has no doc: users read it in their editor; write in /** */ what it is, with units, limits and errors`,
    ),
    good: {
      'lib/core/a.ts':
        '/** A limit, in days. */\n// not more: the service refuses it\nexport const LIMIT = 3;\nexport type Limit = typeof LIMIT;\nexport interface ThingProps {}\n/** A thing. */\nexport class Thing {}\nconst inner = 1;',
      'stacks/a.ts': 'export const undocumented = 1;',
    },
  },
  {
    rule: nullish,
    bad: {
      'lib/core/a.ts': [
        'const weight = props.weight || 10;',
        'const name = (a === b || props.name!) || other;',
        'function all(): string { return this.list || [] }',
        'props.tags ||= {};',
      ].join('\n'),
    },
    messages: [4, 1, 2, 3].map(
      (line) => `lib/core/a.ts:${line}: falls back with '||': zero, '' and false are values; write '??'`,
    ),
    good: {
      'lib/core/a.ts': [
        'const weight = props.weight ?? 10;',
        'if (props.lock || props.versions) keep();',
        'const kept = props.lock || props.days > 0;',
        'const mode = props.lock || props.versions ? 1 : 2;',
        'const free = !(props.lock || props.versions);',
        'function keeps(): boolean { return props.lock || props.versions }',
        'const some = all.filter((one) => one.lock || one.versions);',
        'properties.require(props.lock || props.versions, "lock it");',
        'const sorted = all.sort((a, b) => a.line - b.line || a.column - b.column);',
      ].join('\n'),
      'cli/table.ts': 'const width = columns || 80;',
    },
  },
  {
    rule: environment,
    bad: {
      'lib/core/a.ts': "const region = process.env.AWS_REGION;\nconst { env } = process;\nprocess?.['env'];",
      'stacks/data-stack.ts': "import { env } from 'node:process';",
    },
    messages: ['lib/core/a.ts:1', 'lib/core/a.ts:2', 'lib/core/a.ts:3', 'stacks/data-stack.ts:1'].map(
      (place) => `${place}: reads 'process.env': the same code must mean the same everywhere; take it as a property`,
    ),
    good: {
      'lib/core/a.ts': 'const { region, env } = props;\nconst { platform } = process;',
      'lib/testing/terraform.ts': 'export const path = process.env.PATH;',
      'stacks/main.ts': 'const files = process.env.ENVIRONMENTS;',
      'cli/main.ts': 'const color = process.env.NO_COLOR;',
    },
  },
  {
    rule: printing,
    bad: {
      'lib/core/a.ts': "console.warn('late');\nprocess.exit(1);",
      'rehearsal/engine.ts': "process.stdout.write('applied');",
    },
    messages: ['lib/core/a.ts:2', 'lib/core/a.ts:1', 'rehearsal/engine.ts:1'].map(
      (place) => `${place}: prints or ends the process: only its caller may; return, throw or report an event`,
    ),
    good: {
      'rehearsal/engine.ts': "report({ applied: 'data' });",
      'cli/main.ts': 'console.log(table);',
      'stacks/main.ts': 'process.exitCode = 2;',
    },
  },
  {
    rule: inputErrors,
    bad: { 'lib/core/a.ts': "throw new Error('no such zone');" },
    messages: ['lib/core/a.ts:1: throws a plain Error: a program would show its stack; throw an InputError'],
    good: {
      'lib/core/a.ts': "throw new InputError('no such zone');",
      'lib/testing/a.ts': "throw new Error('no such resource');",
    },
  },
  {
    rule: typed,
    bad: { 'lib/core/a.ts': 'const a: any = 1;\n// @ts-ignore\nconst b: string = a;\nconst c = b as any[];' },
    messages: [
      "lib/core/a.ts:1: uses 'any': it turns the type checker off for all users; write the type, 'unknown', or a biome-ignore with the reason",
      "lib/core/a.ts:4: uses 'any': it turns the type checker off for all users; write the type, 'unknown', or a biome-ignore with the reason",
      'lib/core/a.ts:2: silences the type checker: the error comes back at run time; make the types true',
    ],
    good: {
      'lib/core/a.ts':
        'const any: unknown = 1;\n// biome-ignore lint/suspicious/noExplicitAny: its shape is the caller’s\nexport type Shape = Record<string, any>;',
      'test/core/a.test.ts': 'const a: any = 1;',
    },
  },
  {
    rule: scopes,
    bad: {
      'lib/core/a.ts': `${THING}  constructor(scope, id) {\n    super(scope, id);\n    new Other(scope, 'Other');\n    new Import(this.stack, id);\n  }\n}\nclass Other extends Thing {}\nclass Import extends Other {}`,
      'lib/iam/b.ts':
        "import { IamRole } from '@cdktf/provider-aws/lib/iam-role';\nimport { TerraformOutput } from 'cdktf';\nimport { Thing } from '../core/a';\nfunction make(scope) {\n  new IamRole(scope, 'Role', {});\n  new TerraformOutput(scope, 'Out', {});\n  new Thing(scope, 'Thing');\n}",
    },
    messages: [
      'core/a.ts:6 Other',
      'core/a.ts:7 Import',
      'iam/b.ts:5 IamRole',
      'iam/b.ts:6 TerraformOutput',
      'iam/b.ts:7 Thing',
    ].map((found) => {
      const [place, name] = found.split(' ');
      return `lib/${place}: 'new ${name}' is not made under 'this': its address then depends on the caller; pass 'this'`;
    }),
    good: {
      'lib/core/a.ts': `${THING}  static fromThingArn(scope, id, arn) {\n    class Import extends Thing {}\n    return new Import(scope, id);\n  }\n  constructor(scope, id) {\n    super(scope, id);\n    new Thing(this, 'Child');\n    new Map(entries);\n  }\n}`,
      'lib/core/state-backend.ts':
        "import { S3Backend } from 'cdktf';\nexport function bind(stack) { new S3Backend(stack, {}) }",
    },
  },
  {
    rule: ids,
    bad: {
      'lib/core/a.ts': `${THING}  make() {\n    const id = this.name.toUpperCase();\n    new Thing(this, props.name);\n    new Thing(this, \`\${props.name}Role\`);\n    new Thing(this, id);\n    new Thing(this, 'Role' + index);\n  }\n}`,
    },
    messages: [6, 7, 8, 9].map(
      (line) =>
        `lib/core/a.ts:${line}: the id of 'new Thing' is computed: an id that changes replaces the resource; write a literal, a template that begins with one, or the variable of a loop over names`,
    ),
    good: {
      'lib/core/a.ts': `${THING}  make(id) {\n    const other = \`Other\${id}\`;\n    new Thing(this, 'Resource');\n    new Thing(this, other);\n    new Thing(this, id);\n    for (const [name, zone] of zones) new Thing(this, name);\n    zones.map(({ name }) => new Thing(this, name));\n    names.forEach((name) => new Thing(this, \`Zone-\${name}\`));\n  }\n}`,
    },
  },
  {
    rule: tested,
    bad: {
      'lib/core/index.ts': "export * from './a';",
      'lib/core/a.ts': `${THING}}`,
      'test/iam/a.test.ts': "import { Thing } from '../../lib/core/a';",
      'test/core/b.test.ts': "import { Other } from '../../lib/core/a';",
    },
    messages: ["lib/core/a.ts:3: no test of test/core/ imports 'Thing': untested code breaks unnoticed; test it there"],
    good: {
      'lib/core/index.ts': "export * from './a';\nexport * from './names';",
      'lib/core/a.ts': `${THING}}`,
      'lib/core/part-of-a.ts': `${THING}}`,
      'lib/core/names.ts': 'export class Names {}',
      'lib/iam/b.ts': `${THING.replace('Thing', 'Role')}}`,
      'test/core/things.test.ts': "import { Thing } from '../../lib/core/a';",
      'test/iam/things.test.ts': "import { type PolicyStatement, Role } from '../../lib/iam';",
    },
  },
  {
    rule: lifeDocs,
    bad: {
      'lib/core/index.ts': "export * from './a';",
      'lib/core/a.ts': `${THING}}`,
      'lib/iam/b.ts': `${THING.replace('A thing.', 'Destroying it is free; it costs nothing.').replace('Thing', 'Free')}}`,
      'lib/iam/c.ts': `${THING.replace('A thing.', 'Costs nothing.')}}`,
    },
    messages: [
      "lib/iam/c.ts:3: the doc of 'Thing' does not say how it is destroyed: users pay for it and tear it down; write 'Costs ...' and 'Destroying it ...'",
    ],
    good: {
      'lib/iam/index.ts': "export * from './names';",
      'lib/iam/part.ts': `${THING}}`,
      'lib/iam/names.ts': 'export class Names {}',
    },
  },
  {
    rule: fileSize,
    bad: { 'lib/core/a.ts': lines(301), 'test/support/b.ts': lines(302) },
    messages: [
      'lib/core/a.ts:301: 301 lines, the limit is 300: it has more than one concept; split it',
      'test/support/b.ts:301: 302 lines, the limit is 300: it has more than one concept; split it',
    ],
    good: {
      'lib/core/a.ts': lines(300),
      'test/core/a.test.ts': lines(900),
      'test/core/a.cases.ts': lines(900),
      'package-lock.json': lines(9000),
    },
  },
  {
    rule: constructorSize,
    bad: { 'lib/core/a.ts': `class A {\n  constructor() {\n${lines(39)}  }\n}` },
    messages: [
      'lib/core/a.ts:2: a constructor of 41 lines, the limit is 40: it must read as a table of contents; move steps into private methods',
    ],
    good: { 'lib/core/a.ts': `class A {\n  constructor() {\n${lines(38)}  }\n  method() {\n${lines(50)}  }\n}` },
  },
  {
    rule: folderSize,
    bad: { 'lib/core/index.ts': '', ...folder(13) },
    messages: [
      'lib/core/part-0.ts:1: lib/core/ has 13 files, the limit is 12: it has several concepts; give each its own folder',
    ],
    good: { 'lib/core/index.ts': '', ...folder(12), 'lib/core/more/a.ts': '' },
  },
  {
    rule: indexFiles,
    bad: {
      'lib/core/index.ts':
        "import { a } from './a';\nexport * from './b';\nexport const c = 1;\nexport { a };\nexport default a;",
    },
    messages: [1, 3, 4, 5].map(
      (line) =>
        `lib/core/index.ts:${line}: index.ts does more than re-export: code there is hard to find; move it to a file with a name`,
    ),
    good: { 'lib/core/index.ts': "export * from './b';\nexport * as c from './c';\nexport { type D, d } from './d';" },
  },
  {
    rule: fileNames,
    bad: { 'lib/core/dataLake.ts': '', 'environments/Dev.yaml': '', 'test/support/a_b.ts': '' },
    messages: ['lib/core/dataLake.ts', 'environments/Dev.yaml', 'test/support/a_b.ts'].map(
      (path) => `${path}:1: '${path}' is not kebab-case: file systems differ in letter case; rename it`,
    ),
    good: { 'lib/data-lake/part-1.ts': '', 'test/core/names.test.ts': '', 'README.md': '', 'test/run.mjs': '' },
  },
  {
    rule: environmentNames,
    bad: {
      'lib/core/a.ts': "const isProd = env === 'prod';\n// in Staging only\nconst stagingOnly = 1;\nconst IS_PROD = 1;",
    },
    messages: ["1: contains 'isProd", "2: contains 'Staging", "3: contains 'stagingOnly", "4: contains 'IS_PROD"].map(
      (found) => `lib/core/a.ts:${found}': what differs between environments is data; take it as a property`,
    ),
    good: {
      'lib/core/a.ts': 'const product = reproduce(production);',
      'stacks/a.ts': "const sizes = { prod: 'large' };",
    },
  },
  {
    rule: machinePaths,
    bad: {
      'a.json': `{ "cache": "${SLASH}home/ci/cache" }`,
      '.ci/run': `\ncd ${SLASH}root && ls ${SLASH}work/main`,
      'b.ts': `'${SLASH}home/airflow/dags:${SLASH}home/airflower'`,
    },
    messages: [
      `a.json:1: contains '${SLASH}home/ci': other machines do not have it; derive it, or write it relative`,
      `.ci/run:2: contains '${SLASH}root': other machines do not have it; derive it, or write it relative`,
      `b.ts:1: contains '${SLASH}home/airflower': other machines do not have it; derive it, or write it relative`,
    ],
    good: {
      'lib/scheduler/a.ts': `['${SLASH}home/airflow/dags', '${SLASH}home/jovyan', '${SLASH}opt/ml/model']`,
      'a.md': 'https://acme.example/work/home and ./work/x, arn:aws:iam::111122223333:role/work/x, $HOME/work/x',
    },
  },
  {
    rule: issueNumbers,
    bad: {
      'lib/core/a.ts': `// see ${HASH}12`,
      'README.md': `Fixes (${HASH}3)\nhashicorp ${ISSUE} 345\nacme/shop${HASH}6\nhttps://acme.example${SLASH}issues/78`,
    },
    messages: [
      `lib/core/a.ts:1: contains '${HASH}12': trackers move and readers cannot look it up; describe the problem instead`,
      `README.md:1: contains '${HASH}3': trackers move and readers cannot look it up; describe the problem instead`,
      `README.md:2: contains '${ISSUE} 345': trackers move and readers cannot look it up; describe the problem instead`,
      `README.md:3: contains 'acme/shop${HASH}6': trackers move and readers cannot look it up; describe the problem instead`,
      `README.md:4: contains '${SLASH}issues/78': trackers move and readers cannot look it up; describe the problem instead`,
    ],
    good: {
      'README.md': "# 1. Start\n[one](#1-start) '#123' &#39; an issue of 3 days",
      'a.ts': 'class A { #private = 1 }',
    },
  },
  {
    rule: registryHosts,
    bad: {
      'package-lock.json': `"resolved": "${SCHEME}s://npm.corp.example/zod/-/zod-4.tgz"`,
      '.npmrc': `registry=${SCHEME}://localhost:4873/`,
      'rehearsal/venv.ts': `pip('--index-url', 'x')\npip('--index-url ${SCHEME}s://pypi.corp.example/simple')`,
    },
    messages: [
      "package-lock.json:1: contains 'https://npm.corp.example': others cannot reach it; leave it to each machine's configuration",
      ".npmrc:1: contains 'http://localhost:4873': others cannot reach it; leave it to each machine's configuration",
      "rehearsal/venv.ts:2: contains 'https://pypi.corp.example': others cannot reach it; leave it to each machine's configuration",
    ],
    good: {
      'package-lock.json': '"resolved": "https://registry.npmjs.org/zod/-/zod-4.tgz"',
      'lib/testing/terraform.ts': "const registry = 'registry.terraform.io';",
    },
  },
  {
    rule: exactActions,
    bad: { 'lib/storage/bucket.ts': "grant(['s3:ListBucket', 's3:PutObject*'], `kms:ReEncrypt*`);" },
    messages: [
      "lib/storage/bucket.ts:1: names 's3:PutObject*': it also grants actions that nobody asked for, and those of next year; name each action",
      "lib/storage/bucket.ts:1: names 'kms:ReEncrypt*': it also grants actions that nobody asked for, and those of next year; name each action",
    ],
    good: {
      'lib/storage/bucket.ts': "grant(['s3:PutObject'], `${arn}/*`, `log-group:${name}:*`, 'arn:aws:s3:::*');",
      'lib/storage/bucket-denials.ts': "deny('TlsOnly', ['s3:*']);",
    },
  },
  {
    rule: knownValues,
    bad: {
      'lib/storage/bucket.ts': [
        'function nameOf(arn: string) { return arn.split(":")[5]; }',
        'function codec({ compression }: Options) { return compression.toUpperCase(); }',
        'class Table { constructor(props) { for (const [a] of Object.entries(props.columns ?? {})) use(a); } }',
        'class Other { make() { if (Token.isUnresolved(other)) return; return Object.keys(this.props.tags); } }',
      ].join('\n'),
    },
    messages: (
      [
        ['arn', 'split'],
        ['compression', 'toUpperCase'],
        ['props.columns', 'entries'],
        ['this.props.tags', 'keys'],
      ] as const
    ).map(
      ([value, operation], index) =>
        `lib/storage/bucket.ts:${index + 1}: takes '${value}' apart by ${operation}: a token would be cut up or read as its placeholder; ask Token.isUnresolved and let Terraform do it, or refuse it with 'known'`,
    ),
    good: {
      'lib/storage/bucket.ts': [
        'function nameOf(arn: string) { return Token.isUnresolved(arn) ? Fn.split(":", arn) : arn.split(":")[5]; }',
        "function codec({ compression }: Options) { Properties.of('x').oneOf('compression', compression, ALL); return compression.toUpperCase(); }",
        "class Table { constructor(props) { Properties.of(this).known(props, 'columns'); } make() { return Object.entries(this.columns); } }",
        'const all = Object.keys(DEFAULTS).map((name) => Fn.split(",", name));',
      ].join('\n'),
      'lib/storage/bucket-limits.ts': 'export function broken(name: string) { return name.startsWith("xn--"); }',
      'stacks/main.ts': 'const [name] = file.split(".");',
    },
  },
  {
    rule: writtenNumbers,
    bad: {
      'lib/storage/lock.ts': 'export interface LockProps {\n  readonly days: number;\n}',
      'lib/storage/bucket.ts':
        'const end = (host: string, port: number) => `${host}:${port}`;\nconst limit = `${props.days}`;',
    },
    messages: ['port', 'props.days'].map(
      (name, index) =>
        `lib/storage/bucket.ts:${index + 1}: writes the number '${name}' into a text: of a token that is a placeholder such as -1.8e+308; write digitsOf(${name})`,
    ),
    good: {
      'lib/storage/lock.ts': 'export interface LockProps {\n  readonly days: number;\n}',
      'lib/storage/bucket.ts':
        'const limit = digitsOf(props.days);\nproperties.require(days > 0, `got ${days}`);\nthrow new InputError(`got ${days}`);\nfunction text(days: number) { return Token.isUnresolved(days) ? "" : `${days}`; }',
    },
  },
];

const repository = Sources.ofRepository();

test('the rules read the sources', () => {
  expect(repository.files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['lib/core/index.ts', 'stacks/platform.ts', 'test/house.test.ts', 'package.json']),
  );
});

describe.each(CONVENTIONS)('$rule.name', ({ rule, bad, messages, good }) => {
  test('holds in this repository', () => {
    expect(violationsOf(rule, repository)).toEqual([]);
  });

  test('reports a bad sample, and how to correct it', () => {
    expect(violationsOf(rule, new Sources(bad))).toEqual(messages);
  });

  test('accepts a good sample', () => {
    expect(violationsOf(rule, new Sources(good))).toEqual([]);
  });

  test('has no exception without a violation', () => {
    expect(staleExceptionsOf(rule, repository)).toEqual([]);
  });
});
