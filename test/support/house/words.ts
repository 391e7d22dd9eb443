import type { Rule } from './rule';
import type { SourceFile } from './source';

/** A rule about words: `applies` selects files, `pattern` finds words, `message` is for the first one of a line. */
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
  exceptions: [{ path: 'lib/network/endpoints.ts', reason: "names of AWS's own buckets" }],
  ...without(
    'lib contains no name of an environment',
    ({ module }) => module !== undefined,
    /\b(?:(?:[Pp]rod|PROD|[Ss]taging|STAGING)|\w*(?:Prod|Staging|_PROD|_STAGING))(?![a-z])\w*/,
    (word) => `contains '${word}': what differs between environments is data; take it as a property`,
  ),
};

/** Users of well-known images: their home folders are the same in every container. */
const CONTAINER_HOMES: Readonly<Record<string, string>> = {
  airflow: 'the image of Apache Airflow: its folders of DAGs and logs',
  jovyan: 'the images of Jupyter: where notebooks are mounted',
  jenkins: 'the images of Jenkins agents: the workspace',
  'sagemaker-user': 'SageMaker Studio: the home that its storage is mounted at',
  'ec2-user': 'SageMaker notebook instances: the folder SageMaker in it is kept between starts',
};

export const machinePaths = without(
  'no file contains a path of one machine',
  anywhere,
  new RegExp(
    `(?<![\\w.@%$})\\]/-])/(?!home/(?:${Object.keys(CONTAINER_HOMES).join('|')})(?![\\w.-]))(?:root|work|home|Users)\\b(?!-)(?:/[\\w.-]+)?`,
  ),
  (word) => `contains '${word}': other machines do not have it; derive it, or write it relative`,
);

export const issueNumbers = without(
  'no file contains an issue by its number',
  ({ path }) => path !== 'package-lock.json',
  /(?:(?<![\w&'"`/#])|[\w-]+\/[\w-]+)#\d{1,5}(?![\w-])|\bissue \d+\b|\/(?:issues|pull)\/\d+/i,
  (word) => `contains '${word}': trackers move and readers cannot look it up; describe the problem instead`,
);

export const registryHosts = without(
  'no file contains a package registry of one machine',
  anywhere,
  /(?:"resolved": "|(?:registry|index[-_]url)['"]?\s*[=:\s]\s*['"]?)(https?:\/\/(?!registry\.npmjs\.org\/|pypi\.org\/)[^/"'\s]+)/i,
  (word) => `contains '${word}': others cannot reach it; leave it to each machine's configuration`,
);
