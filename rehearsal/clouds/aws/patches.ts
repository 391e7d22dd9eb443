import { CAPACITY_PATCHES } from './capacity-patches';
import { DOMAIN_PATCH } from './domain-patch';
import type { EmulatorName } from './emulator/services';

/**
 * Corrects a service of an emulator in the process that a rehearsal starts. A resource of a corrected service counts as
 * applied. If an emulator lacks the service or the action, use an override instead. The emulators are pinned, so a
 * patch cannot become outdated unnoticed. An emulator that the user names with `--endpoint` is not patched.
 */
export interface Patch {
  readonly emulator: EmulatorName;
  /** Resource types that require it. */
  readonly types: readonly string[];
  /** What goes wrong without it. */
  readonly reason: string;
  /** The error of the emulator, with its version. Remove the patch when a later version has corrected it. */
  readonly upstream: string;
  /**
   * Runs before the emulator serves. `wrap(owner, method, around)` replaces a method by `around(original, self, ...)`.
   */
  readonly python: string;
}

/** All patches of the emulators. */
export const PATCHES: readonly Patch[] = [
  {
    emulator: 'moto',
    types: ['aws_db_parameter_group'],
    reason: 'the provider takes only parameters that a user has set, and without a source it sees none',
    upstream: 'moto 5.2.5 returns no Source from DescribeDBParameters',
    python: `
from moto.rds.models import DBParameterGroup
def update(original, group, parameters):
    original(group, [{**parameter, 'Source': 'user'} for parameter in parameters])
wrap(DBParameterGroup, 'update_parameters', update)`,
  },
  {
    emulator: 'moto',
    types: ['aws_vpc_security_group_egress_rule', 'aws_vpc_security_group_ingress_rule'],
    reason: 'the second plan sets the description of every rule whose peer is a group or a prefix list',
    upstream: 'moto 5.2.5 keeps the Description of IpRanges, but not of UserIdGroupPairs and PrefixListIds',
    python: `
from inspect import signature
from moto.ec2.models.security_groups import SecurityGroupRule
parameters = signature(SecurityGroupRule.__init__)
def create(original, *args, **kwargs):
    original(*args, **kwargs)
    given = parameters.bind(*args, **kwargs).arguments
    peer = given.get('source_group') or given.get('prefix_list_id') or {}
    if 'Description' in peer:
        given['self'].ip_range = {'Description': peer['Description']}
wrap(SecurityGroupRule, '__init__', create)`,
  },
  {
    emulator: 'moto',
    types: ['aws_db_instance', 'aws_rds_cluster', 'aws_rds_cluster_instance'],
    reason: 'the second plan turns performance insights on again',
    upstream: 'moto 5.2.5 takes these settings of databases and clusters, but does not return them',
    python: `
from moto.rds.models import DBCluster, DBInstance
names = ['enable_performance_insights', 'performance_insights_kms_key_id', 'performance_insights_retention_period',
         'database_insights_mode']
def create(original, self, *args, **kwargs):
    original(self, *args, **kwargs)
    for name in names:
        setattr(self, name, kwargs.get(name))
for owner in [DBCluster, DBInstance]:
    wrap(owner, '__init__', create)
    owner.performance_insights_enabled = property(lambda self: self.enable_performance_insights)`,
  },
  {
    emulator: 'moto',
    types: ['aws_rds_cluster'],
    reason: 'the second plan removes and adds the monitoring of a cluster and the scaling of Serverless v1',
    upstream:
      'moto 5.2.5 returns no MonitoringInterval of a cluster, and an empty scaling configuration where none is set',
    python: `
from moto.rds.models import DBCluster
def create(original, self, *args, **kwargs):
    original(self, *args, **kwargs)
    self.monitoring_interval = kwargs.get('monitoring_interval')
    self.monitoring_role_arn = kwargs.get('monitoring_role_arn')
wrap(DBCluster, '__init__', create)
info = DBCluster.scaling_configuration_info
DBCluster.scaling_configuration_info = property(lambda self: info.fget(self) if self.scaling_configuration else None)`,
  },
  {
    emulator: 'moto',
    types: ['aws_rds_cluster'],
    reason: 'a cluster with one of the storage types of Aurora cannot be created',
    upstream: 'moto 5.2.5 knows no storage type aurora and aurora-iopt1',
    python: `
from moto.rds.models import DBCluster
original = DBCluster.default_allocated_storage
def allocated(engine, storage_type):
    return 1 if engine.startswith('aurora') else original(engine=engine, storage_type=storage_type)
DBCluster.default_allocated_storage = staticmethod(allocated)`,
  },
  {
    emulator: 'moto',
    types: ['aws_db_instance', 'aws_rds_cluster_instance'],
    reason: 'the provider looks databases up by their resource id, and finds several under one',
    upstream: 'moto 5.2.5 gives every database the same DbiResourceId',
    python: `
import uuid
from moto.rds.models import DBInstance
def resource_id(self):
    return 'db-' + uuid.uuid5(uuid.NAMESPACE_URL, self.db_instance_arn).hex[:26].upper()
DBInstance.dbi_resource_id = property(resource_id, lambda self, value: None)`,
  },
  {
    emulator: 'moto',
    types: ['aws_rds_cluster_instance'],
    reason:
      'the provider changes the certificate authority of a new instance and reboots it, which takes three minutes',
    upstream: 'moto 5.2.5 defaults to rds-ca-default, which is no certificate authority of AWS',
    python: `
from moto.rds.models import DBInstance
def create(original, self, *args, **kwargs):
    original(self, *args, **{'ca_certificate_identifier': 'rds-ca-rsa2048-g1', **kwargs})
wrap(DBInstance, '__init__', create)`,
  },
  {
    emulator: 'moto',
    types: ['aws_sagemaker_feature_group'],
    reason: 'a group without an offline store cannot be created, and none can be read, changed or destroyed',
    upstream:
      'moto 5.2.5 forgets the online store, the description and the table of a feature group, fails without an offline store and in ListTags, and has no UpdateFeatureGroup and DeleteFeatureGroup',
    python: `
from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import ResourceNotFound
from moto.sagemaker.models import FeatureGroup, SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse
def init(original, self, offline_store_config, tags=None, **kwargs):
    offline = offline_store_config or {'S3StorageConfig': {'S3Uri': ''}}
    table = offline.get('DataCatalogConfig')
    original(self, offline_store_config=offline, tags=tags or [], **kwargs)
    if table:
        offline['DataCatalogConfig'] = table
    self.offline_store_config = offline_store_config
def create(original, self):
    result = original(self)
    group = find(self)
    group.given = {name: self._get_param(name) for name in ['Description', 'OnlineStoreConfig']}
    return result
def describe(original, self):
    return {name: value for name, value in {**original(self), **self.given}.items() if value is not None}
def find(self):
    name = self._get_param('FeatureGroupName')
    for group in self.sagemaker_backend.feature_groups.values():
        if group.feature_group_name == name:
            return group
    raise ResourceNotFound(message=f'Feature group {name} does not exist')
def read(original, self):
    find(self)
    return original(self)
def update(self):
    group = find(self)
    group.given['OnlineStoreConfig'].update(self._get_param('OnlineStoreConfig') or {})
    return ActionResult({'FeatureGroupArn': group.arn})
def delete(self):
    del self.sagemaker_backend.feature_groups[find(self).arn]
    return EmptyResult()
def resource(original, self, arn):
    return self.feature_groups[arn] if ':feature-group/' in arn else original(self, arn)
wrap(FeatureGroup, '__init__', init)
wrap(FeatureGroup, 'describe', describe)
wrap(SageMakerModelBackend, '_get_resource_from_arn', resource)
wrap(SageMakerResponse, 'create_feature_group', create)
wrap(SageMakerResponse, 'describe_feature_group', read)
SageMakerResponse.update_feature_group = update
SageMakerResponse.delete_feature_group = delete`,
  },
  {
    emulator: 'moto',
    types: ['aws_sagemaker_model_package_group', 'aws_sagemaker_model_package_group_policy'],
    reason: 'a model package group cannot be destroyed, and has no policy',
    upstream: 'moto 5.2.5 has no DeleteModelPackageGroup, and none of the three calls of its policy',
    python: `
from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.responses import SageMakerResponse
def find(self):
    return self.sagemaker_backend.describe_model_package_group(self._get_param('ModelPackageGroupName'))
def delete(self):
    del self.sagemaker_backend.model_package_groups[find(self).model_package_group_name]
    return EmptyResult()
def put_policy(self):
    group = find(self)
    group.policy = self._get_param('ResourcePolicy')
    return ActionResult({'ModelPackageGroupArn': group.arn})
def get_policy(self):
    policy = getattr(find(self), 'policy', None)
    if policy is None:
        raise ValidationError(message='Cannot find resource policy')
    return ActionResult({'ResourcePolicy': policy})
def delete_policy(self):
    find(self).policy = None
    return EmptyResult()
SageMakerResponse.delete_model_package_group = delete
SageMakerResponse.put_model_package_group_policy = put_policy
SageMakerResponse.get_model_package_group_policy = get_policy
SageMakerResponse.delete_model_package_group_policy = delete_policy`,
  },
  {
    emulator: 'moto',
    types: ['aws_glue_data_quality_ruleset'],
    reason: 'the emulator keeps no rulesets, and it takes four calls to keep them',
    upstream: 'moto 5.2.5 has no Create-, Get-, Update- and DeleteDataQualityRuleset',
    python: `
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.glue.exceptions import EntityNotFoundException
from moto.glue.responses import GlueResponse
NAMES = ['Name', 'Description', 'Ruleset', 'TargetTable']
def rulesets(self):
    return self.glue_backend.__dict__.setdefault('data_quality_rulesets', {})
def arn(self, name):
    backend = self.glue_backend
    return f'arn:{backend.partition}:glue:{backend.region_name}:{backend.account_id}:dataQualityRuleset/{name}'
def find(self):
    name = self._get_param('Name')
    if name not in rulesets(self):
        raise EntityNotFoundException(f'Cannot find data quality ruleset {name}')
    return rulesets(self)[name]
def given(self):
    return {name: self._get_param(name) for name in NAMES if self._get_param(name) is not None}
def create(self):
    name = self._get_param('Name')
    rulesets(self)[name] = {**given(self), 'CreatedOn': utcnow(), 'LastModifiedOn': utcnow()}
    self.glue_backend.tag_resource(arn(self, name), self._get_param('Tags') or {})
    return ActionResult({'Name': name})
def read(self):
    return ActionResult(find(self))
def update(self):
    find(self).update(given(self), LastModifiedOn=utcnow())
    return ActionResult(find(self))
def delete(self):
    del rulesets(self)[find(self)['Name']]
    return ActionResult({})
GlueResponse.create_data_quality_ruleset = create
GlueResponse.get_data_quality_ruleset = read
GlueResponse.update_data_quality_ruleset = update
GlueResponse.delete_data_quality_ruleset = delete`,
  },
  ...CAPACITY_PATCHES,
  DOMAIN_PATCH,
];

const WRAP = `
def wrap(owner, name, around):
    original = getattr(owner, name)
    setattr(owner, name, lambda *args, **kwargs: around(original, *args, **kwargs))`;

/** Python that patches an emulator, to run in its process before it serves. */
export function patchesFor(emulator: EmulatorName): string[] {
  const patches = PATCHES.filter((patch) => patch.emulator === emulator);
  if (patches.length === 0) return [];
  // each in its own function, because several define the same names
  const functions = patches.map(
    ({ python }, index) => `def patch_${index}():${python.replaceAll('\n', '\n    ')}\npatch_${index}()`,
  );
  return [WRAP, ...functions];
}
