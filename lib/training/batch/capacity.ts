import { Token } from 'cdktf';
import { Properties } from '../../core/properties';
import { brokenInstanceType, type CapacityKind, hasGpu, INSTANCE_TYPE, isFargate, MAX_VCPUS } from './batch-limits';

/** EC2 instances of a pool. */
export interface InstanceCapacityProps {
  /** Types or families, e.g. `['g5.xlarge', 'g5.2xlarge']`; more of them are interrupted less often. */
  readonly instanceTypes: readonly string[];
  /** Most vCPUs that run at once: the ceiling of cost. */
  readonly maxVcpus: number;
}

/** Fargate capacity of a pool. */
export interface FargateCapacityProps {
  /** Most vCPUs that run at once: the ceiling of cost. */
  readonly maxVcpus: number;
}

/** Where the jobs of a pool run. At rest every capacity is empty and costs nothing. */
export class Capacity {
  /**
   * Spot instances: the cheapest, and AWS may take them back with two minutes' notice. They come from the types that are taken
   * back least (`SPOT_CAPACITY_OPTIMIZED`, which changes in place).
   *
   * @throws InputError if a type or the limit is invalid
   */
  public static spot(props: InstanceCapacityProps): Capacity {
    validateInstances('Capacity.spot', props);
    return new Capacity('spot', props.maxVcpus, props.instanceTypes);
  }

  /** On-demand instances (`BEST_FIT_PROGRESSIVE`, which changes in place). @throws InputError as {@link spot} does */
  public static onDemand(props: InstanceCapacityProps): Capacity {
    validateInstances('Capacity.onDemand', props);
    return new Capacity('on-demand', props.maxVcpus, props.instanceTypes);
  }

  /** Fargate: no instances to keep; no graphics processors, up to 16 vCPU a job. @throws InputError for an invalid limit */
  public static fargate(props: FargateCapacityProps): Capacity {
    validateLimit('Capacity.fargate', props);
    return new Capacity('fargate', props.maxVcpus, []);
  }

  /** Fargate that AWS may take back. @throws InputError for an invalid limit */
  public static fargateSpot(props: FargateCapacityProps): Capacity {
    validateLimit('Capacity.fargateSpot', props);
    return new Capacity('fargate-spot', props.maxVcpus, []);
  }

  /** Whether it has no instances. */
  public readonly isFargate: boolean;
  /** Whether it has graphics processors. */
  public readonly hasGpu: boolean;

  private constructor(
    public readonly kind: CapacityKind,
    public readonly maxVcpus: number,
    public readonly instanceTypes: readonly string[],
  ) {
    this.isFargate = isFargate(kind);
    this.hasGpu = instanceTypes.some(hasGpu);
  }

  /** Images of the instances: with the NVIDIA driver, without, or both for a mixture of types. */
  public get imageTypes(): readonly string[] {
    const plain = this.instanceTypes.some((type) => !hasGpu(type));
    return [...(plain ? ['ECS_AL2023'] : []), ...(this.hasGpu ? ['ECS_AL2023_NVIDIA'] : [])];
  }
}

function validateLimit(factory: string, props: FargateCapacityProps): void {
  Properties.of(factory).present(props, 'maxVcpus').integer('maxVcpus', props?.maxVcpus, MAX_VCPUS).throwIfInvalid();
}

function validateInstances(factory: string, props: InstanceCapacityProps): void {
  const types = props?.instanceTypes;
  const properties = Properties.of(factory)
    .present(props, 'instanceTypes', 'maxVcpus')
    .integer('maxVcpus', props?.maxVcpus, MAX_VCPUS)
    .known({ instanceTypes: types }, 'instanceTypes')
    .require(types?.length !== 0, "'instanceTypes' must have at least one type, got none");
  const list = types === undefined || types === null || Token.isUnresolved(types) ? [] : types;
  for (const [index, type] of list.entries()) {
    properties.known({ [`instanceTypes[${index}]`]: type }, `instanceTypes[${index}]`);
    properties.matches(`instanceTypes[${index}]`, type, INSTANCE_TYPE);
    properties.keeps(`instanceTypes[${index}]`, type, Token.isUnresolved(type) ? [] : brokenInstanceType(type));
  }
  properties.throwIfInvalid();
}
