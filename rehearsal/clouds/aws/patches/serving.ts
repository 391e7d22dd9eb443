import type { Patch } from './patch';

/** Patches of models, endpoints and their scaling. */
export const SERVING_PATCHES: readonly Patch[] = [
  {
    emulator: 'moto',
    types: ['aws_sagemaker_endpoint', 'aws_sagemaker_endpoint_configuration', 'aws_sagemaker_model'],
    reason:
      'an endpoint cannot be updated, and forgets how it is; a model without a VPC, or isolated, is replaced at each plan; a name can be given twice',
    upstream:
      'moto 5.2.5 has no UpdateEndpoint, and forgets shadow variants, deployment configurations, isolation, and what is empty',
    // a deployment whose alarm is in ALARM is rolled back, as SageMaker does it: the call succeeds, and the configuration stays
    python: `
from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.responses import SageMakerResponse
def refuse_existing(existing, name, what):
    if name in existing:
        raise ValidationError(message=f'Cannot create already existing {what} "{existing[name].arn}".')
def create_model(original, self):
    refuse_existing(self.sagemaker_backend._models, self._get_param('ModelName'), 'model')
    result = original(self)
    model = self.sagemaker_backend.describe_model(self._get_param('ModelName'))
    model.enable_network_isolation = bool(self._get_param('EnableNetworkIsolation'))
    return result
def without_empty(shown, *names):
    return {name: value for name, value in shown.items() if name not in names or value}
def describe_model(self):
    model = self.sagemaker_backend.describe_model(self._get_param('ModelName'))
    return ActionResult(without_empty(model.response_object, 'VpcConfig', 'Containers'))
def create_configuration(original, self):
    name = self._get_param('EndpointConfigName')
    refuse_existing(self.sagemaker_backend.endpoint_configs, name, 'endpoint configuration')
    result = original(self)
    configuration = self.sagemaker_backend.endpoint_configs[self._get_param('EndpointConfigName')]
    configuration.shadows = self._get_param('ShadowProductionVariants')
    return result
def describe_configuration(self):
    name = self._get_param('EndpointConfigName')
    shown = dict(self.sagemaker_backend.describe_endpoint_config(name))
    shadows = self.sagemaker_backend.endpoint_configs[name].shadows
    shown.pop('Shadows', None)
    if shadows:
        shown['ShadowProductionVariants'] = shadows
    return ActionResult(without_empty(shown, 'DataCaptureConfig', 'AsyncInferenceConfig'))
def create_endpoint(original, self):
    result = original(self)
    self.sagemaker_backend.endpoints[self._get_param('EndpointName')].deployment = self._get_param('DeploymentConfig')
    return result
def describe_endpoint(self):
    name = self._get_param('EndpointName')
    shown = dict(self.sagemaker_backend.describe_endpoint(name))
    deployment = self.sagemaker_backend.endpoints[name].deployment
    shown.pop('Deployment', None)
    if deployment:
        shown['LastDeploymentConfig'] = deployment
    return ActionResult(without_empty(shown, 'DataCaptureConfig'))
def variants_of(configuration):
    return {variant['VariantName']: 'ServerlessConfig' in variant for variant in configuration.production_variants}
def types_of(configuration):
    return {variant['VariantName']: variant.get('InstanceType') for variant in configuration.production_variants}
def scaled(backend, endpoint, variant):
    resource = f'endpoint/{endpoint}/variant/{variant}'
    return applicationautoscaling_backends[backend.account_id][backend.region_name].describe_scalable_targets('sagemaker', [resource], None)
def update_endpoint(self):
    backend = self.sagemaker_backend
    backend.describe_endpoint(self._get_param('EndpointName'))
    endpoint = backend.endpoints[self._get_param('EndpointName')]
    wanted = self._get_param('EndpointConfigName')
    backend.describe_endpoint_config(wanted)
    old, new = (variants_of(backend.endpoint_configs[name]) for name in (endpoint.endpoint_config_name, wanted))
    deployment = self._get_param('DeploymentConfig')
    if deployment and old.keys() != new.keys():
        raise ValidationError(message=f'Variants {sorted(new)} must be those of the endpoint, {sorted(old)}')
    if any(new.get(name) and not serverless for name, serverless in old.items()):
        raise ValidationError(message='An endpoint with instances cannot become serverless')
    old, new = (types_of(backend.endpoint_configs[name]) for name in (endpoint.endpoint_config_name, wanted))
    held = [name for name, kind in old.items() if new.get(name) != kind and scaled(backend, endpoint.endpoint_name, name)]
    if held:
        raise ValidationError(
            message=f'The variant(s) {held} must be deregistered as a scalable target with AWS Auto Scaling before they can be removed or have their instance type updated.'
        )
    endpoint.deployment = deployment
    endpoint.last_modified_time = utcnow()
    alarms = cloudwatch_backends[backend.account_id][backend.region_name].alarms
    watched = [alarm['AlarmName'] for alarm in ((deployment or {}).get('AutoRollbackConfiguration') or {}).get('Alarms', [])]
    if not any(name in alarms and alarms[name].state_value == 'ALARM' for name in watched):
        endpoint.endpoint_config_name = wanted
        endpoint.production_variants = endpoint._process_production_variants(
            backend.endpoint_configs[wanted].production_variants
        )
    return ActionResult({'EndpointArn': endpoint.arn})
wrap(SageMakerResponse, 'create_model', create_model)
wrap(SageMakerResponse, 'create_endpoint_config', create_configuration)
wrap(SageMakerResponse, 'create_endpoint', create_endpoint)
SageMakerResponse.describe_model = describe_model
SageMakerResponse.describe_endpoint_config = describe_configuration
SageMakerResponse.describe_endpoint = describe_endpoint
SageMakerResponse.update_endpoint = update_endpoint`,
  },
  {
    emulator: 'moto',
    types: ['aws_appautoscaling_target'],
    reason: 'a target cannot be read',
    upstream: 'moto 5.2.5 has no ListTagsForResource of Application Auto Scaling, and forgets tags',
    python: `
import json
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
TAGS = {}
def register(original, self):
    result = original(self)
    given = self._get_param('Tags')
    names = [self._get_param('ServiceNamespace'), [self._get_param('ResourceId')], self._get_param('ScalableDimension')]
    for target in self.applicationautoscaling_backend.describe_scalable_targets(*names) if given else []:
        TAGS[target.arn] = given
    return result
def tags_of(self):
    return TAGS.setdefault(self._get_param('ResourceARN'), {})
def list_tags(self):
    return json.dumps({'Tags': tags_of(self)})
def tag(self):
    tags_of(self).update(self._get_param('Tags'))
    return '{}'
def untag(self):
    for key in self._get_param('TagKeys'):
        tags_of(self).pop(key, None)
    return '{}'
wrap(ApplicationAutoScalingResponse, 'register_scalable_target', register)
ApplicationAutoScalingResponse.list_tags_for_resource = list_tags
ApplicationAutoScalingResponse.tag_resource = tag
ApplicationAutoScalingResponse.untag_resource = untag`,
  },
  {
    emulator: 'moto',
    types: ['aws_api_gateway_rest_api'],
    reason: 'an API that is declared in Swagger 2 cannot be made, and one with a policy cannot be read',
    upstream:
      'moto 5.2.5 takes OpenAPI 3 only, of which it reads what is the same in Swagger 2, and does not escape policies as API Gateway does',
    python: `
import json
from moto.apigateway.models import APIGatewayBackend, RestAPI
def put_rest_api(original, self, function_id, api_doc, *args, **kwargs):
    if api_doc.pop('swagger', None) == '2.0':
        api_doc['openapi'] = '3.0.1'
    return original(self, function_id, api_doc, *args, **kwargs)
def to_dict(original, self):
    shown = original(self)
    if shown.get('policy'):
        shown['policy'] = json.dumps(shown['policy'])[1:-1]
    return shown
wrap(APIGatewayBackend, 'put_rest_api', put_rest_api)
wrap(RestAPI, 'to_dict', to_dict)`,
  },
  {
    emulator: 'moto',
    types: ['aws_api_gateway_rest_api'],
    reason: 'the second plan gives an API its binary media types again',
    upstream: 'moto 5.2.5 takes a binary media type from the value of a patch operation',
    // "Patch operations" of the API Gateway REST API reference: /binaryMediaTypes/{type} has it in its path
    python: `
from moto.apigateway.models import RestAPI
def apply(original, self, operations):
    others = []
    for operation in operations:
        _, _, escaped = operation['path'].partition('/binaryMediaTypes/')
        if not escaped:
            others.append(operation)
            continue
        named = escaped.replace('~1', '/').replace('~0', '~')
        kept = [one for one in self.binaryMediaTypes if one != named]
        self.binaryMediaTypes = kept if operation['op'] == 'remove' else [*kept, operation.get('value') or named]
    original(self, others)
wrap(RestAPI, 'apply_patch_operations', apply)`,
  },
];
