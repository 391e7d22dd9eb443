import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { loadEnvironment, parseEnvironment } from '../../stacks/environment';
import { errorOf, GOOD } from './environment-text';

const FOLDER = relative(process.cwd(), join(__dirname, 'bad-environments'));

/** Files whose bytes or grammar are wrong, and what is said of each. */
const BAD_FILES: Record<string, string> = {
  'anchor.yaml':
    "9:37 lake.zones.curated: refers to another value by '*plain'; write the value out, anchors are not read",
  'bom.yaml':
    "1:10 project: must be up to 16 lower-case letters, digits and single hyphens, beginning with a letter, got 'Acme'; write acme",
  'control-character.yaml': '2:14 holds a control character, as no text does; name a YAML file',
  'empty.yaml': '1:1 is empty; copy environments/dev.yaml to begin one',
  'itself.yaml':
    "17:20 registry.images[0]: refers to another value by '*images'; write the value out, anchors are not read",
  'list-key.yaml': '19:5 teams: has a key that is not a word; write a plain name before the colon',
  'list.yaml': "1:1 must be a mapping, got a list; write 'name: {}' instead of '- name'",
  'missing-colon.yaml': "4:1 is not followed by a colon; write 'key: value'",
  'only-comments.yaml': '1:1 is empty; copy environments/dev.yaml to begin one',
  'open-bracket.yaml':
    '18:1 is not indented like its neighbours, or a bracket before it is not closed; align it or close the bracket',
  'open-quote.yaml': '20:1 ends what lacks a closing quote, a comma or a colon before it; add that',
  'picture.yaml': '1:1 is not text in UTF-8; save it as such',
  'reserved-character.yaml': '5:8 begins with a character that YAML reserves; put the value in quotes',
  'second-colon.yaml': "5:8 has a second ': ' in its line or is indented too far; put text with a colon in quotes",
  'tab.yaml': '7:1 is indented with a tab; use spaces',
  'tag.yaml': '4:9 has a tag; write the plain value',
  'twice.yaml': '5:1 region: stands twice, first in line 4; keep one',
  'two-documents.yaml': '20:1 begins a second document; keep one environment in one file',
  'utf-16.yaml': '1:1 is not text in UTF-8; save it as such',
  'web-page.yaml': "1:1 is not followed by a colon; write 'key: value'",
  'windows.yaml': '19:10 teams.fraud: must be a mapping, got the number 1; write keys under it, or {} for its defaults',
  'word.yaml': "1:1 must be a mapping, got 'hello'; write keys under it, or {} for its defaults",
};

test('every bad file has an expectation', () => {
  expect(readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'))).toEqual(Object.keys(BAD_FILES).sort());
});

test.each(Object.entries(BAD_FILES))('%s', (name, line) => {
  const file = join(FOLDER, name);
  expect(errorOf(() => loadEnvironment(file))).toBe(`${file}: 1 error\n${file}:${line}`);
});

test('a file that is not there', () => {
  expect(errorOf(() => loadEnvironment('environments/nowhere.yaml'))).toBe(
    'environments/nowhere.yaml: 1 error\nenvironments/nowhere.yaml:1:1 does not exist; copy environments/dev.yaml to begin one',
  );
});

test('a folder', () => {
  expect(errorOf(() => loadEnvironment('environments'))).toBe(
    'environments: 1 error\nenvironments:1:1 is a folder; name a file in it',
  );
});

test('more brackets than can be read', () => {
  const text = `project: ${'['.repeat(5000)}`;
  expect(errorOf(() => parseEnvironment(text, 'dev.yaml'))).toMatch(
    /^dev\.yaml: 1 error\ndev\.yaml:1:\d+ is nested too deeply to be read; an environment has at most six levels$/,
  );
});

test('one slip is told once, whatever follows from it', () => {
  const text = GOOD.replace('      format', '     format');
  expect(errorOf(() => parseEnvironment(text, 'dev.yaml')).split('\n')).toEqual([
    'dev.yaml: 2 errors',
    'dev.yaml:13:1 is not indented like its neighbours, or a bracket before it is not closed; align it or close the bracket',
    'dev.yaml:15:1 is not indented like its neighbours, or a bracket before it is not closed; align it or close the bracket',
  ]);
});
