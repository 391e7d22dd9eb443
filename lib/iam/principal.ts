import { Token } from 'cdktf';
import { ACCOUNT_ID, ARN } from '../aws/arns';
import { Properties } from '../core/properties';
import type { TextPattern } from '../core/text-pattern';
import type { PolicyConditions } from './statement';

const SERVICE: TextPattern = {
  pattern:
    /^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazonaws\.eu|aws\.internal|[a-z0-9.]+\.gov|[a-z.-]+\.uk)$/,
  meaning: 'the name of a service principal such as sagemaker.amazonaws.com',
};
const IDENTITY_ARN: TextPattern = {
  pattern: /^(\d{12}|arn:[^:]+:(iam|sts)::[^:*?]+:[^*?]+)$/,
  meaning: 'the ARN of a role or user without wildcards, such as arn:aws:iam::111122223333:role/name, or an account id',
};

/** The principal of a statement: who may assume a role, or who may use a resource. */
export class Principal {
  /**
   * An AWS service.
   *
   * @param service e.g. `sagemaker.amazonaws.com`
   * @param sourceAccount account on whose behalf the service must act; prevents the confused deputy problem
   * @throws InputError if `service` is not the name of a service principal, or `sourceAccount` not 12 digits
   */
  public static service(service: string, sourceAccount?: string): Principal {
    Properties.of('Principal.service')
      .present({ service }, 'service')
      .matches('service', service, SERVICE)
      .matches('sourceAccount', sourceAccount, ACCOUNT_ID)
      .throwIfInvalid();
    return new Principal(
      { Service: service },
      sourceAccount ? { StringEquals: { 'aws:SourceAccount': sourceAccount } } : undefined,
    );
  }

  /**
   * Several AWS services, as one service that acts under two names; see {@link Principal.service}.
   *
   * @throws InputError if there is none, or one is not the name of a service principal
   */
  public static services(services: readonly string[], sourceAccount?: string): Principal {
    const properties = Properties.of('Principal.services')
      .present({ services }, 'services')
      .known({ services }, 'services');
    properties.throwIfInvalid();
    properties.require(services.length > 0, "'services' must have at least one service, got none").throwIfInvalid();
    const [{ conditions }] = services.map((service) => Principal.service(service, sourceAccount)) as [Principal];
    return new Principal({ Service: services }, conditions);
  }

  /**
   * A role, user or account (`arn:aws:iam::<account>:root`) by its ARN.
   *
   * @throws InputError if `arn` is something else, such as a bare name: IAM refuses it
   */
  public static arn(arn: string): Principal {
    Properties.of('Principal.arn').present({ arn }, 'arn').matches('arn', arn, IDENTITY_ARN).throwIfInvalid();
    return new Principal({ AWS: arn });
  }

  /**
   * Several roles, users or accounts; see {@link Principal.arn}.
   *
   * @throws InputError if there is none, or one is something else
   */
  public static arns(arns: readonly string[]): Principal {
    const properties = Properties.of('Principal.arns').present({ arns }, 'arns').known({ arns }, 'arns');
    properties.throwIfInvalid();
    properties.require(arns.length > 0, "'arns' must have at least one ARN, got none");
    for (const [index, arn] of arns.entries()) properties.matches(`arns[${index}]`, arn, IDENTITY_ARN);
    properties.throwIfInvalid();
    return new Principal({ AWS: arns });
  }

  /**
   * The same principal, whose sessions may name the person behind them (`sts:SetSourceIdentity`), as CloudTrail then shows
   * for every call.
   */
  public withSourceIdentity(): Principal {
    return new Principal(this.json, this.conditions, [...this.assumeActions, 'sts:SetSourceIdentity']);
  }

  /**
   * The same principal, which must say an id that it says for its owner only, as Firehose does with the account.
   *
   * @throws InputError if `externalId` is missing
   */
  public withExternalId(externalId: string): Principal {
    Properties.of('Principal.withExternalId').present({ externalId }, 'externalId').throwIfInvalid();
    const { StringEquals, ...others } = this.conditions ?? {};
    const conditions = { ...others, StringEquals: { ...StringEquals, 'sts:ExternalId': externalId } };
    return new Principal(this.json, conditions, this.assumeActions);
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
   * @throws InputError if `providerArn` is not the ARN of a provider, or the conditions do not fix the `sub`
   */
  public static webIdentity(providerArn: string, conditions: PolicyConditions): Principal {
    Properties.of('Principal.webIdentity')
      .present({ providerArn, conditions }, 'providerArn', 'conditions')
      .known({ conditions }, 'conditions')
      .matches('providerArn', providerArn, ARN.oidcProvider)
      .require(
        conditions === undefined || conditions === null || fixesSubject(conditions),
        "'conditions' must fix the subject of the token: { StringEquals: { '<issuer>:sub': ... } }; without it every identity of the provider could assume the role",
      )
      .throwIfInvalid();
    return new Principal({ Federated: providerArn }, conditions, ['sts:AssumeRoleWithWebIdentity']);
  }

  /** Every principal: for statements that deny, or that have a restrictive condition. */
  public static anyone(): Principal {
    return new Principal('*');
  }

  private constructor(
    public readonly json: string | Record<string, string | readonly string[]>,
    public readonly conditions?: PolicyConditions,
    public readonly assumeActions: readonly string[] = ['sts:AssumeRole'],
  ) {}
}

/** Whether a condition compares the subject of the token with something narrower than everything. */
function fixesSubject(conditions: PolicyConditions): boolean {
  return Object.entries(conditions).some(
    ([operator, values]) =>
      /^(ForAnyValue:)?String(Equals|Like)(IgnoreCase)?$/.test(operator) &&
      Object.entries(values).some(
        ([key, value]) => (key.endsWith(':sub') || isToken(key)) && [value].flat().every((one) => one !== '*'),
      ),
  );
}

/** Whether a text is a token as a whole, so that its end is not known. */
function isToken(text: string): boolean {
  return Token.isUnresolved(text) && text.endsWith('}');
}
