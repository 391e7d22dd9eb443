import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CONTRACT_LAYOUTS, type ModelServer, ServingContract } from '../../lib/registry/contract/serving-contract';
import { describeWith } from '../support/machine';
import CASES from './contract-cases.json';

const CONTRACT: ServingContract = {
  contractVersion: 1,
  framework: { name: 'scikit-learn', version: '1.4.2' },
  python: '3.10.14',
  packages: {},
  signature: { inputs: [], byName: true, outputs: { kind: 'numbers', classes: undefined } },
  artifact: { layout: 'pickle', files: ['model.joblib'], bytes: 3, sha256: '0'.repeat(64) },
};
const SERVER: ModelServer = { framework: 'scikit-learn', version: '1.4.2', python: '3.10.14' };

/** `base` with `changes` in it, level by level. */
function changed<T extends object>(base: T, changes: object): T {
  const entries = Object.entries(changes).map(([key, value]) => {
    const old: unknown = base[key as keyof T];
    const isMap = typeof old === 'object' && old !== null && !Array.isArray(old);
    return [key, isMap ? changed(old, value) : value];
  });
  return { ...base, ...Object.fromEntries(entries) };
}

describe('a contract between training and serving', () => {
  test.each(CASES)('$title', ({ contract, server, faults }) => {
    expect(ServingContract.check(changed(CONTRACT, contract), changed(SERVER, server))).toEqual(faults);
  });

  test('names the files of the artifact that matter, and not hundreds', () => {
    const files = Array.from({ length: 300 }, (_, index) => `${index}.bin`);
    const [fault] = ServingContract.check(changed(CONTRACT, { artifact: { files } }), { ...SERVER, layout: ['a'] });
    expect(fault).toBe('the artifact must have a, got 0.bin, 1.bin, 2.bin, 3.bin, 4.bin; pack it in training');
  });

  test('is read from the file of an evaluation, and from no other', () => {
    expect(ServingContract.read(JSON.stringify(CONTRACT))).toEqual(CONTRACT);
    const others = [
      '',
      '[]',
      'null',
      '{"contractVersion":1}',
      JSON.stringify({ ...CONTRACT, artifact: { layout: 'pickle' } }),
    ];
    for (const text of others) {
      expect(() => ServingContract.read(text)).toThrow('contract.json: must be a contract of an evaluation');
    }
  });

  test('has a reason for every layout', () => {
    for (const [same, reason] of Object.values(CONTRACT_LAYOUTS)) {
      expect(same).toBeLessThanOrEqual(2);
      expect(reason).not.toBe('');
    }
  });
});

describeWith(['python'], 'the program of the contract', () => {
  test('says the same, and passes its own tests', () => {
    const { status, stderr } = spawnSync('python3', [join(__dirname, 'serving_contract_test.py')], {
      encoding: 'utf8',
    });
    expect(stderr).toMatch(/Ran [1-9]\d* tests/);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });
});
