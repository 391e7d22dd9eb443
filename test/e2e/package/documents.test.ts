import { Sources } from '../../support/house/source';
import { Document } from '../../support/readme/document';
import { isApp, run, typeErrors } from '../../support/readme/snippets';

const documents = Sources.ofRepository()
  .files.filter(({ path }) => path.endsWith('.md'))
  .map(({ path, text }) => new Document(path, text));
const wrong = new Document(
  'SAMPLE.md',
  ['```ts', "import { AwsStack } from 'cdktf-mlops/aws';", 'const app: AwsStack = 1;', '```'].join('\n'),
);

const code = documents.flatMap((document) => document.blocksIn('ts', 'typescript'));

test('every document quotes code that type-checks against the sources, and is told where it does not', () => {
  expect(code.length).toBeGreaterThan(1);
  expect(typeErrors([...wrong.blocksIn('ts'), ...code])).toEqual([
    "SAMPLE.md:3:7: error TS2322: Type 'number' is not assignable to type 'AwsStack'.",
  ]);
});

test('every document quotes apps that synthesize', () => {
  const apps = code.filter(isApp);
  expect(apps).not.toEqual([]);
  const silent = apps.filter((block) => run(block).length === 0);
  expect(silent.map(({ path, line }) => `${path}:${line}: made no stack`)).toEqual([]);
});
