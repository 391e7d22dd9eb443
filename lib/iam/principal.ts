import type { PolicyConditions } from './statement';

/** The principal of a statement: who may assume a role, or who may use a resource. */
export class Principal {
  /**
   * An AWS service.
   *
   * @param service e.g. `sagemaker.amazonaws.com`
   * @param sourceAccount account on whose behalf the service must act; prevents the confused deputy problem
   */
  public static service(service: string, sourceAccount?: string): Principal {
    return new Principal(
      { Service: service },
      sourceAccount ? { StringEquals: { 'aws:SourceAccount': sourceAccount } } : undefined,
    );
  }

  /** A role, user or account (`arn:aws:iam::<account>:root`) by its ARN. */
  public static arn(arn: string): Principal {
    return new Principal({ AWS: arn });
  }

  /** EKS Pod Identity: pods whose service account is associated with the role. Its agent tags the sessions. */
  public static podIdentity(): Principal {
    return new Principal({ Service: 'pods.eks.amazonaws.com' }, undefined, ['sts:AssumeRole', 'sts:TagSession']);
  }

  /**
   * Identities of an OpenID Connect provider.
   *
   * @param providerArn ARN of the `aws_iam_openid_connect_provider`
   * @param conditions must fix the token's `sub` as well as its `aud`: `aud` alone admits every identity of the
   *   provider
   */
  public static webIdentity(providerArn: string, conditions: PolicyConditions): Principal {
    return new Principal({ Federated: providerArn }, conditions, ['sts:AssumeRoleWithWebIdentity']);
  }

  /** Every principal: for statements that deny, or that have a restrictive condition. */
  public static anyone(): Principal {
    return new Principal('*');
  }

  private constructor(
    public readonly json: string | Record<string, string>,
    public readonly conditions?: PolicyConditions,
    public readonly assumeActions: readonly string[] = ['sts:AssumeRole'],
  ) {}
}
