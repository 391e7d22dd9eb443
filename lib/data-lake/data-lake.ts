import { Construct, type IConstruct } from 'constructs';
import { InputError } from '../core/input-error';
import { Properties } from '../core/properties';
import type { Removal } from '../core/removal';
import { REMOVALS } from '../core/surroundings';
import type { IKey } from '../encryption/key';
import type { IBucket } from '../storage/bucket';
import { DEFAULT_ZONES } from './lake-limits';
import { type IZone, Zone, type ZoneAttributes, type ZoneProps } from './zone';

/** A data lake as other modules see it. */
export interface IDataLake extends IConstruct {
  /** @throws InputError that lists the zones if none has this name */
  zone(name: string): IZone;
}

export interface DataLakeProps {
  /** Encrypts every object of every new bucket. */
  readonly encryptionKey: IKey;
  /** Zones by name. @default DEFAULT_ZONES */
  readonly zones?: Readonly<Record<string, ZoneProps>>;
  /** Bucket in the same region for the access logs of the new buckets. @default - no access logs */
  readonly accessLogs?: IBucket;
  /** Whether the data may be destroyed with the lake: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

abstract class DataLakeBase extends Construct implements IDataLake {
  protected abstract readonly zones: ReadonlyMap<string, IZone>;

  /** @throws InputError that lists the zones if none has this name */
  public zone(name: string): IZone {
    const zone = this.zones.get(name);
    if (zone) return zone;
    throw new InputError(
      `${this.node.path}: there is no zone '${name}'; use one of ${[...this.zones.keys()].join(', ')}`,
    );
  }
}

class ImportedLake extends DataLakeBase {
  protected readonly zones: ReadonlyMap<string, IZone>;

  constructor(scope: Construct, id: string, zones: readonly ZoneAttributes[]) {
    super(scope, id);
    const properties = Properties.of(this)
      .present({ attributes: zones }, 'attributes')
      .known({ attributes: zones }, 'attributes');
    if (!Array.isArray(zones)) properties.require(false, `'attributes' must be a list of zones, got ${typeof zones}`);
    properties.throwIfInvalid();
    for (const zone of zones) {
      properties.present(zone, 'zoneName', 'bucket', 'databaseName').known(zone, 'zoneName');
    }
    properties.throwIfInvalid();
    this.zones = new Map(zones.map((zone) => [zone.zoneName, Zone.fromZoneAttributes(this, zone.zoneName, zone)]));
  }
}

/**
 * A data lake: zones, each a bucket with a catalog database. Access is granted for each zone.
 *
 * Costs at rest what its buckets hold, for each gigabyte-month, and the requests of KMS. Destroying it deletes buckets
 * and catalog databases with all they hold if both keys say destroy; otherwise Terraform refuses.
 */
export class DataLake extends DataLakeBase {
  /** An existing lake, e.g. the platform's in a team's own stack. */
  public static fromZoneAttributes(scope: Construct, id: string, zones: readonly ZoneAttributes[]): IDataLake {
    return new ImportedLake(scope, id, zones);
  }

  public readonly encryptionKey: IKey;
  public readonly accessLogs?: IBucket;
  public readonly removal: Removal;
  protected readonly zones: ReadonlyMap<string, IZone>;

  constructor(scope: Construct, id: string, props: DataLakeProps) {
    super(scope, id);
    Properties.need(this, props, 'encryptionKey');
    Properties.of(this).known(props, 'zones').oneOf('removal', props.removal, REMOVALS).throwIfInvalid();
    this.encryptionKey = props.encryptionKey;
    this.accessLogs = props.accessLogs;
    this.removal = props.removal ?? 'retain';
    const zones = Object.entries(props.zones ?? DEFAULT_ZONES);
    this.zones = new Map(zones.map(([name, zone]) => [name, new Zone(this, name, zone)]));
  }
}
