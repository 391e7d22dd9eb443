import { Properties } from '../../core/properties';
import { DOOR_CALLER, MAX_DOOR_CALLERS, USER_POOL_ARN, VPC_ENDPOINT, WEB_ACL_ARN } from './door-limits';

/** A scheme of authentication in Swagger. */
export type SecurityScheme = Readonly<Record<string, unknown>>;

/** Users of Cognito. */
export interface CognitoOptions {
  /** ARNs of the pools whose users may ask; at least one. */
  readonly userPoolArns: readonly string[];
  /** Scopes of which a token has one, e.g. `models/ask`: clients then send access tokens. @default - none: they send identity tokens */
  readonly scopes?: readonly string[];
}

/** Roles and users of AWS. */
export interface IamOptions {
  /**
   * ARNs of at most {@link MAX_DOOR_CALLERS} roles or users that the policy of the API lets ask, also of other accounts, whose own
   * policies must allow it too. @default - none: only roles of this account that `EndpointDoor.grantAsk` lets ask
   */
  readonly callers?: readonly string[];
}

/** Who may ask. There is no door without. */
export class DoorAuth {
  /**
   * Roles and users of AWS, which sign their requests: those of `EndpointDoor.grantAsk`, and callers.
   *
   * @throws InputError if there are too many callers, or one is neither a role nor a user
   */
  public static iam(options: IamOptions = {}): DoorAuth {
    const properties = Properties.of('DoorAuth.iam').known(options, 'callers');
    properties.throwIfInvalid();
    const { callers = [] } = options;
    const { length } = callers;
    properties.require(length <= MAX_DOOR_CALLERS, `'callers' must be at most ${MAX_DOOR_CALLERS}, got ${length}`);
    for (const [index, caller] of callers.entries()) properties.matches(`callers[${index}]`, caller, DOOR_CALLER);
    properties.throwIfInvalid();
    return new DoorAuth({ 'x-amazon-apigateway-authtype': 'awsSigv4' }, [], true, callers);
  }

  /**
   * Users or programs with a token of Cognito (JWT), which API Gateway verifies.
   *
   * @throws InputError if there is no pool, or one is none
   */
  public static cognito(options: CognitoOptions): DoorAuth {
    const properties = Properties.of('DoorAuth.cognito')
      .present(options, 'userPoolArns')
      .known(options, 'userPoolArns', 'scopes');
    properties.throwIfInvalid();
    const { userPoolArns, scopes = [] } = options;
    properties.require(userPoolArns.length > 0, "'userPoolArns' must have at least one ARN, got none");
    for (const [index, arn] of userPoolArns.entries()) properties.matches(`userPoolArns[${index}]`, arn, USER_POOL_ARN);
    properties.throwIfInvalid();
    const scheme = {
      'x-amazon-apigateway-authtype': 'cognito_user_pools',
      'x-amazon-apigateway-authorizer': { type: 'cognito_user_pools', providerARNs: userPoolArns },
    };
    return new DoorAuth(scheme, scopes);
  }

  private constructor(
    private readonly scheme: SecurityScheme,
    /** Scopes of which a token has one. */
    public readonly scopes: readonly string[] = [],
    /** Whether IAM policies decide who may ask. */
    public readonly isIam: boolean = false,
    /** ARNs that the policy of the API lets ask. */
    public readonly callers: readonly string[] = [],
  ) {}

  /** The scheme in Swagger. */
  public get securityScheme(): SecurityScheme {
    return { type: 'apiKey', name: 'Authorization', in: 'header', ...this.scheme };
  }
}

/** From where a door is reached. */
export class DoorReach {
  /**
   * From networks with these endpoints of execute-api only.
   *
   * @throws InputError if there is none, or one is none
   */
  public static vpc(...vpcEndpointIds: readonly string[]): DoorReach {
    const properties = Properties.of('DoorReach.vpc').require(
      vpcEndpointIds.length > 0,
      "'vpcEndpointIds' must have at least one id, got none",
    );
    for (const [index, id] of vpcEndpointIds.entries())
      properties.matches(`vpcEndpointIds[${index}]`, id, VPC_ENDPOINT);
    properties.throwIfInvalid();
    return new DoorReach(vpcEndpointIds);
  }

  /**
   * From the internet, behind a web ACL of WAF.
   *
   * @throws InputError if `webAclArn` is not the ARN of a regional web ACL
   */
  public static internet(webAclArn: string): DoorReach {
    Properties.of('DoorReach.internet')
      .present({ webAclArn }, 'webAclArn')
      .matches('webAclArn', webAclArn, WEB_ACL_ARN)
      .throwIfInvalid();
    return new DoorReach(undefined, webAclArn);
  }

  private constructor(
    /** `undefined` if it is public. */
    public readonly vpcEndpointIds: readonly string[] | undefined,
    /** `undefined` if it is private. */
    public readonly webAclArn?: string,
  ) {}
}
