import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CannotRehearse, Interrupted } from '../errors';
import type { Place } from '../source/place';
import { startProxy } from './proxy';
import { DEFAULT_EMULATOR, EMULATORS, type EmulatorName, SERVED_ELSEWHERE } from './services';

/** Longest that an emulator may take to answer. */
const START_SECONDS = 60;

/** Where nothing listens: a request to anything but the emulator fails at once instead of leaving the machine. */
export const NOWHERE = 'http://127.0.0.1:9';

/** Serves until its standard input closes, so that it never outlives this process, however that ends. */
const UNTIL_INPUT_CLOSES =
  'import os, sys, threading; threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()';

export interface EmulatorOptions extends Place {
  /** Interpreter with the emulators installed. */
  readonly python: string;
  /** Folder for the logs. */
  readonly logs: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

/** Running emulators: what Terraform's environment must say to reach them, and how to stop them. */
export interface Emulator {
  readonly env: Record<string, string>;
  stop(): void;
}

/** Starts every emulator that a service is assigned to, on free ports of loopback. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const children: ChildProcess[] = [];
  const kill = (): void => {
    for (const child of children) child.kill('SIGKILL');
  };
  try {
    const names = [...new Set([DEFAULT_EMULATOR, ...Object.values(SERVED_ELSEWHERE)])];
    const urls = await Promise.all(names.map((name) => start(name, options, children)));
    const urlOf = (name: EmulatorName): string => urls[names.indexOf(name)]!;
    const { env, stop } = await useEndpoint(urlOf(DEFAULT_EMULATOR), options);
    for (const [service, name] of Object.entries(SERVED_ELSEWHERE)) env[`AWS_ENDPOINT_URL_${service}`] = urlOf(name);
    return {
      env,
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

/** Redirects the AWS provider, the S3 backend and every SDK to a running emulator, with credentials that open nothing. */
export async function useEndpoint(url: string, { account, region }: Place): Promise<Emulator> {
  const { hostname } = new URL(url);
  const proxy = await startProxy(hostname);
  const env = {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'rehearsal',
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...proxies(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, hostname),
  };
  return {
    env,
    stop: () => {
      proxy.close();
      proxy.closeAllConnections();
    },
  };
}

/** Plain HTTP goes to `http`; anything else but loopback and `host` goes nowhere. */
function proxies(http: string, host = '127.0.0.1'): Record<string, string> {
  const upper = { HTTP_PROXY: http, HTTPS_PROXY: NOWHERE, NO_PROXY: ['127.0.0.1', 'localhost', host].join(',') };
  const lower = Object.fromEntries(Object.entries(upper).map(([name, value]) => [name.toLowerCase(), value]));
  return { ...upper, ...lower };
}

async function start(name: EmulatorName, options: EmulatorOptions, children: ChildProcess[]): Promise<string> {
  const program = EMULATORS[name];
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const log = join(options.logs, `${name}.log`);
  const output = openSync(log, 'w');
  const child = spawn(options.python, ['-c', `${UNTIL_INPUT_CLOSES}\n${program.serve(port)}`], {
    // dead proxies: an emulator can be told to deliver to any URL
    env: {
      ...options.env,
      ...program.env(port, options.account, options.region),
      ...proxies(NOWHERE),
    },
    stdio: ['pipe', output, output],
    detached: true, // Ctrl-C must not take it away from the teardown that needs it
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
  return url;
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
