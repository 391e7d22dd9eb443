import type { TextPattern } from '../../core/text-pattern';
import type { FrameworkName } from './images';

/** Name of a file with the functions of SageMaker's serving images. They import it, so that it is no path. */
export const SERVING_PROGRAM: TextPattern = {
  pattern: /^[A-Za-z_]\w*\.py$/,
  meaning: 'the name of a Python file in the folder code of the artifact, such as inference.py',
};
/** Folder of an artifact that holds it. */
export const SERVING_FOLDER = 'code';
const MODEL_IN_CONTAINER = '/opt/ml/model';

/** How the models of a framework are served. */
export interface Serving {
  /** File in the folder `code` of the artifact by which images serve the model; `undefined` if they do it by themselves. */
  readonly program: string | undefined;
  /** MIME types that the image reads by itself. */
  readonly contentTypes: readonly string[];
  /** MIME types that the image answers with by itself. */
  readonly responseTypes: readonly string[];
}

const JSON_TYPE = 'application/json';
const inJson: Serving = { program: undefined, contentTypes: [JSON_TYPE], responseTypes: [JSON_TYPE] };
const scripted: Serving = { ...inJson, program: 'inference.py' };

/**
 * How the images of AWS serve (aws/sagemaker-scikit-learn-container and aws/sagemaker-xgboost-container, read 27 November
 * 2026). That of scikit-learn has no loader of its own, and does not start without a program. That of XGBoost serves
 * `xgboost-model` by itself, and takes no JSON. TensorFlow Serving needs no program.
 */
export const SERVING: Readonly<Record<FrameworkName | 'custom', Serving>> = {
  pytorch: scripted,
  tensorflow: inJson,
  keras: inJson,
  'scikit-learn': scripted,
  xgboost: { program: undefined, contentTypes: ['text/csv'], responseTypes: [JSON_TYPE, 'text/csv'] },
  custom: inJson,
};

/** Variables by which a serving image finds its program in the artifact; none if it needs none. */
export function servingEnvironment(program: string | undefined, region: string): Readonly<Record<string, string>> {
  if (program === undefined) return {};
  return {
    SAGEMAKER_PROGRAM: program,
    SAGEMAKER_SUBMIT_DIRECTORY: `${MODEL_IN_CONTAINER}/${SERVING_FOLDER}`,
    SAGEMAKER_CONTAINER_LOG_LEVEL: '20',
    SAGEMAKER_REGION: region,
  };
}
