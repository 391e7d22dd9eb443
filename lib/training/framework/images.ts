import type { BrokenRule } from '../../core/properties';
import type { Processor } from '../training-limits';
import { ALGORITHM_ACCOUNTS, DEEP_LEARNING_ACCOUNTS } from './registries';

/** Frameworks with images of AWS. */
export const FRAMEWORKS = ['pytorch', 'tensorflow', 'keras', 'scikit-learn', 'xgboost'] as const;
export type FrameworkName = (typeof FRAMEWORKS)[number];

/** An image of AWS for one version of a framework. */
export interface FrameworkImage {
  readonly repository: string;
  /** The accounts that hold it, by region. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Its tag for each processor that it computes on. AWS patches what a tag names until the end of its support. */
  readonly tags: Readonly<Partial<Record<Processor, string>>>;
  /** E.g. `3.12`. */
  readonly python: string;
  /** Day of its release, `YYYY-MM-DD`. */
  readonly released: string;
  /** First day without patches, `YYYY-MM-DD`. */
  readonly supportEnds: string;
}

const deepLearning = (
  repository: string,
  python: string,
  released: string,
  supportEnds: string,
  cpu: string,
  gpu: string,
): FrameworkImage => ({
  repository,
  accounts: DEEP_LEARNING_ACCOUNTS,
  tags: { cpu, gpu },
  python,
  released,
  supportEnds,
});
const ubuntu = (version: string, python: string, cuda: string, released: string, supportEnds: string) => {
  const py = `py${python.replace('.', '')}`;
  const os = 'ubuntu22.04-sagemaker';
  const [cpu, gpu] = [`${version}-cpu-${py}-${os}`, `${version}-gpu-${py}-${cuda}-${os}`];
  return deepLearning('pytorch-training', python, released, supportEnds, cpu, gpu);
};
const pytorch = (version: string, cuda: string, released: string, supportEnds: string) => {
  const os = 'amzn2023-sagemaker';
  return deepLearning('pytorch', '3.12', released, supportEnds, `${version}-cpu-${os}`, `${version}-${cuda}-${os}`);
};
const tensorflow = (version: string, cuda: string, os: string, released: string, supportEnds: string) => {
  const [cpu, gpu] = [`${version}-cpu-py312-${os}-sagemaker`, `${version}-gpu-py312-${cuda}-${os}-sagemaker`];
  return deepLearning('tensorflow-training', '3.12', released, supportEnds, cpu, gpu);
};
const algorithm = (
  repository: string,
  tag: string,
  python: string,
  gpu: boolean,
  released: string,
  supportEnds: string,
): FrameworkImage => ({
  repository,
  accounts: ALGORITHM_ACCOUNTS,
  tags: gpu ? { cpu: tag, gpu: tag } : { cpu: tag },
  python,
  released,
  supportEnds,
});

const TENSORFLOW: Readonly<Record<string, FrameworkImage>> = {
  '2.19': tensorflow('2.19.0', 'cu125', 'ubuntu22.04', '2025-03-11', '2026-03-11'),
  '2.21': tensorflow('2.21.0', 'cu129', 'amzn2023', '2026-07-10', '2027-07-10'),
};

/** Source of {@link FRAMEWORK_IMAGES}. */
export const IMAGES_SOURCE = 'aws/deep-learning-containers, docs/src/data and .github/config/image';
/** Day of {@link IMAGES_SOURCE}: images that AWS has released since then are not in the table. */
export const IMAGES_DAY = '2026-08-21';

/**
 * Training images by framework and version, from {@link IMAGES_SOURCE} of {@link IMAGES_DAY}: tags, Python, release and
 * end of patches are those of its files. PyTorch is in repository `pytorch` from 2.11 on. Keras 3 is in the images of
 * TensorFlow; its version here is that of TensorFlow. XGBoost has one image for CPU and GPU. Versions whose support has
 * ended stay in the table, so that an error can say when.
 */
export const FRAMEWORK_IMAGES: Readonly<Record<FrameworkName, Readonly<Record<string, FrameworkImage>>>> = {
  pytorch: {
    '2.6': ubuntu('2.6.0', '3.12', 'cu126', '2025-01-29', '2026-01-29'),
    '2.7': ubuntu('2.7.1', '3.12', 'cu128', '2025-04-23', '2026-04-23'),
    '2.8': ubuntu('2.8.0', '3.12', 'cu129', '2025-08-06', '2026-08-06'),
    '2.9': ubuntu('2.9.0', '3.12', 'cu130', '2025-10-15', '2026-10-15'),
    '2.10': ubuntu('2.10.0', '3.13', 'cu130', '2026-01-21', '2027-01-21'),
    '2.11': pytorch('2.11.0', 'cu130', '2026-04-30', '2027-04-30'),
    '2.12': pytorch('2.12.1', 'cu130', '2026-07-02', '2027-07-02'),
    '2.13': pytorch('2.13.0', 'cu133', '2026-07-20', '2027-07-20'),
  },
  tensorflow: TENSORFLOW,
  keras: TENSORFLOW,
  'scikit-learn': {
    '1.4-2': algorithm('sagemaker-scikit-learn', '1.4-2-py312-cpu-py3', '3.12', false, '2025-10-30', '2026-10-30'),
    '1.9-0': algorithm('sagemaker-scikit-learn', '1.9-0-cpu-py3', '3.12', false, '2026-07-16', '2027-07-16'),
  },
  xgboost: {
    '3.0-5': algorithm('sagemaker-xgboost', '3.0-5-cpu-py3', '3.10', true, '2025-11-17', '2026-11-17'),
    '3.2-0': algorithm('sagemaker-xgboost', '3.2-0-cpu-py3', '3.12', true, '2026-05-13', '2027-05-13'),
  },
};

/** Days before the end of an image's support from which on it is reported. */
export const SUPPORT_WARNING_DAYS = 60;
const DAY_MS = 86_400_000;

/** What is true of an image's support on a day. */
export interface ImageSupport {
  readonly state: 'supported' | 'ends soon' | 'ended';
  /** Whole days until it ends; negative once it has ended. */
  readonly daysLeft: number;
}

/** The support of an image on a day; the day on which it ends is without it. */
export function supportOf({ supportEnds }: FrameworkImage, today: Date): ImageSupport {
  const daysLeft = Math.ceil((Date.parse(`${supportEnds}T00:00:00Z`) - today.getTime()) / DAY_MS);
  const state = daysLeft <= 0 ? 'ended' : daysLeft <= SUPPORT_WARNING_DAYS ? 'ends soon' : 'supported';
  return { state, daysLeft };
}

/** The versions of a framework that have support on a day, oldest first. */
export function supportedVersions(framework: FrameworkName, today: Date): readonly string[] {
  return Object.entries(FRAMEWORK_IMAGES[framework])
    .filter(([, image]) => supportOf(image, today).state !== 'ended')
    .map(([version]) => version);
}

/** The newest version of a framework that has support on a day; the newest of the table if none has. */
export function newestVersion(framework: FrameworkName, today: Date): string {
  return supportedVersions(framework, today).at(-1) ?? Object.keys(FRAMEWORK_IMAGES[framework]).at(-1)!;
}

/**
 * The rules that a version of a framework breaks on a day: it is in the table, and its support has not ended. For an
 * environment file as for a construct.
 */
export function brokenVersion(framework: FrameworkName, version: string, today: Date): readonly BrokenRule[] {
  const image = FRAMEWORK_IMAGES[framework][version];
  const supported = supportedVersions(framework, today).join(', ');
  if (!image) {
    const known = supported === '' ? 'none with patches' : supported;
    const must = `must be a version of ${framework} that AWS has an image of: ${known} (known on ${IMAGES_DAY})`;
    return [{ must, fix: 'for another version use an image of your own (custom)' }];
  }
  if (supportOf(image, today).state !== 'ended') return [];
  const must = `must be a version of ${framework} that AWS patches, the patches of ${version} ended on ${image.supportEnds}`;
  const newer = supported === '' ? 'upgrade cdktf-mlops, which knows no newer one' : `change it to ${supported}`;
  const fix = `${newer}, use an image of your own (custom), or say why it is used all the same in unsupportedBecause`;
  return [{ must, fix }];
}

/** The rules that a framework breaks on an instance type's processor. */
export function brokenProcessor(
  framework: FrameworkName,
  version: string,
  processor: Processor,
): readonly BrokenRule[] {
  const tags = FRAMEWORK_IMAGES[framework][version]?.tags;
  if (!tags || tags[processor]) return [];
  const words = Object.keys(tags)
    .map((one) => one.toUpperCase())
    .join(' or ');
  const fix =
    processor === 'gpu' ? 'the GPU would be idle; choose a type without one' : 'use an image of your own (custom)';
  return [{ must: `must be a type with ${words}, on which ${framework} ${version} computes`, fix }];
}
