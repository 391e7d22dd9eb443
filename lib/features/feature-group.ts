import {
  SagemakerFeatureGroup,
  type SagemakerFeatureGroupFeatureDefinition,
  type SagemakerFeatureGroupOfflineStoreConfig,
  type SagemakerFeatureGroupOnlineStoreConfig,
} from '@cdktf/provider-aws/lib/sagemaker-feature-group';
import type { Construct } from 'constructs';
import { lastPartOfArn } from '../aws/arn-parts';
import { ARN } from '../aws/arns';
import { Aws } from '../aws/aws';
import { physicalName } from '../aws/physical-name';
import { lengthOf } from '../core/cdktf/token-values';
import { deployedName } from '../core/kept/deployed-name';
import { Properties } from '../core/properties';
import { published } from '../core/published';
import { keepData, type Removal } from '../core/removal';
import { NAME } from '../core/text-pattern';
import { brokenIceberg } from '../data-lake/lake-limits';
import { type ITable, Table } from '../data-lake/table';
import { catalogStatement, claimTable, type IZone } from '../data-lake/zone';
import type { IKey } from '../encryption/key';
import { Principal } from '../iam/principal';
import { Role } from '../iam/role';
import { FeatureGroupBase, type IFeatureGroup } from './feature-group-base';
import {
  brokenFeatureRules,
  DEFAULT_OFFLINE_FORMAT,
  FEATURE_GROUP,
  FEATURE_GROUP_VERSION,
  FEATURE_NAME,
  MAX_FEATURE_GROUP_DESCRIPTION,
  OFFLINE_FOLDER,
  OFFLINE_FORMATS,
  type OfflineFormat,
} from './feature-limits';
import type { FeatureType } from './feature-type';
import type { OnlineStore } from './online-store';

export type { IFeatureGroup } from './feature-group-base';

export interface FeatureGroupProps {
  /** Name after the stack's prefix: lower-case letters, digits and single hyphens. The group is `<prefix>-<name>-v<version>`. */
  readonly name: string;
  /**
   * Version, a part of the name. Feature Store cannot change the features of a group: raise the version with every change of
   * them, which makes a new group beside the old one. A whole number from 1 to 9999.
   * @default '1'
   */
  readonly version?: string;
  /** Types of the features by their names; their order has no meaning. */
  readonly features: Readonly<Record<string, FeatureType>>;
  /** Feature that identifies a record, such as `customer_id`. */
  readonly recordIdentifier: string;
  /**
   * Feature with the time of the event that the record describes. Of type `string` it must be `2026-01-31T12:30:00Z`, with or
   * without milliseconds; of type `fractional`, which Iceberg does not take, seconds since 1970. Older events never replace
   * newer ones online.
   */
  readonly eventTime: string;
  /**
   * Zone of the lake for the offline store: every record, in a table of the zone's database, encrypted with the key of its
   * bucket. Adding, removing or moving it replaces the group. Not with an online store in memory.
   * @default - no offline store
   */
  readonly zone?: IZone;
  /**
   * Format of the offline table. `iceberg`: small files can be merged (`OPTIMIZE` of Athena), and rows deleted; not in a zone
   * that expires or archives by age. `glue`: Parquet files in folders by hour.
   * @default iceberg
   */
  readonly offlineFormat?: OfflineFormat;
  /** Storage of the newest record of each identifier. Adding or removing it replaces the group. @default - no online store */
  readonly online?: OnlineStore;
  /** Key of the online store. Another key replaces the group. @default - the key of the zone's bucket, or one of SageMaker */
  readonly encryptionKey?: IKey;
  /** Used when the group is created, up to 128 characters; a later change has no effect, it would replace the group. @default - none */
  readonly description?: string;
  /** Whether the group, and with it the online store, may be destroyed: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/** An existing group, e.g. of another stack. */
export interface FeatureGroupAttributes {
  /** `arn:<partition>:sagemaker:<region>:<account>:feature-group/<name>`. */
  readonly featureGroupArn: string;
  /** Whether it has an online store. @default false */
  readonly isOnline?: boolean;
  /** Key of the online store. @default - none: grants do not include a key */
  readonly encryptionKey?: IKey;
  /** Table of the offline store. @default - not known */
  readonly offlineTable?: ITable;
}

/**
 * A group of features in SageMaker Feature Store: an offline store in a zone of the lake, an online store, or both.
 *
 * Makes the group and the role that writes its offline store. Feature Store itself makes the table `<name>_v<version>` in the
 * database of the zone, so that what is granted on the zone, and Lake Formation, reach it as any other table.
 *
 * Costs nothing at rest but storage: S3 by GB-month for the offline store, Feature Store by GB-month for the online store,
 * and for one in memory by GB-hour with a minimum. Writes and reads are billed by unit (on demand).
 *
 * Destroyed with `removal: destroy` of both stack and group: the online records go with it. Feature Store leaves the objects
 * below `<zone bucket>/feature-groups/<name>/` and the table. Delete the table (`aws glue delete-table --database-name <zone
 * database> --name <name>_v<version>`) before a group with the same name and version is made again. They go with the zone.
 */
export class FeatureGroup extends FeatureGroupBase {
  /**
   * An existing group.
   *
   * @throws InputError if `featureGroupArn` is not the ARN of a feature group
   */
  public static fromFeatureGroupAttributes(
    scope: Construct,
    id: string,
    attributes: FeatureGroupAttributes,
  ): IFeatureGroup {
    Properties.of(`${scope.node.path}/${id}`)
      .present(attributes, 'featureGroupArn')
      .matches('featureGroupArn', attributes?.featureGroupArn, ARN.featureGroup)
      .throwIfInvalid();
    class Import extends FeatureGroupBase {
      public readonly featureGroupArn = attributes.featureGroupArn;
      public readonly featureGroupName = lastPartOfArn(attributes.featureGroupArn);
      public readonly isOnline = attributes.isOnline ?? false;
      public readonly encryptionKey = attributes.encryptionKey;
      public readonly offlineTable = attributes.offlineTable;
    }
    return new Import(scope, id);
  }

  public readonly featureGroupName: string;
  public readonly featureGroupArn: string;
  public readonly offlineTable: ITable | undefined;
  public readonly isOnline: boolean;
  public readonly encryptionKey: IKey | undefined;
  /** Writes the offline store. */
  public readonly role: Role;
  /** The underlying group. */
  public readonly resource: SagemakerFeatureGroup;

  constructor(scope: Construct, id: string, props: FeatureGroupProps) {
    super(scope, id);
    this.validate(props);

    const { zone, online, version = '1' } = props;
    const name = physicalName(this, FEATURE_GROUP, props.name, `v${version}`);
    this.isOnline = online !== undefined;
    this.encryptionKey = online && (props.encryptionKey ?? zone?.bucket.encryptionKey);
    this.offlineTable = zone && this.declareTable(zone, props.name, version, name);
    this.role = new Role(this, 'Role', {
      assumedBy: Principal.service('sagemaker.amazonaws.com', Aws.of(this).account),
    });
    if (this.offlineTable) this.allowOffline(this.offlineTable);
    this.resource = new SagemakerFeatureGroup(this, 'Resource', {
      featureGroupName: name,
      description: props.description,
      recordIdentifierFeatureName: props.recordIdentifier,
      eventTimeFeatureName: props.eventTime,
      featureDefinition: definitionsOf(props.features),
      roleArn: this.role.roleArn,
      offlineStoreConfig: this.offlineTable && this.offlineStore(this.offlineTable, props.offlineFormat),
      onlineStoreConfig: online && this.onlineStore(online),
      lifecycle: { ...keepData(this, props.removal), ignoreChanges: ['description'] },
      dependsOn: zone && [this.role.policy], // Feature Store checks it at once
    });
    this.featureGroupName = published(this, this.resource.featureGroupName, name);
    this.featureGroupArn = published(this, this.resource.arn, Aws.of(this).arn('sagemaker', `feature-group/${name}`));
  }

  private validate(props: FeatureGroupProps): void {
    const properties = Properties.of(this)
      .present(props, 'name', 'features', 'recordIdentifier', 'eventTime')
      .known(props, 'name', 'version', 'features', 'recordIdentifier', 'eventTime')
      .oneOf('offlineFormat', props?.offlineFormat, OFFLINE_FORMATS);
    properties.throwIfInvalid();
    const { name, version, zone, online, offlineFormat = DEFAULT_OFFLINE_FORMAT, encryptionKey, description } = props;
    const lifecycle =
      offlineFormat === 'iceberg' && zone
        ? brokenIceberg(zone.zoneName, zone.lifecycle ?? {}, "or offlineFormat 'glue'")
        : [];
    properties
      .matches('name', name, NAME)
      .matches('version', version, FEATURE_GROUP_VERSION)
      .number('length of description', lengthOf(description ?? ''), { max: MAX_FEATURE_GROUP_DESCRIPTION })
      .require(
        zone !== undefined || online !== undefined,
        "'zone' or 'online' must be set: a group without a store holds nothing",
      )
      .require(
        zone !== undefined || props.offlineFormat === undefined,
        "'offlineFormat' has no effect without 'zone'; remove it, or set 'zone'",
      )
      .require(
        zone === undefined || online?.storage !== 'in-memory',
        "'zone' must not be set with an online store in memory, which Feature Store copies to no offline store; remove it, or use OnlineStore.standard()",
      )
      .require(
        online !== undefined || encryptionKey === undefined,
        "'encryptionKey' has no effect without 'online'; remove it: the key of the zone's bucket encrypts the offline store",
      )
      .keeps('offlineFormat', offlineFormat, lifecycle);
    this.validateFeatures(properties, props);
    properties.throwIfInvalid();
  }

  private validateFeatures(properties: Properties, props: FeatureGroupProps): void {
    const { features, recordIdentifier, eventTime, online, zone, offlineFormat = DEFAULT_OFFLINE_FORMAT } = props;
    const types = Object.fromEntries(Object.entries(features).map(([name, type]) => [name, type?.name]));
    for (const name of Object.keys(features)) {
      properties.matches('features', name, FEATURE_NAME);
      properties.present({ [`features.${name}`]: features[name] }, `features.${name}`);
    }
    const offline = zone === undefined ? 'none' : offlineFormat;
    const shape = { features: types, recordIdentifier, eventTime, online: online?.storage ?? 'none', offline } as const;
    for (const { part, feature, value, rule } of brokenFeatureRules(shape)) {
      properties.keeps(feature === undefined ? part : `${part}.${feature}`, value, [rule]);
    }
  }

  /** Feature Store makes the table; its name is reserved among those of the zone. */
  private declareTable(zone: IZone, name: string, version: string, groupName: string): ITable {
    const tableName = deployedName(this, 'catalog table', () => `${name.replaceAll('-', '_')}_v${version}`);
    claimTable(this, zone, tableName);
    return Table.fromTableAttributes(this, 'Offline', { zone, tableName, prefix: `${OFFLINE_FOLDER}/${groupName}` });
  }

  /** As `AmazonSageMakerFeatureStoreAccess` lists it, for this table and its folder only. */
  private allowOffline({ zone, prefix, tableName }: ITable): void {
    const { bucketArn, encryptionKey } = zone.bucket;
    this.role.addToPolicy({ actions: ['s3:GetBucketAcl'], resources: [bucketArn] });
    this.role.addToPolicy({
      actions: ['s3:PutObject', 's3:PutObjectAcl'],
      resources: [`${bucketArn}/${prefix}/*`],
    });
    this.role.addToPolicy({ actions: ['s3:GetObject'], resources: [`${bucketArn}/${prefix}/*/metadata/*`] });
    this.role.addToPolicy(catalogStatement(this, ['glue:GetTable', 'glue:UpdateTable'], zone.databaseName, tableName));
    encryptionKey?.grantEncrypt(this.role);
    encryptionKey?.grantDecrypt(this.role);
  }

  private offlineStore(
    { zone, prefix, tableName }: ITable,
    format: OfflineFormat = DEFAULT_OFFLINE_FORMAT,
  ): SagemakerFeatureGroupOfflineStoreConfig {
    return {
      tableFormat: format === 'iceberg' ? 'Iceberg' : 'Glue',
      disableGlueTableCreation: false, // Iceberg tables are made by Feature Store only
      dataCatalogConfig: { catalog: 'AwsDataCatalog', database: zone.databaseName, tableName },
      s3StorageConfig: {
        s3Uri: `s3://${zone.bucket.bucketName}/${prefix}`,
        kmsKeyId: zone.bucket.encryptionKey?.keyArn,
      },
    };
  }

  private onlineStore({ storageType, ttlDays }: OnlineStore): SagemakerFeatureGroupOnlineStoreConfig {
    return {
      enableOnlineStore: true,
      storageType,
      securityConfig: this.encryptionKey && { kmsKeyId: this.encryptionKey.keyArn },
      ttlDuration: ttlDays === undefined ? undefined : { unit: 'Days', value: ttlDays },
    };
  }
}

/** Sorted by name: another order would replace the group. */
function definitionsOf(features: Readonly<Record<string, FeatureType>>): SagemakerFeatureGroupFeatureDefinition[] {
  const names = Object.keys(features).sort();
  return names.map((featureName) => {
    const { featureType, collectionType, dimension } = features[featureName]!;
    const collectionConfig = dimension === undefined ? undefined : { vectorConfig: { dimension } };
    return { featureName, featureType, collectionType, collectionConfig };
  });
}
