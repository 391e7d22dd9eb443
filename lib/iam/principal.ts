import type { PolicyConditions } from './statement';

/** Who a statement speaks of: who may assume a role, or who may use a resource. */
export class Principal {
  /**
   * A service of AWS acting for us.
   *
   * @param service e.g. `sagemaker.amazonaws.com`
   * @param sourceAccount account the service must be acting for, against the confused deputy
   */
  public static service(service: string, sourceAccount?: string): Principal {
    return new Principal(
      { Service: service },
      sourceAccount ? { StringEquals: { 'aws:SourceAccount': sourceAccount } } : undefined,
    );
  }

  /** A role, user or account (`arn:aws:iam::<account>:root`) known by its ARN. */
  public static arn(arn: string): Principal {
    return new Principal({ AWS: arn });
  }

  /** Pods of EKS clusters whose service account is associated with the role; the agent tags its sessions. */
  public static podIdentity(): Principal {
    return new Principal({ Service: 'pods.eks.amazonaws.com' }, undefined, ['sts:AssumeRole', 'sts:TagSession']);
  }

  /**
   * Identities of an OpenID Connect provider.
   *
   * @param providerArn ARN of the `aws_iam_openid_connect_provider`
   * @param conditions must pin the token's `sub` as well as its `aud`: with `aud` alone everyone there gets in
   */
  public static webIdentity(providerArn: string, conditions: PolicyConditions): Principal {
    return new Principal({ Federated: providerArn }, conditions, ['sts:AssumeRoleWithWebIdentity']);
  }

  /** Everybody: for statements that deny, or that a condition narrows. */
  public static anyone(): Principal {
    return new Principal('*');
  }

  private constructor(
    public readonly json: string | Record<string, string>,
    public readonly conditions?: PolicyConditions,
    public readonly assumeActions: readonly string[] = ['sts:AssumeRole'],
  ) {}
}
