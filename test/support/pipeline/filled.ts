/** What Terraform fills in, by the resource and its attribute. */
const SAMPLES: Readonly<Record<string, string>> = {
  'aws_iam_role.arn': 'arn:aws:iam::111122223333:role/acme-dev-role',
  'aws_kms_key.arn': 'arn:aws:kms:eu-north-1:111122223333:key/11111111-2222-3333-4444-555555555555',
  'aws_s3_bucket.bucket': 'acme-dev-bucket',
  'aws_security_group.id': 'sg-11111111',
  'aws_sagemaker_model_package_group.model_package_group_name': 'acme-dev-churn',
  'aws_s3_object.bucket': 'acme-dev-bucket',
};

/** A definition as the service gets it: with the attributes of resources filled in. */
export function filled(definition: string): string {
  return definition.replace(/\$\{(aws_\w+)\.[\w-]+\.(\w+)\}/g, (reference, type: string, attribute: string) => {
    const sample = SAMPLES[`${type}.${attribute}`];
    if (sample === undefined) throw new Error(`no sample for ${reference}`);
    return sample;
  });
}
