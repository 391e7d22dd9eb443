import type { Patch } from './patch';

/** Patches of RDS and Aurora. */
export const DATABASE_PATCHES: readonly Patch[] = [
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
];
