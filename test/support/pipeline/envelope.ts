import type { ApiShapes, Shape } from './api-shapes';
import { isReference, type Json, list, type Placed, placed, sampleOf, unknownKeys } from './json-parts';

/*
 * A pipeline's definition, checked as strictly as offline means allow, from its JSON alone: the envelope by rules that
 * were read off what the Python SDK emits, and the arguments of each step by the API shape of the call that it makes.
 */

/** By type of a step: its request and answer in the API, and the name of the job, which a pipeline must not set. */
const API: Readonly<Record<string, { request: string; answer: string; jobName?: string }>> = {
  Processing: {
    request: 'CreateProcessingJobRequest',
    answer: 'DescribeProcessingJobResponse',
    jobName: 'ProcessingJobName',
  },
  Training: { request: 'CreateTrainingJobRequest', answer: 'DescribeTrainingJobResponse', jobName: 'TrainingJobName' },
  Tuning: {
    request: 'CreateHyperParameterTuningJobRequest',
    answer: 'DescribeHyperParameterTuningJobResponse',
    jobName: 'HyperParameterTuningJobName',
  },
  RegisterModel: { request: 'CreateModelPackageInput', answer: 'DescribeModelPackageOutput' },
};
const COMMON = ['Name', 'Type', 'Arguments', 'DependsOn', 'DisplayName', 'Description'];
const KEYS: Readonly<Record<string, readonly string[]>> = {
  Processing: [...COMMON, 'CacheConfig', 'RetryPolicies', 'PropertyFiles'],
  Training: [...COMMON, 'CacheConfig', 'RetryPolicies'],
  Tuning: [...COMMON, 'CacheConfig', 'RetryPolicies'],
  RegisterModel: [...COMMON, 'RetryPolicies'],
  Condition: COMMON,
  Fail: COMMON,
  Lambda: [...COMMON, 'FunctionArn', 'OutputParameters'],
  Callback: [...COMMON, 'SqsQueueUrl', 'OutputParameters'],
};
const EXECUTION = [
  'PipelineExecutionId',
  'PipelineName',
  'PipelineArn',
  'PipelineExecutionArn',
  'StartDateTime',
  'CurrentDateTime',
];
const NAME = /^[A-Za-z0-9](-*[A-Za-z0-9]){0,63}$/;
const COMPARISONS = ['Equals', 'GreaterThan', 'GreaterThanOrEqualTo', 'LessThan', 'LessThanOrEqualTo'];
const TYPES: Readonly<Record<string, string>> = {
  String: 'string',
  Integer: 'number',
  Float: 'number',
  Boolean: 'boolean',
};

/** Everything that is wrong with a definition. */
export function definitionFaults(definition: string, api: ApiShapes): string[] {
  return new Definition(JSON.parse(definition), api).faults();
}

class Definition {
  private readonly steps: readonly Placed[];
  private readonly parameters: Readonly<Record<string, Json>>;

  constructor(
    private readonly json: Json,
    private readonly api: ApiShapes,
  ) {
    this.steps = placed(list(json.Steps), []);
    this.parameters = Object.fromEntries(list(json.Parameters).map((one) => [String(one.Name), one]));
  }

  public faults(): string[] {
    const { json } = this;
    const names = this.steps.map(({ step }) => String(step.Name));
    return [
      ...unknownKeys(json, ['Version', 'Metadata', 'Parameters', 'PipelineExperimentConfig', 'Steps'], 'definition'),
      ...(json.Version === '2020-12-01' ? [] : [`definition: Version is ${json.Version}`]),
      ...list(json.Parameters).flatMap(parameterFaults),
      ...names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${name}: two steps have the name`),
      ...this.steps.flatMap((one) => this.stepFaults(one)),
    ];
  }

  private stepFaults(placed: Placed): string[] {
    const { step } = placed;
    const name = String(step.Name);
    const type = String(step.Type);
    if (!KEYS[type]) return [`${name}: unknown type ${type}`];
    const dependsOn = (step.DependsOn ?? []) as string[];
    const before = dependsOn.filter((other) => !this.visible(other, placed));
    return [
      ...(NAME.test(name) ? [] : [`${name}: a job cannot have the name`]),
      ...unknownKeys(step, KEYS[type], name),
      ...before.map((other) => `${name}: depends on ${other}, which is not there, or in another branch`),
      ...list(step.RetryPolicies).flatMap((policy) => retryFaults(policy, name)),
      ...this.propertyFileFaults(step, name),
      ...this.argumentFaults(placed, name, type),
    ];
  }

  private argumentFaults(placed: Placed, name: string, type: string): string[] {
    const given = placed.step.Arguments as Json;
    const api = API[type];
    const faults: string[] = [];
    const stand = (value: unknown, shape: Shape, path: string) => {
      if (!isReference(value)) return undefined;
      const resolved = this.resolve(value, placed, path);
      faults.push(...resolved.faults);
      return { sample: resolved.sample ?? sampleOf(shape) };
    };
    if (api) {
      const named = api.jobName ? { [api.jobName]: '0123456789ab-Step-0123456789' } : {};
      if (api.jobName && api.jobName in given) faults.push(`${name}: sets ${api.jobName}`);
      return [...this.api.faults(api.request, { ...given, ...named }, stand, name), ...faults];
    }
    if (type === 'Condition') return this.conditionFaults(placed, name);
    if (type === 'Fail') {
      const text: Shape = { type: 'string' };
      stand(given.ErrorMessage, text, `${name}.ErrorMessage`);
      return [...unknownKeys(given, ['ErrorMessage'], name), ...faults];
    }
    for (const [key, value] of Object.entries(given)) stand(value, { type: 'string' }, `${name}.${key}`);
    return faults;
  }

  private conditionFaults(placed: Placed, name: string): string[] {
    const given = placed.step.Arguments as Json;
    const conditions = list(given.Conditions);
    const nested = [...list(given.IfSteps), ...list(given.ElseSteps)].filter(({ Type }) => Type === 'Condition');
    return [
      ...unknownKeys(given, ['Conditions', 'IfSteps', 'ElseSteps'], name),
      ...(conditions.length > 0 ? [] : [`${name}: has no condition`]),
      ...nested.map((step) => `${name}: holds the condition step ${step.Name}`),
      ...conditions.flatMap((condition) => this.inCondition(condition, placed, name)),
    ];
  }

  private inCondition(condition: Json, placed: Placed, path: string): string[] {
    const type = String(condition.Type);
    const place = `${path}.${type}`;
    const values = (given: readonly unknown[]) =>
      given.flatMap((value) => {
        if (isReference(value)) return this.resolve(value, placed, place).faults;
        return ['string', 'number', 'boolean'].includes(typeof value)
          ? []
          : [`${place}: compares ${JSON.stringify(value)}`];
      });
    if (COMPARISONS.includes(type)) {
      return [
        ...unknownKeys(condition, ['Type', 'LeftValue', 'RightValue'], place),
        ...values([condition.LeftValue, condition.RightValue]),
      ];
    }
    if (type === 'In') {
      return [
        ...unknownKeys(condition, ['Type', 'QueryValue', 'Values'], place),
        ...values([condition.QueryValue, ...(condition.Values as unknown[])]),
      ];
    }
    if (type === 'Not') {
      return [
        ...unknownKeys(condition, ['Type', 'Condition'], place),
        ...this.inCondition(condition.Condition as Json, placed, place),
      ];
    }
    if (type === 'Or') {
      return [
        ...unknownKeys(condition, ['Type', 'Conditions'], place),
        ...list(condition.Conditions).flatMap((one) => this.inCondition(one, placed, place)),
      ];
    }
    return [`${path}: unknown condition ${type}`];
  }

  private propertyFileFaults(step: Json, name: string): string[] {
    const outputs = ((step.Arguments as Json)?.ProcessingOutputConfig as Json | undefined)?.Outputs;
    const known = list(outputs).map(({ OutputName }) => OutputName);
    return list(step.PropertyFiles).flatMap((file) => [
      ...unknownKeys(file, ['PropertyFileName', 'OutputName', 'FilePath'], `${name}.PropertyFiles`),
      ...(known.includes(file.OutputName) ? [] : [`${name}: property file of the output ${file.OutputName}`]),
    ]);
  }

  /** What stands for a reference, or its faults. Without a sample, the place that it is in decides. */
  private resolve(value: Json, placed: Placed, path: string): { readonly sample?: unknown; readonly faults: string[] } {
    const [key] = Object.keys(value);
    if (Object.keys(value).length !== 1) return { faults: [`${path}: a reference with ${Object.keys(value)}`] };
    if (key === 'Std:Join') return this.join(value['Std:Join'] as Json, placed, path);
    if (key === 'Std:JsonGet') return { faults: this.jsonGet(value['Std:JsonGet'] as Json, placed, path) };
    return this.get(String(value.Get), placed, path);
  }

  private join(join: Json, placed: Placed, path: string): { readonly sample: unknown; readonly faults: string[] } {
    const parts = (join.Values as unknown[]).map((part) =>
      isReference(part) ? this.resolve(part, placed, path) : { sample: part, faults: [] },
    );
    return {
      sample: parts.map(({ sample = 'sample' }) => sample).join(String(join.On)),
      faults: [...unknownKeys(join, ['On', 'Values'], `${path}.Join`), ...parts.flatMap(({ faults }) => faults)],
    };
  }

  private jsonGet(get: Json, placed: Placed, path: string): string[] {
    const place = `${path}.JsonGet`;
    const file = String((get.PropertyFile as Json | undefined)?.Get);
    const [, name = '', of = ''] = /^Steps\.([^.]+)\.PropertyFiles\.([^.]+)$/.exec(file) ?? [];
    const step = this.steps.find((one) => one.step.Name === name)?.step;
    const isKnown = list(step?.PropertyFiles).some(({ PropertyFileName }) => PropertyFileName === of);
    return [
      ...unknownKeys(get, ['PropertyFile', 'Path'], place),
      ...(this.visible(name, placed) ? [] : [`${place}: step ${name} is not there, or in another branch`]),
      ...(isKnown ? [] : [`${place}: no property file ${file}`]),
      ...(typeof get.Path === 'string' && get.Path.length > 0 ? [] : [`${place}: no Path`]),
    ];
  }

  private get(text: string, placed: Placed, path: string): { readonly sample?: unknown; readonly faults: string[] } {
    const [, kind, name = '', rest = ''] = /^(Parameters|Execution|Steps)\.([^.]+)\.?(.*)$/.exec(text) ?? [];
    if (kind === 'Parameters') {
      const parameter = this.parameters[name];
      if (!parameter) return { faults: [`${path}: no parameter ${name}`] };
      const { DefaultValue } = parameter;
      return { sample: typeof DefaultValue === 'string' && DefaultValue === '' ? undefined : DefaultValue, faults: [] };
    }
    if (kind === 'Execution') {
      return EXECUTION.includes(name) ? { sample: '0123456789ab', faults: [] } : { faults: [`${path}: no ${text}`] };
    }
    const step = this.steps.find((one) => one.step.Name === name)?.step;
    if (!step || !this.visible(name, placed)) {
      return { faults: [`${path}: step ${name} is not there, or in another branch`] };
    }
    return this.result(step, rest, path);
  }

  private result(step: Json, rest: string, path: string): { readonly sample?: unknown; readonly faults: string[] } {
    const [, output] = /^OutputParameters\['([^']+)'\]$/.exec(rest) ?? [];
    if (output) {
      const isKnown = list(step.OutputParameters).some(({ OutputName }) => OutputName === output);
      return { faults: isKnown ? [] : [`${path}: ${step.Name} has no output ${output}`] };
    }
    if (step.Type === 'Condition' && rest === 'Outcome') return { sample: true, faults: [] };
    const api = API[String(step.Type)];
    const shape = api && this.api.property(api.answer, rest);
    if (!shape) return { faults: [`${path}: ${step.Name} has no property ${rest}`] };
    const [, named] = /^ProcessingOutputConfig\.Outputs\['([^']+)'\]/.exec(rest) ?? [];
    const outputs = ((step.Arguments as Json).ProcessingOutputConfig as Json | undefined)?.Outputs;
    const isThere = named === undefined || list(outputs).some(({ OutputName }) => OutputName === named);
    return { sample: sampleOf(shape), faults: isThere ? [] : [`${path}: ${step.Name} has no output ${named}`] };
  }

  private visible(name: string, { step, branch }: Placed): boolean {
    const other = this.steps.find((one) => one.step.Name === name);
    return other !== undefined && other.step !== step && other.branch.every((part, at) => branch[at] === part);
  }
}

function parameterFaults(parameter: Json): string[] {
  const { Name, Type, DefaultValue } = parameter;
  return [
    ...unknownKeys(parameter, ['Name', 'Type', 'DefaultValue', 'EnumValues'], `parameter ${Name}`),
    ...(/^[A-Za-z0-9](-*[A-Za-z0-9])*$/.test(String(Name)) ? [] : [`parameter ${Name}: EventBridge cannot set it`]),
    ...(DefaultValue === undefined || typeof DefaultValue === TYPES[String(Type)]
      ? []
      : [`parameter ${Name}: the default of a ${Type} is ${JSON.stringify(DefaultValue)}`]),
  ];
}

function retryFaults(policy: Json, name: string): string[] {
  const place = `${name}.RetryPolicies`;
  const types = policy.ExceptionType;
  const known = /^(Step\.(SERVICE_FAULT|THROTTLING)|SageMaker\.(JOB_INTERNAL_ERROR|CAPACITY_ERROR|RESOURCE_LIMIT))$/;
  const isList = Array.isArray(types) && types.length > 0 && types.every((type) => known.test(String(type)));
  const ends = ['MaxAttempts', 'ExpireAfterMin'].filter((key) => key in policy);
  return [
    ...unknownKeys(policy, ['BackoffRate', 'IntervalSeconds', 'MaxAttempts', 'ExpireAfterMin', 'ExceptionType'], place),
    ...(isList ? [] : [`${place}: ExceptionType is ${JSON.stringify(types)}`]),
    ...(ends.length === 1 ? [] : [`${place}: has ${ends.join(' and ') || 'no end'}`]),
  ];
}
