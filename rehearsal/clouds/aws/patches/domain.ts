import type { Patch } from './patch';

/** Domains of SageMaker that can be changed, with profiles and spaces. */
export const DOMAIN_PATCH: Patch = {
  emulator: 'moto',
  types: ['aws_sagemaker_domain', 'aws_sagemaker_user_profile', 'aws_sagemaker_space'],
  reason: 'a domain cannot be changed, and has neither profiles nor spaces',
  upstream:
    'moto 5.2.5 returns no DomainId when it creates a domain, forgets TagPropagation, has no UpdateDomain and no call of user profiles and spaces, and answers ValidationException for a domain that is gone',
  python: `
import json
from types import SimpleNamespace
from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import ResourceNotFound
from moto.sagemaker.models import Domain, SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse
def found(things, name):
    if name not in things:
        raise ResourceNotFound(message=f'{name} does not exist')
    return things[name]
def domain_of(self):
    return found(self.sagemaker_backend.domains, self._get_param('DomainId'))
def create_domain(original, self):
    original(self)
    domain = self.sagemaker_backend.domains['d-' + self._get_param('DomainName')]
    domain.given = {'TagPropagation': self._get_param('TagPropagation') or 'DISABLED'}
    domain.parts, domain.tags = {}, domain.tags or []
    return ActionResult({'DomainId': domain.id, 'DomainArn': domain.arn, 'Url': domain.url})
def update_domain(self):
    domain, given = domain_of(self), json.loads(self.body)
    settings = given.pop('DomainSettingsForUpdate', None)
    domain.given.update({**given, **({'DomainSettings': {**(domain.domain_settings or {}), **settings}} if settings else {})})
    return ActionResult({'DomainArn': domain.arn})
def describe(original, self):
    return {**original(self), **self.given}
def read_domain(original, self):
    domain_of(self)
    return original(self)
def delete_domain(original, self):
    if domain_of(self).parts:
        raise ResourceNotFound(message='a domain with profiles or spaces cannot be deleted')
    return original(self)
def resource(original, self, arn):
    kind, _, rest = arn.split(':', 5)[-1].partition('/')
    domain, _, name = rest.partition('/')
    return self.domains[domain].parts[kind + '/' + name] if kind in ['user-profile', 'space'] else original(self, arn)
def calls(kind, method, noun):
    def part(self):
        return found(domain_of(self).parts, kind + '/' + self._get_param(noun + 'Name'))
    def create(self):
        given, domain = json.loads(self.body), domain_of(self)
        name = given[noun + 'Name']
        arn = domain.arn.replace(':domain/', f':{kind}/') + '/' + name
        domain.parts[kind + '/' + name] = SimpleNamespace(tags=given.pop('Tags', None) or [], given={**given, noun + 'Arn': arn})
        return ActionResult({noun + 'Arn': arn})
    def describe(self):
        return ActionResult({**part(self).given, 'Status': 'InService'})
    def update(self):
        part(self).given.update(json.loads(self.body))
        return ActionResult({noun + 'Arn': part(self).given[noun + 'Arn']})
    def delete(self):
        part(self)
        del domain_of(self).parts[kind + '/' + self._get_param(noun + 'Name')]
        return EmptyResult()
    for verb, call in [('create', create), ('describe', describe), ('update', update), ('delete', delete)]:
        setattr(SageMakerResponse, f'{verb}_{method}', call)
calls('user-profile', 'user_profile', 'UserProfile')
calls('space', 'space', 'Space')
wrap(Domain, 'describe', describe)
wrap(SageMakerModelBackend, '_get_resource_from_arn', resource)
wrap(SageMakerResponse, 'create_domain', create_domain)
wrap(SageMakerResponse, 'describe_domain', read_domain)
wrap(SageMakerResponse, 'delete_domain', delete_domain)
SageMakerResponse.update_domain = update_domain`,
};
