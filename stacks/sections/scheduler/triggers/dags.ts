/** The DAGs that triggers start, each with its triggers: they share one queue. */
export function dagsOf<T extends { readonly dag?: string | undefined }>(
  triggers: Readonly<Record<string, T | undefined>>,
): [dagId: string, starters: [name: string, trigger: T][]][] {
  const starters = new Map<string, [string, T][]>();
  for (const [name, trigger] of Object.entries(triggers)) {
    if (trigger?.dag !== undefined) starters.set(trigger.dag, [...(starters.get(trigger.dag) ?? []), [name, trigger]]);
  }
  return [...starters];
}
