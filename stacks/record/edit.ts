import { InputError } from '../../lib/core/input-error';
import { addressAt, formerPaths, typeOf } from './addresses';
import { isWithin, type KeptConstruct, type StackRecord, type Stacks } from './record';

/**
 * Writes a rename into a record: what is kept at or below `from` is expected at `to`.
 *
 * @param from path of a construct with its stack, e.g. `acme-prod-data/Lake/raw`
 * @throws InputError if nothing is kept there, or `to` is taken or in another stack
 */
export function move(file: string, record: Stacks, from: string, to: string): Stacks {
  const [stack, path] = split(file, record, from);
  if (path === '') {
    throw new InputError(
      `'${from}' is a stack, and only constructs can move; set back the project and environment that its name begins with`,
    );
  }
  const target = to.split('/').slice(1).join('/');
  if (to.split('/')[0] !== stack || target === '') {
    throw new InputError(
      `'${to}' must be a construct of the stack ${stack}, as in ${stack}/${path}; between stacks, use 'terraform state mv'`,
    );
  }
  const { kept, names, moved, ...rest } = record[stack]!;
  if (isWithin(target, path) || Object.keys(kept).some((other) => isWithin(other, target))) {
    throw new InputError(`${file}: '${to}' is taken; choose the path that the construct has now`);
  }
  const renamed = (other: string) => (isWithin(other, path) ? target + other.slice(path.length) : other);
  const changed = {
    ...rest,
    kept: Object.fromEntries(
      Object.entries(kept).map(([holder, one]) => [
        renamed(holder),
        isWithin(holder, path) ? at(renamed(holder), one) : one,
      ]),
    ),
    names: Object.fromEntries(Object.entries(names).map(([owner, own]) => [renamed(owner), own])),
    moved: withMove(moved, path, target),
  };
  return renameReferences({ ...record, [stack]: changed }, kept, path, target);
}

/** A move back undoes the last one. */
function withMove(moved: StackRecord['moved'], from: string, to: string): StackRecord['moved'] {
  const last = moved.at(-1);
  return last?.from === to && last.to === from ? moved.slice(0, -1) : [...moved, { from, to }];
}

function at(holder: string, { kept, companions }: KeptConstruct): KeptConstruct {
  const moved = (below: string, address: string) => addressAt(below ? `${holder}/${below}` : holder, typeOf(address));
  return {
    kept: Object.fromEntries(
      Object.entries(kept).map(([below, one]) => [below, { ...one, address: moved(below, one.address) }]),
    ),
    companions: Object.fromEntries(
      Object.entries(companions).map(([below, address]) => [below, moved(below, address)]),
    ),
  };
}

/** What is kept may refer to a moved resource by its address. */
function renameReferences(record: Stacks, kept: StackRecord['kept'], from: string, to: string): Stacks {
  const addresses = Object.entries(kept)
    .filter(([holder]) => isWithin(holder, from))
    .flatMap(([holder, before]) => {
      const after = addressesOf(at(to + holder.slice(from.length), before));
      return addressesOf(before).map((address, index) => [address, after[index]!] as const);
    });
  const text = addresses.reduce(
    (result, [before, after]) => result.replaceAll(`\${${before}.`, `\${${after}.`),
    JSON.stringify(record),
  );
  return JSON.parse(text);
}

function addressesOf({ kept, companions }: KeptConstruct): string[] {
  return [...Object.values(kept).map(({ address }) => address), ...Object.values(companions)];
}

/**
 * Writes into a record that Terraform forgets a construct without destroying it, also where a move of it was not deployed
 * yet: its state is at a former address, and nothing is left that it could move to.
 *
 * @throws InputError if nothing is kept there
 */
export function release(file: string, record: Stacks, path: string): Stacks {
  const [stack, gone] = split(file, record, path);
  const own = record[stack]!;
  const addresses = lostAt(own, gone).flatMap((one, index) => {
    const holder = Object.keys(own.kept)[index]!;
    const former = formerPaths(holder, own.moved).map(({ path: earlier }) => at(earlier, one));
    return [one, ...former].flatMap(addressesOf);
  });
  const released = [...new Set([...own.released, ...addresses])].sort();
  return { ...record, [stack]: { ...without(own, gone), released } };
}

/**
 * Removes from a record what holds no data: its loss is accepted.
 *
 * @throws InputError if nothing is kept there, or it holds data
 */
export function drop(file: string, record: Stacks, path: string): Stacks {
  const [stack, gone] = split(file, record, path);
  const own = record[stack]!;
  const data = lostAt(own, gone)
    .flatMap(({ kept }) => Object.values(kept))
    .filter(({ holdsData }) => holdsData);
  if (data.length > 0) {
    throw new InputError(
      `${file}: ${path} holds data (${data.map(({ is }) => is).join(', ')}); use 'release', or set both 'removal' to destroy, deploy, and run 'record'`,
    );
  }
  return { ...record, [stack]: without(own, gone) };
}

/** The part of each construct that is at or below a path, which may be one resource of it. */
function lostAt(record: StackRecord, path: string): KeptConstruct[] {
  return Object.entries(record.kept).flatMap(([holder, one]) => {
    if (isWithin(holder, path)) return [one];
    const { kept, companions } = one;
    const inside = <T>(part: Readonly<Record<string, T>>) =>
      Object.fromEntries(Object.entries(part).filter(([below]) => isWithin(`${holder}/${below}`, path)));
    return [{ kept: inside(kept), companions: inside(companions) }];
  });
}

function without(record: StackRecord, path: string): StackRecord {
  const kept = Object.entries(record.kept).flatMap(([holder, { kept, companions }]) => {
    const outside = <T>(part: Readonly<Record<string, T>>) =>
      Object.fromEntries(
        Object.entries(part).filter(([below]) => !isWithin(below ? `${holder}/${below}` : holder, path)),
      );
    const rest = { kept: outside(kept), companions: outside(companions) };
    return Object.keys(rest.kept).length > 0 ? [[holder, rest] as const] : [];
  });
  const names = Object.entries(record.names).filter(([owner]) => !isWithin(owner, path));
  return { ...record, kept: Object.fromEntries(kept), names: Object.fromEntries(names) };
}

function split(file: string, record: Stacks, path: string): [stack: string, path: string] {
  const [stack = '', ...ids] = path.split('/');
  const below = ids.join('/');
  const own = record[stack];
  if (!own) {
    throw new InputError(`${file}: has no stack '${stack}'; use one of ${Object.keys(record).join(', ')}`);
  }
  if (lostAt(own, below).some(({ kept }) => Object.keys(kept).length > 0)) return [stack, below];
  const holders = Object.keys(own.kept).map((holder) => `${stack}/${holder}`);
  if (holders.length === 0) {
    throw new InputError(`${file}: nothing is kept in ${stack}: what is there can go without this command`);
  }
  throw new InputError(
    `${file}: nothing is kept at '${path}'; use one of ${holders.join(', ')}, or what contains them`,
  );
}
