import { Construct } from 'constructs';
import { Properties } from '../../core/properties';
import type { IRole } from '../../iam/role';
import type { IBucket } from '../../storage/bucket-base';
import { DATA_PREFIX } from '../../training/data/data-limits';
import type { DataSource } from '../../training/data/data-source';
import { UploadedProgram } from '../../training/evaluation/uploaded-program';
import type { Framework } from '../../training/framework/framework';
import { ProcessingInput, ProcessingStep } from '../../training/pipeline/steps/processing-step';
import { PROGRAM_PATH } from '../../training/processing/processing-limits';
import type { ITrainingWorkspace } from '../../training/sagemaker/workspace';
import {
  BASELINE_FORMATS,
  type BaselineFormat,
  DEFAULT_MAX_ROWS,
  DEFAULT_MIN_ROWS,
  MAX_ROWS,
  MIN_ROWS,
} from './drift-limits';
import type { DriftColumns } from './drift-props';
import { checkColumns, columnSettings, DRIFT_PROGRAM, DRIFT_SETTINGS, driftProgram } from './drift-settings';

/** File of the profile in its folder. */
export const BASELINE_FILE = 'profile.json';
const [DATA, OUTPUT] = ['/opt/ml/processing/data', '/opt/ml/processing/baseline'];

export interface DriftBaselineProps extends DriftColumns {
  /** Where the job runs, and whose bucket holds the program. */
  readonly workspace: ITrainingWorkspace;
  /** Role of the job, e.g. `workspace.newJobRole(...)`; it is allowed to read the data and the program, and to write the profile. */
  readonly role: IRole;
  /** An image with numpy and scipy, e.g. `Framework.scikitLearn('1.9-0')`, which the role may pull. */
  readonly framework: Framework;
  /** One of the workspace's types, e.g. `ml.m5.large`. */
  readonly instanceType: string;
  /** What the model is trained on, or better: held-out data with the model's predictions beside it. */
  readonly data: DataSource;
  readonly format: BaselineFormat;
  /** Bucket of the profile, e.g. that of a model store. */
  readonly bucket: IBucket;
  /** Folder of the profile, without slashes at its ends: `baselines/card-fraud`. */
  readonly folder: string;
  /** Fewest rows of which a profile is made, 50 to 1000000. @default 500 */
  readonly minRows?: number;
  /** Rows of which more are drawn at random, 1000 to 5000000. @default 200000 */
  readonly maxRows?: number;
}

/**
 * Makes the profile of a data set in a pipeline, for a `DriftMonitor`: `Baseline.profile(bucket, baseline.key)`.
 *
 * Its job has no network; SageMaker copies the data and the profile. Each run replaces the profile: it belongs to the model that the
 * run has trained, so that the step stands after what decides on the model.
 *
 * Makes the objects of its program; costs at rest what S3 bills for these few KB, and a run its instance by the second. Destroying it
 * removes the program; the profile stays.
 */
export class DriftBaseline extends Construct {
  /** Key of the profile. */
  public readonly key: string;
  private readonly codeUri: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DriftBaselineProps,
  ) {
    super(scope, id);
    Properties.need(
      this,
      props,
      'workspace',
      'role',
      'framework',
      'instanceType',
      'data',
      'format',
      'bucket',
      'folder',
    );
    this.validate();
    const { workspace, role, bucket, folder, minRows = DEFAULT_MIN_ROWS, maxRows = DEFAULT_MAX_ROWS } = props;
    this.key = `${folder}/${BASELINE_FILE}`;
    const settings = `${JSON.stringify({ ...columnSettings(props), minRows, maxRows }, undefined, 2)}\n`;
    const files = { ...driftProgram(), [DRIFT_SETTINGS]: settings };
    this.codeUri = UploadedProgram.to(this, 'Program', {
      bucket: workspace.bucket,
      folder: `drift-baselines/${folder}`,
      files,
      role,
    }).uri;
    bucket.grantWrite(role, this.key);
  }

  /** The step of a pipeline. @param name e.g. `Baseline` */
  public step(name: string): ProcessingStep {
    const { workspace, role, framework, instanceType, data, format, bucket, folder } = this.props;
    return new ProcessingStep(name, {
      workspace,
      role,
      image: framework.imageFor(this, instanceType),
      instanceType,
      entrypoint: ['python3', `${PROGRAM_PATH}/${DRIFT_PROGRAM}`],
      arguments: [
        ...['baseline', '--settings', `${PROGRAM_PATH}/${DRIFT_SETTINGS}`],
        ...['--data', DATA, '--format', format, '--profile', `${OUTPUT}/${BASELINE_FILE}`],
      ],
      inputs: {
        code: ProcessingInput.uri(this.codeUri, PROGRAM_PATH),
        data: ProcessingInput.data(data, DATA),
      },
      outputs: { baseline: { localPath: OUTPUT, uri: `s3://${bucket.bucketName}/${folder}` } },
    });
  }

  private validate(): void {
    const { props } = this;
    Properties.of(this)
      .known(props, 'features', 'predictions', 'ignored', 'categories', 'minRows', 'maxRows', 'format')
      .throwIfInvalid();
    const properties = Properties.of(this)
      .oneOf('format', props.format, BASELINE_FORMATS)
      .matches('folder', props.folder, DATA_PREFIX)
      .integer('minRows', props.minRows, MIN_ROWS)
      .integer('maxRows', props.maxRows, MAX_ROWS);
    checkColumns(properties, props);
    properties.throwIfInvalid();
  }
}
