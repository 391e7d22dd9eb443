/** What Terraform fills in, by the resource and its attribute. */
const SAMPLES: Readonly<Record<string, string>> = {
  'aws_iam_role.arn': 'arn:aws:iam::111122223333:role/acme-dev-role',
  'aws_kms_key.arn': 'arn:aws:kms:eu-north-1:111122223333:key/11111111-2222-3333-4444-555555555555',
  'aws_s3_bucket.bucket': 'acme-dev-bucket',
  'aws_security_group.id': 'sg-11111111',
  'aws_sagemaker_model_package_group.model_package_group_name': 'acme-dev-churn',
  'aws_sagemaker_mlflow_tracking_server.arn':
    'arn:aws:sagemaker:eu-north-1:111122223333:mlflow-tracking-server/acme-dev-tracking',
  'aws_s3_object.bucket': 'acme-dev-bucket',
  'aws_fsx_lustre_file_system.id': 'fs-0123456789abcdef0',
  'aws_fsx_lustre_file_system.mount_name': 'abcdefgh',
};

/** What other stacks offer by their state, by the end of the output's name. */
const OFFERED: Readonly<Record<string, string>> = {
  arn: SAMPLES['aws_kms_key.arn']!,
  subnet_id: 'subnet-11111111',
};

/** A definition as the service gets it: with the attributes of resources filled in. */
export function filled(definition: string): string {
  return definition.replace(/\$\{([^}]*)\}/g, (_, reference: string) => {
    const [, type, attribute] = /^(aws_\w+)\.[\w-]+\.(\w+)$/.exec(reference) ?? [];
    const [, end] = /^data\.terraform_remote_state\..*(arn|subnet_id)$/.exec(reference) ?? [];
    const sample = SAMPLES[`${type}.${attribute}`] ?? OFFERED[end ?? ''];
    if (sample === undefined) throw new Error(`no sample for ${reference}`);
    return sample;
  });
}
