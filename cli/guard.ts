import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { InputError } from '../lib/core/input-error';
import { ENVIRONMENTS } from '../stacks/environment/files';
import { readPlan, refusedChanges, stackOfPlan } from '../stacks/record/plan';
import { readRecord, type Stacks } from '../stacks/record/record';
import { ExitCode } from './exit-code';
import type { Terminal } from './terminal';

interface Flags {
  readonly stack?: string;
  readonly records?: string;
}

export function guardCommand(terminal: Terminal, finish: (code: number) => void): Command {
  return new Command('guard')
    .summary('refuse a Terraform plan that destroys or replaces what is kept')
    .description(
      'Reads plans as JSON, of Terraform or OpenTofu. A plan belongs to the stack that its file or a folder of it names, ' +
        'as in cdktf.out/stacks/acme-prod-data/plan.json. Refused is the loss of what the record of the stack keeps. ' +
        'A stack without a record may lose none of the types that the platform keeps, such as buckets, databases and keys, if ' +
        'it holds data, unless its state consents, as force_destroy does.',
    )
    .argument('<plans...>', "files with the output of 'terraform show -json <plan>'")
    .option('--stack <name>', 'stack of the plans (default: from the path of each)')
    .option('--records <folder>', 'folder of the records (default: environments)')
    .addHelpText(
      'after',
      `
Exit code: 0 nothing that is kept is lost, 1 a plan is refused, 2 wrong usage or bad input.

Example:
  $ terraform -chdir=cdktf.out/stacks/acme-prod-data plan -out=plan
  $ terraform -chdir=cdktf.out/stacks/acme-prod-data show -json plan > acme-prod-data.json
  $ cdktf-mlops guard acme-prod-data.json`,
    )
    .action((files: string[], flags: Flags) => {
      const record = recordsIn(flags.records);
      if (flags.stack !== undefined && !Object.hasOwn(record, flags.stack)) {
        throw new InputError(`--stack: no record in ${flags.records ?? ENVIRONMENTS} has the stack '${flags.stack}'`);
      }
      const plans = files.map((file) => ({ file, plan: readPlan(file, read(file)) }));
      let code: number = ExitCode.held;
      for (const { file, plan } of plans) {
        const stack = flags.stack ?? stackOfPlan(resolve(file), record);
        const refused = refusedChanges(plan, stack === undefined ? undefined : record[stack]);
        const by = stack === undefined ? 'no record has its stack' : `by the record of ${stack}`;
        if (refused.length === 0) terminal.out(`${file}: loses nothing that is kept (${by})\n`);
        else {
          code = ExitCode.failed;
          terminal.out(`${file}: refused (${by})\n`);
          for (const { address, why } of refused) terminal.out(`  - ${address} ${why}\n`);
        }
      }
      finish(code);
    });
}

/** @throws InputError if the folder that was asked for has none: a typing error must not weaken the guard */
function recordsIn(named: string | undefined): Stacks {
  const folder = named ?? ENVIRONMENTS;
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.record.json')) : [];
  if (named !== undefined && files.length === 0) {
    throw new InputError(`--records: no record is in '${named}'; name the folder of <environment>.record.json`);
  }
  return Object.assign({}, ...files.sort().map((file) => readRecord(join(folder, file))));
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new InputError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
