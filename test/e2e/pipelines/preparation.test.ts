import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVALUATION_PATHS } from '../../../lib/training/evaluation/metric-limits';
import { UNPACK_AND_RUN } from '../../../lib/training/pipeline/training/jobs';
import { packFolder } from '../../../lib/training/sagemaker/pack-folder';
import { describeWith } from '../../support/machine';
import { acmeStack } from '../../support/stack';

describeWith(['python'], 'the program of a preparation', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'preparation-'));
    mkdirSync(join(home, 'code'));
    mkdirSync(join(home, 'container'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  /** As SageMaker starts a container: its entry point, and the arguments after it. */
  const run = (...words: string[]) => {
    const script = UNPACK_AND_RUN.replace(EVALUATION_PATHS.code, join(home, 'container'));
    return spawnSync('sh', ['-c', script, ...words], { encoding: 'utf8' });
  };

  test('runs from the archive of the training, with its neighbours and with arguments that no shell reads', () => {
    writeFileSync(join(home, 'code/train.py'), 'raise SystemExit("not this one")\n');
    writeFileSync(join(home, 'code/shared.py'), 'def shown(words):\n    return "|".join(words)\n');
    writeFileSync(
      join(home, 'code/prepare.py'),
      'import sys\nfrom shared import shown\nprint(shown(sys.argv[1:]))\nraise SystemExit(3)\n',
    );
    const { archive } = packFolder(acmeStack(), join(home, 'code'), 'train.py');
    writeFileSync(join(home, 'container/sourcedir.tar.gz'), archive);
    const { status, stdout } = run('prepare.py', 'two words', '$(touch broken)', '--days=30');
    expect(stdout).toBe('two words|$(touch broken)|--days=30\n');
    expect(status).toBe(3); // the status of the program is that of the job
  });

  test('fails the job without an archive, or without the program in it', () => {
    expect(run('prepare.py').status).not.toBe(0);
    writeFileSync(join(home, 'code/train.py'), '');
    writeFileSync(
      join(home, 'container/sourcedir.tar.gz'),
      packFolder(acmeStack(), join(home, 'code'), 'train.py').archive,
    );
    expect(run('prepare.py').status).not.toBe(0);
    expect(run('train.py').status).toBe(0);
  });
});
