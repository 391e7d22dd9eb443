import { spawnSync } from 'node:child_process';

test.each(['rehearse --help', 'check --json'])('%s ends quietly when its reader has stopped', (args) => {
  // the pipe closes before the command writes
  const command = `{ node_modules/.bin/tsx cli/main.ts ${args}; echo "code $?" >&2; } | exec 0<&-`;
  const { stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8' });
  expect(stderr).toBe('code 0\n');
});
