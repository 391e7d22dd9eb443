import type { ElementType, SubsetOf } from './attributes';
import { matchers } from './matchers';
import type { Access } from './policy/policy';
import { snapshotSerializer } from './snapshot';

/** The global of the test runner. Importing this file replaces a setup file; no other file here requires a runner. */
declare const expect: { extend(matchers: object): void; addSnapshotSerializer(serializer: object): void };

expect.extend(matchers);
expect.addSnapshotSerializer(snapshotSerializer);

declare global {
  namespace jest {
    // biome-ignore lint/complexity/noBannedTypes: a merged interface has to repeat the type parameters of @types/jest
    interface Matchers<R, T = {}> {
      toHaveResource<Type extends ElementType>(type: Type, subset?: SubsetOf<Type>): R;
      toHaveResourceCount(type: ElementType, count: number): R;
      toMatchAddresses(committed: string): R;
      toAllow(access: Access): R;
      toDeny(access: Access): R;
      toAllowOnly(...accesses: readonly Access[]): R;
    }
  }
}
