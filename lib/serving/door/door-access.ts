import { Properties } from '../../core/properties';
import { USER_POOL_ARN, VPC_ENDPOINT, WEB_ACL_ARN } from './door-limits';

/** A scheme of authentication in Swagger. */
export type SecurityScheme = Readonly<Record<string, unknown>>;

/** Users of Cognito. */
export interface CognitoOptions {
  /** ARNs of the pools whose users may ask; at least one. */
  readonly userPoolArns: readonly string[];
  /** Scopes of which a token has one, e.g. `models/ask`: clients then send access tokens. @default - none: they send identity tokens */
  readonly scopes?: readonly string[];
}

/** Who may ask. There is no door without. */
export class DoorAuth {
  /** Roles and users of AWS, which sign their requests: `EndpointDoor.grantAsk`. */
  public static iam(): DoorAuth {
    return new DoorAuth({ 'x-amazon-apigateway-authtype': 'awsSigv4' }, [], true);
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
