import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine, TerraformProgram } from '../../lib/testing/terraform';
import { cacheFolder } from '../cache';
import { CannotRehearse, Interrupted } from '../errors';
import { fileInZip } from './zip';

/** A release of OpenTofu, with the SHA-256 of its archive for each platform. */
export interface Release {
  readonly version: string;
  /** The URL that the names of the archives follow. */
  readonly base: string;
  readonly sha256: Readonly<Record<string, string>>;
}

/**
 * The release that is fetched where this machine has neither Terraform nor OpenTofu. Its checksums are those of
 * `tofu_1.10.8_SHA256SUMS`, as public package indexes pin them too: for all platforms Hermit (`cashapp/hermit-packages`,
 * `opentofu.hcl`), for Linux the `PKGBUILD` of Arch's user repository.
 */
export const OPENTOFU: Release = {
  version: '1.10.8',
  base: 'https://github.com/opentofu/opentofu/releases/download/v1.10.8',
  sha256: {
    linux_amd64: 'b330c2f41e416403817b34e611b8ea6622c77d918c2478de3aa060353288530e',
    linux_arm64: '36a2d1ddfe85653e084bb2c5d0f682f420072b0577caf545f058ef9629d82c59',
    darwin_amd64: 'fe26fb93052edb4f04ffaedb9a0c4a1b0394bd011dabfeeb86d2e22ebfe7955b',
    darwin_arm64: 'a541aecf9d29d5268b50650c9a12533287a56f02e3958eb7c30ae0bb7c0d6f2a',
  },
};

/** Nothing arrived for this long: the download is given up. */
const SILENCE_MILLISECONDS = 60_000;

const INSTEAD =
  'install Terraform (https://developer.hashicorp.com/terraform/install) or OpenTofu ' +
  "(https://opentofu.org/docs/intro/install), or name a program with '--terraform'";

/** Where the release is, once it is fetched. */
export function openTofuPath(machine: Machine, { version }: Release = OPENTOFU): string {
  return join(cacheFolder(machine), `opentofu-${version}`, 'tofu');
}

/** The release in the user's cache, if it was fetched. */
export function fetchedOpenTofu(machine: Machine, release: Release = OPENTOFU): TerraformProgram | undefined {
  const path = openTofuPath(machine, release);
  return existsSync(path) ? { path, product: 'tofu' } : undefined;
}

/**
 * Fetches the release into the user's cache. It is unpacked only after its checksum was verified, and appears at its
 * path only complete: what was interrupted leaves nothing, and starts anew.
 *
 * @throws CannotRehearse if the release has no archive for this machine, or the archive cannot be had or is another
 *   one; Interrupted
 */
export async function fetchOpenTofu(
  machine: Machine,
  release: Release = OPENTOFU,
  signal?: AbortSignal,
): Promise<TerraformProgram> {
  const { version, base, sha256 } = release;
  const { platform } = machine;
  const expected = Object.hasOwn(sha256, platform) ? sha256[platform] : undefined;
  if (expected === undefined) {
    throw new CannotRehearse(`OpenTofu ${version} is not fetched for ${platform}: ${INSTEAD}`);
  }
  const url = `${base}/tofu_${version}_${platform}.zip`;
  const archive = await download(url, machine, signal);
  const got = createHash('sha256').update(archive).digest('hex');
  if (got !== expected) {
    throw new CannotRehearse(
      `${url}: is not the released archive, and is not used: its SHA-256 must be ${expected}, got ${got} ` +
        `(${archive.length} bytes); a proxy may have changed it, or answered in its place. Otherwise ${INSTEAD}`,
    );
  }
  const path = openTofuPath(machine, release);
  install(fileInZip(archive, 'tofu'), path);
  return { path, product: 'tofu' };
}

/** Renamed when complete, so that no incomplete program is ever run. */
function install(program: Buffer, path: string): void {
  const folder = join(path, '..');
  const fresh = `${folder}.${process.pid}`;
  try {
    mkdirSync(fresh, { recursive: true });
    writeFileSync(join(fresh, 'tofu'), program, { mode: 0o755 });
    if (!existsSync(path)) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(fresh, folder);
    }
  } catch (error) {
    if (existsSync(path)) return; // another process was faster
    throw new CannotRehearse(`${folder}: cannot be written (${(error as NodeJS.ErrnoException).code}); ${INSTEAD}`);
  } finally {
    if (existsSync(fresh)) rmSync(fresh, { recursive: true });
  }
}

async function download(url: string, { env }: Machine, signal?: AbortSignal): Promise<Buffer> {
  const silence = new AbortController();
  const stop = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal;
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MILLISECONDS);
  };
  const chunks: Uint8Array[] = [];
  try {
    wait();
    const response = await fetch(url, { signal: stop });
    if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`.trimEnd());
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      wait();
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (signal?.aborted) throw new Interrupted();
    throw new CannotRehearse(
      `${url}: cannot be downloaded: ${reason(error, silence.signal.aborted, chunks)}${proxyHint(env)}; ` +
        `try again, or ${INSTEAD}`,
    );
  } finally {
    clearTimeout(timer);
  }
}

function reason(error: unknown, silent: boolean, chunks: readonly Uint8Array[]): string {
  const received = chunks.reduce((sum, { length }) => sum + length, 0);
  const after = received > 0 ? `after ${received} bytes, ` : '';
  if (silent) return `${after}nothing arrived for ${SILENCE_MILLISECONDS / 1000} seconds`;
  const { cause, message } = error as Error;
  return after + (cause instanceof Error && cause.message ? cause.message : message);
}

/** Node uses the proxies of the environment only if it is told to. */
function proxyHint(env: NodeJS.ProcessEnv): string {
  const proxy = Object.keys(env).some((name) => /^https?_proxy$/i.test(name));
  if (!proxy || env.NODE_USE_ENV_PROXY) return '';
  return ' (Node 22.21 and 24 use the proxy of the environment with NODE_USE_ENV_PROXY=1; older ones use none)';
}
