import type { Patch } from './patch';

/** Patches of feature groups, model packages and data quality. */
export const LEARNING_PATCHES: readonly Patch[] = [
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
];
