import type { Rule } from './rule';
import type { SourceFile } from './source';

/** A rule against words: `applies` says where, `pattern` which, and `message` what is wrong with the word found. */
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
    ({ room }) => room !== undefined,
    /\b(?:(?:[Pp]rod|PROD|[Ss]taging|STAGING)|\w*(?:Prod|Staging|_PROD|_STAGING))(?![a-z])\w*/,
    (word) => `says '${word}': what differs between environments is data; take it as a property`,
  ),
};

export const machinePaths = without(
  'no file names a path of one machine',
  anywhere,
  /(?<![\w.@%$})\]/-])\/(?:root|work|home|Users)\b(?!-)(?:\/[\w.-]+)?/,
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
