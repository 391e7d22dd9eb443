import { join } from 'node:path';
import { InputError } from '../../core/input-error';

/** What a model takes and gives. */
export interface ModelSignature {
  /** Columns that the model takes, in its order. `type` is integer, number, boolean, text or time. */
  readonly inputs: readonly { readonly name: string; readonly type: string }[];
  /** Whether the model knows its columns by name; without, their order is all it knows. */
  readonly byName: boolean;
  /** `kind` is probabilities, scores or labels, with the `classes` in the order of the outputs; or numbers. */
  readonly outputs: { readonly kind: string; readonly classes: readonly string[] | undefined };
}

/** A server of models, as far as it decides what it can serve. */
export interface ModelServer {
  /** scikit-learn, xgboost, pytorch, tensorflow, keras or custom. */
  readonly framework: string;
  /** Version of the framework's package: `1.4.2`, or `1.4` if the patch is not known. @default - not judged */
  readonly version?: string;
  /** Version of Python: `3.10` or `3.10.14`. */
  readonly python: string;
  /** Versions of other packages by name; of `numpy` the major version is judged. @default - not judged */
  readonly packages?: Readonly<Record<string, string>>;
  /** Files that it needs in the artifact; `*` stands for any characters: `code/inference.py`. @default - none */
  readonly layout?: readonly string[];
}

/**
 * What a model was made with, what it takes and gives, and what is in its artifact: `contract.json` of an evaluation, written by
 * the program that loaded the model and judged it, so that it is true.
 */
export interface ServingContract {
  /** Version of the format: 1. */
  readonly contractVersion: number;
  /** `version` is that of the installed package; `null` for an image of one's own. */
  readonly framework: { readonly name: string; readonly version: string | null };
  /** Version of Python, `3.10.14`. */
  readonly python: string;
  /** Versions of the packages that decide what can be read: numpy, pandas, joblib. */
  readonly packages: Readonly<Record<string, string>>;
  readonly signature: ModelSignature;
  readonly artifact: {
    /** How the model is written: see {@link CONTRACT_LAYOUTS}. */
    readonly layout: string;
    /** Paths in the archive. */
    readonly files: readonly string[];
    /** Size of the archive. */
    readonly bytes: number;
    /** SHA-256 of the archive, in hexadecimal digits. */
    readonly sha256: string;
  };
}

/** The version of the format that {@link ServingContract.check} knows. */
export const CONTRACT_VERSION = 1;

/**
 * The program that checks a contract in the image of a server, and writes one: `serving_contract.py`, for Python 3.9 or newer,
 * with no package. `python3 serving_contract.py contract.json --framework scikit-learn --model model.tar.gz` prints each
 * fault and exits with 1.
 */
export const CONTRACT_PROGRAM: string = join(__dirname, 'serving_contract.py');

/**
 * How a model may be written, with the number of leading parts of the framework's version that must be the same in the
 * server, and why. What is alike must not be older in the server. The same table is in `serving_contract.py`.
 */
export const CONTRACT_LAYOUTS: Readonly<Record<string, readonly [same: number, reason: string]>> = {
  pickle: [2, 'scikit-learn and pickle promise to load only what the same version wrote'],
  script: [2, 'model_fn may load anything, pickles too'],
  xgboost: [0, 'XGBoost loads models of older versions'],
  torchscript: [1, 'TorchScript is loaded by later versions of the same major version'],
  'saved-model': [1, 'TensorFlow loads saved models of the same major version'],
  keras: [1, 'Keras loads files of the same major version'],
};
const UNKNOWN_LAYOUT = [2, 'its layout is unknown'] as const;
/** Layouts that hold pickles, which name functions of one Python and its packages. */
const PICKLED: readonly string[] = ['pickle', 'script'];
const TENSORFLOW: readonly string[] = ['tensorflow', 'keras'];
const SHOWN_FILES = 5;

/** What is done with contracts. */
export const ServingContract = {
  /**
   * The contract in the text of a `contract.json`.
   *
   * @throws InputError if it is none
   */
  read(text: string): ServingContract {
    const content = parsed(text) as Partial<ServingContract> | undefined;
    const { framework, python, artifact, signature, contractVersion } = content ?? {};
    const isWhole =
      typeof contractVersion === 'number' &&
      typeof framework?.name === 'string' &&
      typeof python === 'string' &&
      typeof artifact?.layout === 'string' &&
      Array.isArray(artifact.files) &&
      /^[0-9a-f]{64}$/.test(artifact.sha256) &&
      Array.isArray(signature?.inputs);
    if (!isWhole) {
      throw new InputError(
        'contract.json: must be a contract of an evaluation, with contractVersion, framework, python, signature and artifact; take the file that the evaluation wrote',
      );
    }
    return content as ServingContract;
  },

  /**
   * What keeps a server from serving a model: the framework, its version, Python, packages, files. `serving_contract.py` says
   * the same in the same words.
   *
   * @returns one sentence for each fault, with what to do, and without a full stop; none if the server can serve it
   */
  check(contract: ServingContract, server: ModelServer): readonly string[] {
    const { contractVersion: written } = contract;
    if (written !== CONTRACT_VERSION) {
      return [
        `the contract has version ${written}, this check knows ${CONTRACT_VERSION}; take the check of the platform that wrote it`,
      ];
    }
    return [
      ...frameworkFaults(contract, server),
      ...(PICKLED.includes(contract.artifact.layout) ? pickleFaults(contract, server) : []),
      ...layoutFaults(contract, server),
    ];
  },
} as const;

function frameworkFaults({ framework, artifact: { layout } }: ServingContract, server: ModelServer): string[] {
  const [same, reason] = CONTRACT_LAYOUTS[layout] ?? UNKNOWN_LAYOUT;
  if (framework.name !== server.framework) {
    const both = [framework.name, server.framework];
    if (layout === 'saved-model' && both.every((name) => TENSORFLOW.includes(name))) return [];
    return [
      `the model is one of ${framework.name}, the server has ${server.framework}; take a server with ${framework.name}`,
    ];
  }
  if (!framework.version || !server.version) return [];
  const [made, given] = [partsOf(framework.version), partsOf(server.version)];
  if (isSame(made.slice(0, same), given.slice(0, same)) && !isOlder(given, made.slice(0, 2))) return [];
  const wanted = `${made.slice(0, Math.max(same, 2)).join('.')}${same === 2 ? '' : ' or later'}`;
  return [
    `the model was made with ${framework.name} ${framework.version}, the server has ${server.version}: ${reason}; take ${wanted}`,
  ];
}

function pickleFaults(contract: ServingContract, server: ModelServer): string[] {
  const faults: string[] = [];
  const [made, given] = [contract.python, server.python].map((version) => partsOf(version).slice(0, 2));
  if (!isSame(made!, given!)) {
    faults.push(
      `the model was made with Python ${contract.python}, the server has ${server.python}: a pickle holds code of one minor version; take Python ${made!.join('.')}`,
    );
  }
  const { numpy } = contract.packages ?? {};
  const served = server.packages?.numpy;
  if (numpy && served && partsOf(numpy)[0]! > partsOf(served)[0]!) {
    faults.push(
      `the model was made with numpy ${numpy}, the server has ${served}: arrays pickled by a later major version cannot be read; take numpy ${partsOf(numpy)[0]}`,
    );
  }
  return faults;
}

function layoutFaults({ artifact: { files } }: ServingContract, server: ModelServer): string[] {
  const missing = (server.layout ?? []).filter((pattern) => !files.some((file) => matcherOf(pattern).test(file)));
  const got = files.slice(0, SHOWN_FILES).join(', ');
  return missing.map((pattern) => `the artifact must have ${pattern}, got ${got}; pack it in training`);
}

/** The numbers of a version: 1, 4, 2 of `1.4.2+cpu`. */
function partsOf(version: string): number[] {
  return (/^\d+([.-]\d+)*/.exec(version)?.[0] ?? '').split(/[.-]/).map(Number);
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index]);
}

function isOlder(one: readonly number[], other: readonly number[]): boolean {
  const length = Math.min(one.length, other.length);
  const index = one.slice(0, length).findIndex((part, at) => part !== other[at]);
  return index >= 0 && one[index]! < other[index]!;
}

function matcherOf(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
