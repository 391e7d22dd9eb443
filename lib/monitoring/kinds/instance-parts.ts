/** vCPUs of the sizes below `xlarge`, which all families share. */
const SMALL: Readonly<Record<string, number>> = { medium: 2, large: 2, xlarge: 4 };
/** vCPUs for each `xlarge` of a size. */
const VCPUS_PER_XLARGE = 4;

/** GPUs of types of SageMaker that have more than one, by family and size; the other sizes of a family have one. */
const GPUS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  p2: { '8xlarge': 8, '16xlarge': 16 },
  p3: { '8xlarge': 4, '16xlarge': 8 },
  p3dn: { '24xlarge': 8 },
  p4d: { '24xlarge': 8 },
  p4de: { '24xlarge': 8 },
  p5: { '48xlarge': 8 },
  p5e: { '48xlarge': 8 },
  p5en: { '48xlarge': 8 },
  g4dn: { '12xlarge': 4 },
  g5: { '12xlarge': 4, '24xlarge': 4, '48xlarge': 8 },
  g6: { '12xlarge': 4, '24xlarge': 4, '48xlarge': 8 },
  g6e: { '12xlarge': 4, '24xlarge': 4, '48xlarge': 8 },
};

/** The vCPUs of an instance type of SageMaker, whose sizes tell them; `undefined` if the type does not, or is not known. */
export function vcpusOf(instanceType: string | undefined): number | undefined {
  const size = sizeOf(instanceType)?.size ?? '';
  const times = /^(\d+)xlarge$/.exec(size)?.[1];
  return times === undefined ? SMALL[size] : Number(times) * VCPUS_PER_XLARGE;
}

/** The GPUs of an instance type of SageMaker; `undefined` if it has none, or is not known. */
export function gpusOf(instanceType: string | undefined): number | undefined {
  const parts = sizeOf(instanceType);
  const sizes = parts && GPUS[parts.family];
  return sizes && (sizes[parts.size] ?? 1);
}

function sizeOf(instanceType = ''): { readonly family: string; readonly size: string } | undefined {
  const [, family, size] = /^ml\.([a-z0-9-]+)\.([a-z0-9]+)$/.exec(instanceType) ?? [];
  return family === undefined || size === undefined ? undefined : { family, size };
}
