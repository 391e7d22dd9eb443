import { Sources } from '../../support/house/source';
import { Document } from '../../support/readme/document';
import { typeErrors } from '../../support/readme/snippets';

const documents = Sources.ofRepository()
  .files.filter(({ path }) => path.endsWith('.md'))
  .map(({ path, text }) => new Document(path, text));
const wrong = new Document(
  'SAMPLE.md',
  ['```ts', "import { AwsStack } from 'cdktf-mlops/aws';", 'const app: AwsStack = 1;', '```'].join('\n'),
);

test('every document quotes code that type-checks against the sources, and is told where it does not', () => {
  const blocks = [wrong, ...documents].flatMap((document) => document.blocksIn('ts', 'typescript'));
  expect(blocks.length).toBeGreaterThan(1);
  expect(typeErrors(blocks)).toEqual([
    "SAMPLE.md:3:7: error TS2322: Type 'number' is not assignable to type 'AwsStack'.",
  ]);
});
