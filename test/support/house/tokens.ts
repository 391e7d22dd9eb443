import type { Node } from '@babel/types';
import type { Rule } from './rule';
import { lineOf, type SourceFile, type Sources } from './source';

/** Operations that take a text or a map apart; of a token they take its placeholder apart. */
const OF_TEXT =
  /^(split|replace|replaceAll|match|startsWith|endsWith|toLowerCase|toUpperCase|trim|substring|charAt|codePointAt|padStart)$/;
const OF_MAP = /^Object\.(entries|keys|values)$/;

export const knownValues: Rule = {
  name: 'values that may be tokens are not taken apart',
  exceptions: [
    { path: 'lib/core/cdktf', reason: 'reads what cdktf has resolved' },
    { path: 'lib/iam/rendered-policy.ts', reason: 'reads what cdktf has resolved' },
    { path: 'lib/core/text-pattern.ts', reason: 'escapes are the same around a token' },
    { path: 'lib/core/tags.ts', reason: 'compares keys, which may be tokens' },
    { path: 'lib/aws/arns.ts', reason: 'Aws reads the partition of a region that is a token at plan time' },
    { path: 'lib/aws/kept-types.ts', reason: 'reads a table of its own' },
    { path: 'lib/data-lake/column-type.ts', reason: 'tables and conversions do not ask about a token' },
    { path: 'lib/data-lake/conversion/glue-schedule.ts', reason: 'conversions do not ask about a token' },
    { path: 'lib/data-lake/parquet-conversion.ts', about: "'path'", reason: 'a prefix that is a token is refused' },
    { path: 'lib/data-lake/partition.ts', reason: 'its factories refuse tokens, and a table the names' },
    { path: 'lib/data-lake/quality', reason: 'Expectation and Table refuse a token' },
    { path: 'lib/data-lake/zone.ts', about: "'lifecycle'", reason: 'the keys are names of properties' },
    { path: 'lib/features/feature-group.ts', about: "'features'", reason: 'FeatureGroup refuses a token' },
    { path: 'lib/features/feature-group.ts', about: "'name'", reason: 'FeatureGroup refuses a token' },
    { path: 'lib/iam/principal.ts', reason: 'Principal.webIdentity refuses a token' },
    { path: 'lib/network/connections.ts', about: "'direction'", reason: 'a word of its own' },
    { path: 'lib/network/endpoints.ts', about: "'service'", reason: 'Endpoints refuses a token' },
    { path: 'lib/registry/database-parameters.ts', reason: 'validateParameters refuses a token' },
    { path: 'lib/training/framework/images.ts', reason: 'reads a table of its own' },
    { path: 'lib/training/sagemaker', reason: 'validateTraining refuses tokens' },
    { path: 'lib/registry/contract/serving-contract.ts', reason: 'judges files of jobs, which hold no tokens' },
    { path: 'lib/registry/model-store.ts', about: "'segments'", reason: 'the keys are names of parameters' },
    {
      path: 'lib/training/evaluation/tabular-evaluation.ts',
      about: "'named'",
      reason: 'the keys are names of properties',
    },
    {
      path: 'lib/training/evaluation/tabular-evaluation.ts',
      about: "'lists'",
      reason: 'the keys are names of properties',
    },
    { path: 'lib/serving/model/content-hash.ts', reason: 'replaces tokens, each as a whole' },
    { path: 'lib/monitoring/kinds', reason: 'Monitoring gives them maps of its own, and a block that is known' },
    { path: 'lib/monitoring/dashboards', reason: 'reads specifications of alarms, whose words are known' },
    { path: 'lib/monitoring/alarms/alarm.ts', about: 'metrics', reason: 'the keys are ids of metric math' },
    { path: 'lib/monitoring/alarms/alarm.ts', about: 'dimensions', reason: 'the keys are names of dimensions' },
    { path: 'lib/core/published.ts', reason: 'finds whole tokens in a text by their placeholders' },
    { path: 'lib/monitoring/events/metric-counts.ts', about: 'metrics', reason: 'the keys are ids of metric math' },
    { path: 'lib/serving/door', about: "'clients'", reason: 'EndpointDoor refuses a token' },
    { path: 'lib/serving/smoke/smoke-test.ts', about: "'models'", reason: 'SmokeTest refuses a token' },
    { path: 'lib/serving/endpoint', reason: 'validateEndpoint and Instances refuse tokens' },
    { path: 'lib/training/evaluation/program-files.ts', reason: 'reads names of files on this machine' },
    { path: 'lib/training/evaluation/uploaded-program.ts', about: "'files'", reason: 'has read the files itself' },
    { path: 'lib/training/pipeline/steps/processing-step.ts', reason: 'the constructor refuses tokens' },
    { path: 'lib/training/pipeline/training', reason: 'TrainingPipeline refuses maps that are tokens' },
    { path: 'lib/training/pipeline/value.ts', reason: 'looks for references, and no token holds one' },
  ],
  check: (source) => {
    if (!source.module || source.module === 'testing' || source.path.endsWith('-limits.ts')) return [];
    return source.nodesOf('CallExpression').flatMap((call) => {
      const { callee } = call;
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return [];
      const name = spelling(callee);
      const taken = OF_MAP.test(name)
        ? call.arguments[0]
        : OF_TEXT.test(callee.property.name)
          ? callee.object
          : undefined;
      if (!taken || !isGiven(taken) || isChecked(call, taken, source)) return [];
      return [
        {
          line: lineOf(call),
          message: `takes '${spelling(taken)}' apart by ${callee.property.name}: a token would be cut up or read as its placeholder; ask Token.isUnresolved and let Terraform do it, or refuse it with 'known'`,
        },
      ];
    });
  },
};

/** A property, a parameter or a variable; not a literal, a constant or the result of a call. */
function isGiven(node: Node): boolean {
  switch (node.type) {
    case 'Identifier':
      return !/^[A-Z]/.test(node.name);
    case 'MemberExpression':
      if (node.object.type === 'Identifier' && node.object.name === 'node') return false; // of the construct tree
      return isGiven(node.object) || node.object.type === 'ThisExpression';
    case 'TSNonNullExpression':
      return isGiven(node.expression);
    case 'LogicalExpression':
      return isGiven(node.left);
    default:
      return false;
  }
}

/** Whether a function around it, or the class of what is kept in `this`, asks whether the value is a token or refuses one. */
function isChecked(call: Node, taken: Node, source: SourceFile): boolean {
  const path = spelling(taken);
  const name = path.split('.').at(-1);
  const kinds = path.startsWith('this.') ? /^ClassDeclaration$/ : /Function|Method/;
  const around = source.ancestors(call).filter(({ type }) => kinds.test(type));
  const asked = new RegExp(
    `isUnresolved\\([^)]*\\b${name}\\b|isToken\\(${name}\\)|known\\([^;]*?\\b${name}\\b|oneOf\\('${name}'`,
  );
  return around.some(({ start, end }) => asked.test(source.text.slice(start!, end!)));
}

function spelling(node: Node): string {
  switch (node.type) {
    case 'Identifier':
      return node.name;
    case 'ThisExpression':
      return 'this';
    case 'MemberExpression':
      return `${spelling(node.object)}.${spelling(node.property)}`;
    case 'TSNonNullExpression':
      return spelling(node.expression);
    case 'LogicalExpression':
      return spelling(node.left);
    default:
      return '...';
  }
}

/** Functions whose texts people read, where the placeholder of a token does no harm. */
const FOR_PEOPLE = /^(require|fail|keeps|InputError|oneOf|tooShort|notStep)$/;

export const writtenNumbers: Rule = {
  name: 'numbers that may be tokens are written into texts by Terraform',
  exceptions: [
    { path: 'lib/data-lake/conversion/glue-schedule.ts', about: "'minutes'", reason: 'is a text of a cron' },
    { path: 'lib/data-lake/quality/dqdl.ts', reason: 'Expectation refuses a token' },
    { path: 'lib/network/connections.ts', about: "'port'", reason: 'a Port writes its own numbers' },
    { path: 'lib/tracking/working-hours.ts', about: "'days'", reason: 'is one of two words' },
  ],
  check: (source, all) => {
    if (!source.module || source.module === 'testing' || source.path.endsWith('-limits.ts')) return [];
    const numbers = numbersOf(all);
    return source.nodesOf('TemplateLiteral').flatMap((template) => {
      const isMessage = source.ancestors(template).some((node) => {
        if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false;
        return FOR_PEOPLE.test(
          spelling(node.callee as Node)
            .split('.')
            .at(-1)!,
        );
      });
      if (isMessage) return [];
      return template.expressions.flatMap((expression) => {
        const name = spelling(expression);
        if (!isGiven(expression) || !numbers.has(name.split('.').at(-1)!)) return [];
        if (isChecked(template, expression, source)) return [];
        return [
          {
            line: lineOf(expression),
            message: `writes the number '${name}' into a text: of a token that is a placeholder such as -1.8e+308; write digitsOf(${name})`,
          },
        ];
      });
    });
  },
};

/** Numbers of the library's own. */
const OF_LIMITS = /^(min|max|maxCharacters|count|length)$/;

/** Names of the properties of the library that are numbers. */
function numbersOf(all: Sources): ReadonlySet<string> {
  const names = all.files
    .filter(({ module }) => module && module !== 'testing')
    .flatMap((source) => [...source.nodesOf('TSPropertySignature'), ...source.nodesOf('ClassProperty')])
    .flatMap(({ key, typeAnnotation }) => {
      const type = typeAnnotation?.type === 'TSTypeAnnotation' ? typeAnnotation.typeAnnotation.type : undefined;
      return type === 'TSNumberKeyword' && key.type === 'Identifier' && !OF_LIMITS.test(key.name) ? [key.name] : [];
    });
  return new Set([...names, 'port']);
}
