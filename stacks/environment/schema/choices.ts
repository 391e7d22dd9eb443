/** Size of an environment: `small` for development, `medium` for staging, `large` for production. */
export const SIZES = ['small', 'medium', 'large'] as const;
export type Size = (typeof SIZES)[number];

/** Where workloads run: on managed services, or in a Kubernetes cluster. */
export const PROFILES = ['managed', 'kubernetes'] as const;
export type Profile = (typeof PROFILES)[number];

/** A default that depends on another key of the file, and its description. */
export interface DefaultBy<Choice extends string, Value> {
  of(choice: Choice): Value;
  /** E.g. `Default: 20, for size medium 50, for size large 100.` */
  readonly description: string;
}

/**
 * A default that depends on the size of the environment.
 *
 * @param show formats a value for the description. @default String
 */
export function bySize<Value>(
  values: Readonly<Record<Size, Value>>,
  show?: (value: Value) => string,
): DefaultBy<Size, Value> {
  return defaultBy('size', SIZES, values, show);
}

/** A default that depends on the profile of the environment; see {@link bySize}. */
export function byProfile<Value>(
  values: Readonly<Record<Profile, Value>>,
  show?: (value: Value) => string,
): DefaultBy<Profile, Value> {
  return defaultBy('profile', PROFILES, values, show);
}

function defaultBy<Choice extends string, Value>(
  key: string,
  choices: readonly Choice[],
  values: Readonly<Record<Choice, Value>>,
  show: (value: Value) => string = String,
): DefaultBy<Choice, Value> {
  const [first = '', ...others] = choices.map((choice) => show(values[choice]));
  const different = others.flatMap((shown, index) =>
    shown === first ? [] : [`, for ${key} ${choices[index + 1]} ${shown}`],
  );
  return { of: (choice) => values[choice], description: `Default: ${first}${different.join('')}.` };
}
