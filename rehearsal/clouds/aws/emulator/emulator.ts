import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { blockedProxies, runningEnvironment } from '../../../environment';
import { CannotRehearse, Interrupted } from '../../../errors';
import { patchesFor } from '../patches/patches';
import type { Place } from '../place';
import { NO_SETTINGS, useEndpoint } from './endpoint';
import { DEFAULT_EMULATOR, EMULATORS, type EmulatorName, SERVED_ELSEWHERE } from './services';

/** Time limit for an emulator to answer. */
const START_SECONDS = 60;

/** Ends the emulator when its standard input closes, so that it never outlives this process. */
const UNTIL_INPUT_CLOSES =
  'import os, sys, threading; threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()';

export interface EmulatorOptions extends Place {
  /** Interpreter with the emulators installed. */
  readonly python: string;
  /** Folder for the logs and temporary files. */
  readonly logs: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

/** Running emulators. */
export interface Emulator {
  readonly env: Readonly<Record<string, string>>;
  stop(): void;
}

/** Starts every emulator that a service is assigned to, on free ports of the loopback interface. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const children: ChildProcess[] = [];
  const kill = (): void => {
    for (const child of children) child.kill('SIGKILL');
  };
  try {
    const names = [...new Set([DEFAULT_EMULATOR, ...Object.values(SERVED_ELSEWHERE)])];
    const ports = await Promise.all(names.map(freePort));
    const urlOf = (name: EmulatorName): string => `http://127.0.0.1:${ports[names.indexOf(name)]}`;
    const elsewhere = Object.fromEntries(
      Object.entries(SERVED_ELSEWHERE).map(([service, name]) => [`AWS_ENDPOINT_URL_${service}`, urlOf(name)]),
    );
    await Promise.all(names.map((name, index) => start(name, ports[index]!, elsewhere, options, children)));
    const { env, stop } = await useEndpoint(urlOf(DEFAULT_EMULATOR), options);
    return {
      env: { ...env, ...elsewhere },
      stop: () => {
        stop();
        kill();
      },
    };
  } catch (error) {
    kill();
    throw error;
  }
}

/** @param elsewhere where the services of other emulators are: a function of Lambda has its program in a bucket */
async function start(
  name: EmulatorName,
  port: number,
  elsewhere: Readonly<Record<string, string>>,
  options: EmulatorOptions,
  children: ChildProcess[],
): Promise<void> {
  const program = EMULATORS[name];
  const url = `http://127.0.0.1:${port}`;
  const log = join(options.logs, `${name}.log`);
  const output = openSync(log, 'w');
  const source = [UNTIL_INPUT_CLOSES, ...patchesFor(name), program.serve(port)].join('\n');
  const child = spawn(options.python, ['-c', source], {
    env: {
      ...runningEnvironment(options.env),
      ...program.env(port, options.account, options.region),
      ...blockedProxies(), // an emulator can send data to any URL
      ...NO_SETTINGS,
      ...elsewhere,
      HOME: options.logs,
      TMPDIR: options.logs,
    },
    stdio: ['pipe', output, output],
    detached: true, // Ctrl-C must not end it before the teardown
  });
  children.push(child);
  closeSync(output);

  const deadline = Date.now() + START_SECONDS * 1000;
  while (!(await answers(url + program.healthPath))) {
    if (options.signal?.aborted) throw new Interrupted();
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new CannotRehearse(
        `the emulator ${name} did not start:\n${readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n')}`,
      );
    }
    await setTimeout(100);
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
