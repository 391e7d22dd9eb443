import { LocalBackend, S3Backend, type TerraformStack } from 'cdktf';
import { Properties } from './properties';
import type { TextPattern } from './text-pattern';

const KMS_KEY: TextPattern = {
  pattern: /^(arn:aws[a-z-]*:kms:.+|alias\/.+|(mrk-)?[0-9a-f-]{32,36})$/,
  meaning: 'the ARN, the id or an alias of a KMS key',
};

/** A shared bucket of state files, one per stack: see {@link StateBackend.s3}. */
export interface S3StateProps {
  readonly bucket: string;
  /** Region of the bucket. */
  readonly region: string;
  /** ARN of the KMS key that every write requests. @default - the bucket's default encryption */
  readonly kmsKeyId?: string;
  /** ARN of the role that reads and writes the states, for a bucket in another account. @default - the deployer itself */
  readonly roleArn?: string;
}

/** Where the state of a stack is kept. */
export abstract class StateBackend {
  /** A file next to `cdktf.json`, for experiments: no lock, no history. */
  public static local(): StateBackend {
    return new LocalState();
  }

  /** One object per stack in a shared bucket, locked by a conditional write (Terraform 1.11, OpenTofu 1.10). @throws InputError if a property is missing, or is a token: Terraform reads the state before it knows any value */
  public static s3(props: S3StateProps): StateBackend {
    Properties.of('StateBackend.s3')
      .present(props, 'bucket', 'region')
      .matches('kmsKeyId', props?.kmsKeyId, KMS_KEY)
      .known(props, 'bucket', 'region', 'kmsKeyId')
      .throwIfInvalid();
    return new S3State(props);
  }

  public abstract bind(stack: TerraformStack): void;
}

class LocalState extends StateBackend {
  public bind(stack: TerraformStack): void {
    // Terraform runs in cdktf.out/stacks/<id>; cdktf's default is an absolute path, which differs on every machine
    new LocalBackend(stack, { path: `../../../terraform.${stack.node.id}.tfstate` });
  }
}

class S3State extends StateBackend {
  constructor(private readonly props: S3StateProps) {
    super();
  }

  public bind(stack: TerraformStack): void {
    const { bucket, region, kmsKeyId, roleArn } = this.props;
    // without a key, `encrypt` would request S3-managed encryption instead of the bucket's default
    const encrypt = kmsKeyId === undefined ? undefined : true;
    const assumeRole = roleArn === undefined ? undefined : { roleArn };
    new S3Backend(stack, { bucket, region, kmsKeyId, encrypt, assumeRole, key: `${stack.node.id}.tfstate` });
    stack.addOverride('terraform.backend.s3.use_lockfile', true); // cdktf 0.21 emits it but has no type for it
  }
}
