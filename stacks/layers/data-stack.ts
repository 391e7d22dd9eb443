import type { App } from 'cdktf';
import type { IDataLake } from '../../lib/data-lake/data-lake';
import type { IDataQualityGate } from '../../lib/data-lake/quality/gate';
import type { IQueryWorkgroup } from '../../lib/data-lake/query-workgroup';
import type { ITable } from '../../lib/data-lake/table';
import type { IFeatureGroup } from '../../lib/features/feature-group';
import type { IRole } from '../../lib/iam/role';
import type { IDatabase } from '../../lib/registry/database';
import type { IImageRepository } from '../../lib/registry/image-repository';
import type { IModelStore } from '../../lib/registry/model-store';
import type { ModelPackageGroup } from '../../lib/registry/packages/model-package-group';
import type { Data } from '../offers';
import type { Platform } from '../platform';
import { LayerStack } from './layer-stack';

/** The data layer: lake and catalog, query workgroups, features, and the registries of models and images. */
export class DataStack extends LayerStack implements Data {
  public readonly lake!: IDataLake;
  public readonly tables!: ReadonlyMap<string, ITable>;
  public readonly conversions!: ReadonlyMap<string, { readonly jobName: string }>;
  public readonly quality!: ReadonlyMap<string, IDataQualityGate>;
  public readonly workgroups!: ReadonlyMap<string, IQueryWorkgroup>;
  public readonly featureGroups!: ReadonlyMap<string, IFeatureGroup>;
  public readonly featureRoles!: ReadonlyMap<string, IRole>;
  public readonly packages!: ReadonlyMap<string, ModelPackageGroup>;
  public readonly models!: IModelStore;
  public readonly images!: ReadonlyMap<string, IImageRepository>;
  public readonly database?: IDatabase;

  constructor(app: App, { environment, parts, foundation }: Pick<Platform, 'environment' | 'parts' | 'foundation'>) {
    super(app, 'data', environment);
    Object.assign(this, this.makeParts('data', parts, { environment, foundation }));
  }
}
