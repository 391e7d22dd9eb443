import type { Patch } from './patch';

/** Patches of the services in which jobs run and find their data: AWS Batch and EFS. */
export const CAPACITY_PATCHES: readonly Patch[] = [
  {
    emulator: 'moto',
    types: ['aws_batch_compute_environment', 'aws_batch_job_definition', 'aws_batch_job_queue'],
    reason:
      'an environment with the role of the service itself cannot be created, and the second plan sets update policies, time limits and priorities again',
    upstream:
      'moto 5.2.5 asks for a service role, and forgets updatePolicy, jobStateTimeLimitActions and schedulingPriority',
    python: `
import json
from moto.batch.models import BatchBackend, JobDefinition, JobQueue
from moto.batch.responses import BatchResponse
def create(original, self, *args, service_role=None, **kwargs):
    if not service_role:
        linked = [role for role in self.iam_backend.get_roles() if role.name.lower() == 'awsserviceroleforbatch']
        role = linked[0] if linked else self.iam_backend.create_service_linked_role('batch.amazonaws.com', '', '')
        service_role = role.arn
    return original(self, *args, service_role=service_role, **kwargs)
wrap(BatchBackend, 'create_compute_environment', create)
def remember(action, answered, given):
    def around(original, self):
        answer = original(self)
        value = self._get_param(given)
        if value is not None:
            self.batch_backend.__dict__.setdefault('given', {})[json.loads(answer)[answered], given] = value
        return answer
    wrap(BatchResponse, action, around)
remember('updatecomputeenvironment', 'computeEnvironmentArn', 'updatePolicy')
remember('createjobqueue', 'jobQueueArn', 'jobStateTimeLimitActions')
remember('updatejobqueue', 'jobQueueArn', 'jobStateTimeLimitActions')
remember('registerjobdefinition', 'jobDefinitionArn', 'schedulingPriority')
def recall(described, arn, backend):
    given = backend.__dict__.get('given', {})
    return {**described, **{name: value for (owner, name), value in given.items() if owner == arn}}
wrap(JobQueue, 'describe', lambda original, self: recall(original(self), self.arn, self.backend))
wrap(JobDefinition, 'describe', lambda original, self: recall(original(self), self.arn, self.backend))
def describe(original, self, *args, **kwargs):
    return [recall(one, one['computeEnvironmentArn'], self) for one in original(self, *args, **kwargs)]
wrap(BatchBackend, 'describe_compute_environments', describe)`,
  },
  {
    emulator: 'moto',
    types: ['aws_launch_template'],
    reason: 'the second plan removes tags of instances that the template never had',
    upstream: 'moto 5.2.5 adds the tags of a launch template to the tags in its data',
    python: `
from moto.ec2.models.launch_templates import LaunchTemplateBackend
def create(original, self, name, description, data, tag_spec):
    specifications = [one for one in data.pop('TagSpecifications', []) if one['ResourceType'] != 'launch-template']
    data = {**data, 'TagSpecifications': specifications} if specifications else data
    return original(self, name, description, data, tag_spec)
wrap(LaunchTemplateBackend, 'create_launch_template', create)`,
  },
  {
    emulator: 'moto',
    types: ['aws_efs_file_system', 'aws_efs_backup_policy', 'aws_efs_file_system_policy'],
    reason: 'a file system cannot be protected or backed up, and its policy cannot be destroyed',
    upstream: 'moto 5.2.5 has no UpdateFileSystemProtection, PutBackupPolicy and DeleteFileSystemPolicy of EFS',
    python: `
import json
from moto.efs import urls
from moto.efs.models import FileSystem
from moto.efs.responses import EFSResponse
def find(self):
    return self.efs_backend.file_systems_by_id[self._get_param('FileSystemId')]
def answer(value, status=200):
    return json.dumps(value), {'status': status, 'Content-Type': 'application/json'}
def protect(self):
    find(self).file_system_protection = protection = {'ReplicationOverwriteProtection': self._get_param('ReplicationOverwriteProtection')}
    return answer(protection)
def back_up(self):
    policy = self._get_param('BackupPolicy')
    find(self)._backup = policy['Status'] == 'ENABLED'
    return answer({'BackupPolicy': policy})
def delete_policy(self):
    find(self).file_system_policy = None
    return answer({})
def info(original, self):
    return {'FileSystemProtection': {'ReplicationOverwriteProtection': 'ENABLED'}, **original(self)}
FileSystem.backup_policy = property(lambda self: {'Status': 'ENABLED' if self._backup else 'DISABLED'})
EFSResponse.update_file_system_protection = protect
EFSResponse.put_backup_policy = back_up
EFSResponse.delete_file_system_policy = delete_policy
wrap(FileSystem, 'info_json', info)
urls.url_paths['/2015-02-01/file-systems/<file_system_id>/protection'] = urls.response.dispatch`,
  },
];
