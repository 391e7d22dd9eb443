import type { Rule } from './rule';
import type { SourceFile } from './source';

/** A rule against words: `applies` says where, `pattern` which, and `message` what is wrong with the first one of a line. */
function without(
  name: string,
  applies: (source: SourceFile) => boolean,
  pattern: RegExp,
  message: (word: string) => string,
): Rule {
  return {
    name,
    check: (source) =>
      applies(source)
        ? source.text.split('\n').flatMap((text, index) => {
            const found = pattern.exec(text);
            return found ? [{ line: index + 1, message: message(found[1] ?? found[0]) }] : [];
          })
        : [],
  };
}

const anywhere = () => true;

export const environmentNames: Rule = {
  exceptions: [{ path: 'lib/network/endpoints.ts', reason: "AWS's own buckets are called so" }],
  ...without(
    'lib knows the name of no environment',
    ({ module }) => module !== undefined,
    /\b(?:(?:[Pp]rod|PROD|[Ss]taging|STAGING)|\w*(?:Prod|Staging|_PROD|_STAGING))(?![a-z])\w*/,
    (word) => `says '${word}': what differs between environments is data; take it as a property`,
  ),
};

/** Users of well-known images: their homes are the same in every container. */
const CONTAINER_HOMES: Readonly<Record<string, string>> = {
  airflow: 'the image of Apache Airflow: its folders of DAGs and logs',
  jovyan: 'the images of Jupyter: where notebooks are mounted',
  jenkins: 'the images of Jenkins agents: the workspace',
  'sagemaker-user': 'SageMaker Studio: the home that its storage is mounted at',
  'ec2-user': 'SageMaker notebook instances: the folder SageMaker in it is kept between starts',
};

export const machinePaths = without(
  'no file names a path of one machine',
  anywhere,
  new RegExp(
    `(?<![\\w.@%$})\\]/-])/(?!home/(?:${Object.keys(CONTAINER_HOMES).join('|')})(?![\\w.-]))(?:root|work|home|Users)\\b(?!-)(?:/[\\w.-]+)?`,
  ),
  (word) => `names '${word}': other machines do not have it; derive it, or write it relative`,
);

export const issueNumbers = without(
  'no file names an issue by its number',
  ({ path }) => path !== 'package-lock.json',
  /(?:(?<![\w&'"`/#])|[\w-]+\/[\w-]+)#\d{1,5}(?![\w-])|\bissue \d+\b|\/(?:issues|pull)\/\d+/i,
  (word) => `names '${word}': trackers move and readers cannot look it up; say what it was about`,
);

export const registryHosts = without(
  'no file names a package registry of one machine',
  anywhere,
  /(?:"resolved": "|(?:registry|index[-_]url)['"]?\s*[=:\s]\s*['"]?)(https?:\/\/(?!registry\.npmjs\.org\/|pypi\.org\/)[^/"'\s]+)/i,
  (word) => `names '${word}': others cannot reach it; leave the registry to each machine's own configuration`,
);
