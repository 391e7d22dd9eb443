import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Construct } from 'constructs';
import type { IRole, Role } from '../../../iam/role';
import { DATA_VERSION_PROGRAM, type DataVersion } from '../../data/data-version';
import type { ServedModel } from '../../evaluation/evaluation';
import { EVALUATION_FILES, EVALUATION_PATHS } from '../../evaluation/metric-limits';
import { programOf } from '../../evaluation/program-files';
import { UploadedProgram } from '../../evaluation/uploaded-program';
import { currentDay } from '../../framework/day';
import { Framework } from '../../framework/framework';
import { newestVersion } from '../../framework/images';
import { SERVING_FOLDER } from '../../framework/serving';
import type { Parameter } from '../parameter';
import { ProcessingInput, ProcessingStep } from '../steps/processing-step';
import type { Step } from '../steps/step';
import { Execution, Reference, type Value } from '../value';
import { GATE_FILE } from './gate';
import type { Preparation, TrainingPipelineProps } from './training-pipeline-props';

const RECORD_VERSIONS = join(__dirname, 'record_versions.py');
const VERSIONS_OUTPUT = '/opt/ml/processing/versions';
/** Name of the property file with the versions. */
const VERSIONS_FILE = 'versions';

/** Runs the program that is its first argument from the code archive, which SageMaker copied as it is. */
export const UNPACK_AND_RUN = `cd ${EVALUATION_PATHS.code} && tar -xzf *.tar.gz && exec python3 "$0" "$@"`;

/** The processing jobs of a training pipeline, each with a role of its own. */
export class Jobs extends Construct {
  /** Reads the test data and the models; no other role reads the test data. */
  public readonly evaluationRole: Role;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TrainingPipelineProps,
  ) {
    super(scope, id);
    const { workspace, framework } = props.training;
    this.evaluationRole = workspace.newJobRole(this, 'EvaluationRole', { frameworks: [framework] });
  }

  /** Folder in the workspace's bucket for what the runs of the pipeline write. */
  public get folder(): string {
    return this.props.training.trainingName;
  }

  /** Checks the data. A program that finds it not good enough fails the step, and with it the run. */
  public dataQuality(): ProcessingStep | undefined {
    const { quality, qualityFramework, training } = this.props;
    if (!quality) return undefined;
    const framework = qualityFramework ?? withArrow(training.framework);
    const role = training.workspace.newJobRole(this, 'DataQualityRole', { frameworks: [framework] });
    quality.grantEvaluate(role);
    const { code } = EVALUATION_PATHS;
    const job = quality.processing({ codePath: code, run: Execution.id });
    return new ProcessingStep('DataQuality', {
      ...this.place(role),
      image: framework.imageFor(this, this.instanceType),
      entrypoint: ['python3', `${code}/${job.entryPoint}`],
      arguments: job.arguments.map(asValue),
      networkIsolation: false, // reads the table, and sends metrics and events
      inputs: { code: ProcessingInput.uri(job.codeUri, code) },
    });
  }

  /** Makes the training data. @param codeUri parameter with the code of the run, if the training has code */
  public preparation(preparation: Preparation, codeUri: Parameter | undefined): ProcessingStep {
    const { training } = this.props;
    const { inputs, channels, instanceType = this.instanceType, cacheFor } = preparation;
    const role = training.workspace.newJobRole(this, 'PreparationRole', { frameworks: [training.framework] });
    const { bucket } = training.workspace;
    const program = this.preparationProgram(preparation, codeUri, role);
    const prepared = `${this.folder}/prepared`;
    bucket.grantWrite(role, `${prepared}/*`);
    bucket.grantRead(training.role, `${prepared}/*`);
    const data = Object.entries(inputs).map(([name, source]) => {
      const localPath = `/opt/ml/processing/input/${name}`;
      return [name, ProcessingInput.data(source, localPath)] as const;
    });
    const outputs = channels.map((channel) => {
      const uri = Reference.join('/', [training.workspace.uriOf(prepared), Execution.id, channel]);
      return [channel, { localPath: `/opt/ml/processing/output/${channel}`, uri }] as const;
    });
    return new ProcessingStep('Prepare', {
      ...this.place(role),
      instanceType,
      cacheFor,
      image: training.framework.imageFor(this, instanceType),
      entrypoint: program.entrypoint,
      arguments: preparation.arguments,
      inputs: { ...Object.fromEntries(data), code: ProcessingInput.uri(program.uri, EVALUATION_PATHS.code) },
      outputs: Object.fromEntries(outputs),
    });
  }

  private preparationProgram(
    { folder, entryPoint }: Preparation,
    codeUri: Parameter | undefined,
    role: Role,
  ): { readonly uri: Value; readonly entrypoint: readonly string[] } {
    const { training } = this.props;
    const { code } = EVALUATION_PATHS;
    if (folder !== undefined) {
      const { uri } = UploadedProgram.to(this, 'Preparation', {
        bucket: training.workspace.bucket,
        folder: `${this.folder}/preparation`,
        files: programOf(String(this.node.scope?.node.path), { folder, entryPoint }, 'preparation'),
        role,
      });
      return { uri, entrypoint: ['python3', `${code}/${entryPoint}`] };
    }
    training.grantReadCode(role);
    // the words after the script are the program and its arguments, which the shell does not read
    return { uri: codeUri!, entrypoint: ['sh', '-c', UNPACK_AND_RUN, entryPoint] };
  }

  /** Records the versions of data and code before they are used. */
  public versions(sources: Readonly<Record<string, DataVersion>>, codeUri: Parameter | undefined): ProcessingStep {
    const { training } = this.props;
    const role = training.workspace.newJobRole(this, 'VersionsRole', { frameworks: [training.framework] });
    for (const version of Object.values(sources)) version.grantCompute(role);
    training.codeVersion?.grantCompute(role);
    const program = UploadedProgram.to(this, 'Versions', {
      bucket: training.workspace.bucket,
      folder: `${this.folder}/versions`,
      files: Object.fromEntries(
        [RECORD_VERSIONS, DATA_VERSION_PROGRAM].map((path) => [fileOf(path), readFileSync(path, 'utf8')]),
      ),
      role,
    });
    const data = Object.entries(sources).flatMap(([name, { source }]) => ['--data', `${name}=${source}`]);
    return new ProcessingStep('Versions', {
      ...this.place(role),
      image: training.image,
      entrypoint: ['python3', `${EVALUATION_PATHS.code}/${fileOf(RECORD_VERSIONS)}`],
      arguments: ['--output', VERSIONS_OUTPUT, ...data, ...(codeUri ? ['--code', codeUri] : [])],
      networkIsolation: false, // lists objects, or reads the catalog
      inputs: { code: ProcessingInput.uri(program.uri, EVALUATION_PATHS.code) },
      outputs: { versions: { localPath: VERSIONS_OUTPUT, uri: this.report(role, 'versions') } },
      propertyFiles: { [VERSIONS_FILE]: { output: 'versions', path: 'versions.json' } },
    });
  }

  /** A version that was recorded: `data` or `code`. */
  public recorded(versions: ProcessingStep, what: 'data' | 'code'): Value {
    return versions.value(VERSIONS_FILE, what);
  }

  /** Judges a model on the held-out data, which no other role may read. */
  public evaluation(modelUri: Value): ProcessingStep {
    const { training, testData, evaluation, champion, packages } = this.props;
    const { workspace, framework } = training;
    const { evaluationRole: role } = this;
    workspace.bucket.grantRead(role, `${this.folder}/output/*`); // the model, and the champion, which was trained here too
    if (champion) packages.grantRead(role);
    const compared = champion && { packageGroupName: packages.packageGroupName, metric: champion.metric };
    const job = evaluation.bind(this, {
      workspace,
      folder: this.folder,
      framework,
      role,
      champion: compared,
      served: this.served,
    });
    const { code, model, test, output } = EVALUATION_PATHS;
    return new ProcessingStep('Evaluate', {
      ...this.place(role),
      image: framework.imageFor(this, this.instanceType),
      entrypoint: job.entrypoint,
      arguments: job.arguments,
      environment: job.environment,
      networkIsolation: !job.callsAws,
      inputs: {
        code: ProcessingInput.uri(job.codeUri, code),
        model: ProcessingInput.uri(modelUri, model),
        test: ProcessingInput.data(testData, test),
      },
      outputs: { evaluation: { localPath: output, uri: this.report(role, 'evaluation') } },
      propertyFiles: { [GATE_FILE]: { output: 'evaluation', path: EVALUATION_FILES.gate } },
    });
  }

  /** File in the folder `code` of the artifact that serving images are told of: those that need none do not mind. */
  public get servingProgram(): string | undefined {
    const { servingProgram, training } = this.props;
    return servingProgram ?? training.framework.serving.program;
  }

  /** What an image of one's own needs is not known, unless its program is named. */
  private get served(): ServedModel | undefined {
    const { servingProgram: program, props } = this;
    if (props.servingProgram === undefined && props.servingImage !== undefined) return undefined;
    return { program: program && `${SERVING_FOLDER}/${program}` };
  }

  private get instanceType(): string {
    return this.props.evaluationInstanceType ?? this.props.training.instanceType;
  }

  private place(role: IRole) {
    const { workspace, team } = this.props.training;
    return { workspace, role, instanceType: this.instanceType, tags: { team } };
  }

  /** A folder of reports, one for each run. The role writes its own ones only. */
  private report(role: IRole, name: string): Reference {
    const { workspace } = this.props.training;
    const reports = `${this.folder}/reports`;
    workspace.bucket.grantWrite(role, `${reports}/*/${name}/*`);
    return Reference.join('/', [workspace.uriOf(reports), Execution.id, name]);
  }
}

/** What depends on every step of a list that is there. */
export function after(...steps: readonly (Step | undefined)[]): readonly Step[] {
  return steps.filter((step) => step !== undefined);
}

function fileOf(path: string): string {
  return path.split(/[\\/]/).at(-1)!;
}

/** The framework of the training if its image has pyarrow, as that of scikit-learn has; otherwise the newest of those. */
function withArrow(framework: Framework): Framework {
  if (framework.name === 'scikit-learn') return framework;
  return Framework.scikitLearn(newestVersion('scikit-learn', currentDay()));
}

function asValue(text: string | { toJSON(): unknown }): Value {
  return text as Value;
}
