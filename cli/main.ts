#!/usr/bin/env node
import { runProgram } from './program';

// whoever reads the output may stop, as `head` does: the command still ends as it would, and a rehearsal tears down
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

void runProgram(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
