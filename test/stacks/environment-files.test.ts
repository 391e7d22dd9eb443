import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { loadEnvironment, parseEnvironment } from '../../stacks/environment';
import { errorOf, GOOD } from './environment-text';

const FOLDER = relative(process.cwd(), join(__dirname, 'bad-environments'));

/** Files with an invalid encoding or syntax, each with its error. */
const BAD_FILES: Record<string, string> = {
  'anchor.yaml': "9:37 lake.zones.curated: is an alias, '*plain', which is not supported; write out the value",
  'bom.yaml':
    "1:10 project: must be up to 16 lower-case letters, digits and single hyphens, beginning with a letter, got 'Acme'; write acme",
  'control-character.yaml': '2:14 has a control character; remove it, or name a YAML file',
  'empty.yaml': '1:1 is empty; start with a copy of environments/dev.yaml',
  'itself.yaml': "17:20 registry.images[0]: is an alias, '*images', which is not supported; write out the value",
  'list-key.yaml': '19:5 teams: has a key that is not a plain name; write a name before the colon',
  'list.yaml': "1:1 must be a mapping, got a list; write 'key: value' instead of '- key'",
  'missing-colon.yaml': "4:1 is not followed by a colon; write 'key: value'",
  'only-comments.yaml': '1:1 is empty; start with a copy of environments/dev.yaml',
  'open-bracket.yaml':
    '18:1 is not indented like its neighbours, or a bracket before it is not closed; align it or close the bracket',
  'open-quote.yaml': '20:1 is preceded by text without a closing quote, a comma or a colon; add it',
  'picture.yaml': '1:1 is not UTF-8 text; save it as UTF-8',
  'reserved-character.yaml': '5:8 starts with a character that YAML reserves; put the value in quotes',
  'second-colon.yaml': "5:8 has a second ': ' in its line or is indented too far; put text with a colon in quotes",
  'tab.yaml': '7:1 is indented with a tab; use spaces',
  'tag.yaml': '4:9 has a tag; write the plain value',
  'twice.yaml': '5:1 region: is already set in line 4; keep one',
  'two-documents.yaml': '20:1 starts a second document; write one environment in one file',
  'utf-16.yaml': '1:1 is not UTF-8 text; save it as UTF-8',
  'web-page.yaml': "1:1 is not followed by a colon; write 'key: value'",
  'windows.yaml':
    '19:10 teams.fraud: must be a mapping, got the number 1; write keys under it (queryLimitGb), or {} for its defaults',
  'word.yaml':
    "1:1 must be a mapping, got 'hello'; write its keys under it: project, environment, account, region, owner, network",
};

test('every bad file has an expected error', () => {
  expect(readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'))).toEqual(Object.keys(BAD_FILES).sort());
});

test.each(Object.entries(BAD_FILES))('%s', (name, line) => {
  const file = join(FOLDER, name);
  expect(errorOf(() => loadEnvironment(file))).toBe(`${file}: 1 error\n${file}:${line}`);
});

test('a missing file', () => {
  expect(errorOf(() => loadEnvironment('environments/nowhere.yaml'))).toBe(
    'environments/nowhere.yaml: 1 error\nenvironments/nowhere.yaml:1:1 does not exist; create it, e.g. as a copy of environments/dev.yaml',
  );
});

test('a folder', () => {
  expect(errorOf(() => loadEnvironment('environments'))).toBe(
    'environments: 1 error\nenvironments:1:1 is a folder; name a file',
  );
});

test('too many nested brackets', () => {
  const text = `project: ${'['.repeat(5000)}`;
  expect(errorOf(() => parseEnvironment(text, 'dev.yaml'))).toMatch(
    /^dev\.yaml: 1 error\ndev\.yaml:1:\d+ is nested too deeply; an environment has at most six levels$/,
  );
});

test('one mistake is reported once for each line', () => {
  const text = GOOD.replace('      format', '     format');
  expect(errorOf(() => parseEnvironment(text, 'dev.yaml')).split('\n')).toEqual([
    'dev.yaml: 2 errors',
    'dev.yaml:13:1 is not indented like its neighbours, or a bracket before it is not closed; align it or close the bracket',
    'dev.yaml:15:1 is not indented like its neighbours, or a bracket before it is not closed; align it or close the bracket',
  ]);
});
