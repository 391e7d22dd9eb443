import { Token } from 'cdktf';
import { unwritable } from './definition';
import { Parameter } from './parameter';
import { MAX_FILE_VALUES, MAX_PARAMETERS, MAX_PROPERTY_FILES, MAX_STEPS } from './pipeline-limits';
import { ConditionStep, FailStep } from './steps/flow-steps';
import type { RunFacts, Step } from './steps/step';
import { FileValue, isPlain, type Reference, type ReferredStep } from './value';

/** A step, and the branch that it is in: the names of the conditions around it, each with the number of its branch. */
interface Place {
  readonly step: Step;
  readonly branch: readonly string[];
  /** The condition around it. */
  readonly parent?: Step;
}

/** The steps of a pipeline with what they refer to, for its checks and for the list of its parameters. */
export class Graph {
  private readonly places: readonly Place[];
  private readonly references = new Map<Step, readonly Reference[]>();

  constructor(
    steps: readonly Step[],
    private readonly run: RunFacts,
    private readonly declared: readonly Parameter[],
  ) {
    this.places = steps.flatMap((step) => placesOf(step, []));
  }

  /** All steps, those in branches included. */
  public get steps(): readonly Step[] {
    return this.places.map(({ step }) => step);
  }

  /** What a step refers to. It makes its request for that, so it is asked once. */
  private referencesOf(step: Step): readonly Reference[] {
    const known = this.references.get(step) ?? step.references(this.run);
    this.references.set(step, known);
    return known;
  }

  /** The parameters that were declared, and those that a step refers to, by name. */
  public get parameters(): readonly Parameter[] {
    const used = this.steps
      .flatMap((step) => this.referencesOf(step))
      .filter((reference) => reference instanceof Parameter);
    return [...new Map([...this.declared, ...used].map((parameter) => [parameter.name, parameter])).values()];
  }

  /** All that SageMaker would refuse, and what it would take and then never run. */
  public get faults(): readonly string[] {
    return [
      ...this.duplicates(),
      ...this.excess(),
      ...this.steps.flatMap((step) => (step instanceof ConditionStep ? step.faults : [])),
      ...this.places.flatMap((place) => this.badReferences(place)),
      ...this.steps.flatMap((step) => this.badValues(step)),
      ...this.cycles(),
      ...this.parameterFaults(),
    ];
  }

  private duplicates(): readonly string[] {
    const names = this.steps.map(({ name }) => name);
    const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
    return [...twice].map((name) => `the step name ${name} is used more than once; rename one of the steps`);
  }

  private excess(): readonly string[] {
    const files = this.steps.flatMap(({ propertyFiles }) => propertyFiles);
    const values = this.steps.flatMap((step) => this.referencesOf(step)).filter((one) => one instanceof FileValue);
    const counts: readonly [what: string, count: number, limit: number, fix: string][] = [
      ['steps', this.places.length, MAX_STEPS, 'split the pipeline'],
      ['property files', files.length, MAX_PROPERTY_FILES, 'write several values into one file'],
      ['values of property files', values.length, MAX_FILE_VALUES, 'decide by fewer values'],
      ['parameters', this.parameters.length, MAX_PARAMETERS, 'remove some'],
    ];
    return counts
      .filter(([, count, limit]) => count > limit)
      .map(([what, count, limit, fix]) => `${count} ${what}, the limit is ${limit}; ${fix}`);
  }

  private badReferences({ step, branch }: Place): readonly string[] {
    const references = this.referencesOf(step);
    const named = [...step.dependsOn, ...references.flatMap(({ steps }) => steps)];
    const files = references.filter((one) => one instanceof FileValue);
    return [
      ...[...new Set(named)].flatMap((other) => this.badStep(step, branch, other)),
      ...files.flatMap((value) => this.badFile(step, value)),
    ];
  }

  private badStep(step: Step, branch: readonly string[], other: ReferredStep): readonly string[] {
    const place = this.places.find((one) => one.step === other);
    if (!place) {
      return [`step ${step.name} refers to step ${other.name}, which is not in the pipeline; add it to the steps`];
    }
    if (other instanceof FailStep) {
      return [`step ${step.name} refers to step ${other.name}, which ends the execution; nothing runs after it`];
    }
    return place.branch.every((part, index) => branch[index] === part)
      ? []
      : [
          `step ${step.name} refers to step ${other.name} in ${place.branch.join(', ')}, which may not run; move one of them, so that both are in the branch`,
        ];
  }

  private badFile(step: Step, { steps, file }: FileValue): readonly string[] {
    const writer = this.steps.find((one) => one === steps[0]);
    if (!writer || writer.propertyFiles.includes(file)) return [];
    const known = writer.propertyFiles.join(', ') || 'none';
    return [
      `step ${step.name} reads property file ${file} of step ${writer.name}, which has ${known}; declare it there`,
    ];
  }

  /** Of a condition step without its branches, whose steps are in the list themselves. */
  private badValues(step: Step): readonly string[] {
    const request = step instanceof ConditionStep ? { Conditions: step.conditions } : step.definition(this.run);
    return [
      ...unwritable(request).map((fault) => `step ${step.name}: ${fault}, which JSON cannot write; give another value`),
      ...this.lostVariables(step.name, request),
    ];
  }

  /** The variables of the run that a step has replaced: its jobs would not know why they run. */
  private lostVariables(name: string, request: unknown): readonly string[] {
    const { environment } = this.run;
    if (Token.isUnresolved(environment)) return [];
    const lost = new Set(
      environmentsIn(request).flatMap((own) =>
        Object.keys(environment).filter((key) => key in own && own[key] !== environment[key]),
      ),
    );
    return [...lost].map(
      (variable) => `step ${name} sets ${variable}, which says why its run was started; rename the variable`,
    );
  }

  /** One message for each cycle, from its first step on. */
  private cycles(): readonly string[] {
    const done = new Set<Step>();
    const found: string[] = [];
    const visit = (step: Step, way: readonly Step[]): void => {
      const start = way.indexOf(step);
      if (start >= 0) {
        const names = [...way.slice(start), step].map(({ name }) => name);
        found.push(`steps wait for one another: ${names.join(' waits for ')}; remove one of the references`);
      } else if (!done.has(step)) {
        for (const other of this.waitsFor(step)) visit(other, [...way, step]);
        done.add(step);
      }
    };
    for (const { step } of this.places) visit(step, []);
    return found;
  }

  private waitsFor(step: Step): readonly Step[] {
    const { parent } = this.places.find((place) => place.step === step) ?? {};
    const referred = this.referencesOf(step).flatMap(({ steps }) => steps);
    const before = new Set<ReferredStep | undefined>([...step.dependsOn, ...referred, parent]);
    return this.steps.filter((one) => before.has(one));
  }

  private parameterFaults(): readonly string[] {
    const all = new Set([
      ...this.declared,
      ...this.steps.flatMap((step) => this.referencesOf(step)).filter((one) => one instanceof Parameter),
    ]);
    const texts = new Map<string, Set<string>>();
    for (const { name, declaration } of all) {
      texts.set(name, (texts.get(name) ?? new Set()).add(JSON.stringify(declaration)));
    }
    return [...texts]
      .filter(([, declarations]) => declarations.size > 1)
      .map(([name]) => `parameter ${name} is declared more than once, differently; use one object for both`);
  }
}

/** The variables of the jobs in a request, at every depth. */
function environmentsIn(request: unknown): readonly Record<string, unknown>[] {
  if (Array.isArray(request)) return request.flatMap(environmentsIn);
  if (!isPlain(request) || Token.isUnresolved(request)) return [];
  const { Environment: own } = request;
  return [...(isPlain(own) ? [own] : []), ...Object.values(request).flatMap(environmentsIn)];
}

function placesOf(step: Step, branch: readonly string[], parent?: Step): readonly Place[] {
  const inside = step.branches.flatMap((steps, index) =>
    steps.flatMap((one) => placesOf(one, [...branch, `branch ${index + 1} of ${step.name}`], step)),
  );
  return [{ step, branch, parent }, ...inside];
}
