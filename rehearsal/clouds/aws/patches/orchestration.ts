import type { Patch } from './patch';

/** Patches of what starts work: Step Functions and managed Airflow. */
export const ORCHESTRATION_PATCHES: readonly Patch[] = [
  {
    emulator: 'moto',
    types: ['aws_sfn_state_machine'],
    reason: 'the provider has each definition judged in its plan, and lists the versions of what it has made',
    upstream: 'moto 5.2.5 has no ValidateStateMachineDefinition and no ListStateMachineVersions',
    python: `
from moto.core.responses import ActionResult
from moto.stepfunctions.responses import StepFunctionResponse
def errors(definition):
    # takes a second to load: only for stacks with state machines
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser, ASLParserException
    try:
        AmazonStateLanguageParser.parse(definition)
        return []
    except ASLParserException as broken:
        return broken.errors
    except Exception as broken:
        return [repr(broken)]
def validate(self):
    found = errors(self._get_param('definition'))
    diagnostics = [{'severity': 'ERROR', 'code': 'SCHEMA_VALIDATION_FAILED', 'message': message} for message in found]
    return ActionResult({'result': 'FAIL' if found else 'OK', 'diagnostics': diagnostics, 'truncated': False})
def versions(self):
    machine = self.stepfunction_backend.describe_state_machine(self._get_param('stateMachineArn'))
    latest_first = sorted(machine.versions.items(), reverse=True)
    return ActionResult({'stateMachineVersions': [
        {'stateMachineVersionArn': version.arn, 'creationDate': version.creation_date} for _, version in latest_first
    ]})
StepFunctionResponse.validate_state_machine_definition = validate
StepFunctionResponse.list_state_machine_versions = versions`,
  },
  {
    emulator: 'ministack',
    types: ['aws_mwaa_environment'],
    reason:
      'the second plan replaces an environment, and on a machine with Docker a rehearsal would download and start Airflow',
    upstream: 'ministack 1.5.33 forgets the key, the files and the maintenance window of an environment',
    python: `
import json
from ministack.services import mwaa
mwaa._get_docker = lambda: None
def keep(original, method, path, headers, body, query):
    answer = original(method, path, headers, body, query)
    if answer[0] == 200:
        name = path.strip('/').split('/')[-1]
        mwaa._environments[name].update(json.loads(body or '{}'))
    return answer
wrap(mwaa, '_create_environment', keep)
wrap(mwaa, '_update_environment', keep)`,
  },
];
