import { OpensearchDomain } from '@cdktf/provider-aws/lib/opensearch-domain';
import { OpensearchDomainSamlOptions } from '@cdktf/provider-aws/lib/opensearch-domain-saml-options';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { physicalName } from '../../aws/physical-name';
import { digitsOf } from '../../core/cdktf/token-values';
import { Properties } from '../../core/properties';
import { published } from '../../core/published';
import { keepData } from '../../core/removal';
import { waive } from '../../core/waivers';
import { Principal } from '../../iam/principal';
import { renderedPolicy } from '../../iam/rendered-policy';
import { type IRole, Role } from '../../iam/role';
import type { IGrantable, PolicyStatement } from '../../iam/statement';
import type { Connections, IConnectable } from '../../network/connections';
import { HTTPS } from '../../network/port';
import { SecurityGroup } from '../../network/security-group';
import { allowFunctionInterfaces } from '../function-interfaces';
import {
  baselineOf,
  DEFAULT_SEARCH_DAYS,
  DEFAULT_SEARCH_VERSION,
  DOMAIN_POLICY,
  isRole,
  LOG_INDEX,
  MASTERS,
  SEARCH_DOMAIN,
  zonesFor,
} from '../logging-limits';
import { DomainLogs } from './domain-logs';
import { SEARCH_DEFAULTS, type SearchDomainProps, validateDomain } from './domain-props';
import { DomainSettings, type SearchSettings } from './domain-settings';

export type { SamlSignIn, SearchDomainProps } from './domain-props';

/** Only TLS 1.2 and later, with perfect forward secrecy. */
const TLS = 'Policy-Min-TLS-1-2-PFS-2023-10';
const SAML_SESSION_MINUTES = 480;
const READ_CALLS = ['es:ESHttpGet', 'es:ESHttpHead', 'es:ESHttpPost'];

/** A domain of OpenSearch as other modules see it. */
export interface ISearchDomain extends IConnectable {
  readonly domainName: string;
  readonly domainArn: string;
  /** Host name, which answers inside the VPC only. */
  readonly endpoint: string;
  /** Subnets of its nodes, one for each zone. */
  readonly subnetIds: readonly string[];
  /** After it, the domain takes logs of the roles that {@link grantWrite} lets in. */
  readonly ready: ITerraformDependable;
  /** Allows `es:ESHttpGet`, `es:ESHttpHead`, `es:ESHttpPost`. What the grantee sees is decided by the domain: make it a reader too. */
  grantSearch(grantee: IGrantable): void;
  /**
   * Lets a role of Firehose write logs: the domain makes it a writer of `logs-*`. Allows `es:DescribeDomain`,
   * `es:DescribeDomainConfig`, `es:DescribeDomains`, `es:ESHttpGet`, `es:ESHttpPost`, `es:ESHttpPut`.
   */
  grantWrite(role: IRole): void;
}

/**
 * A domain of OpenSearch for logs, in the private subnets: an index for each day, deleted after some days; people see the dashboards by
 * their roles. Documents are encrypted, also between nodes; everybody signs in, and the domain decides on what each may see.
 * With several nodes each document has a copy in another zone. The service makes a snapshot each hour and keeps it for 14 days; the
 * lines themselves stay in their log groups.
 *
 * OpenSearch needs its service-linked role once in an account: `aws iam create-service-linked-role --aws-service-name
 * opensearchservice.amazonaws.com`.
 *
 * Costs for each hour of each node and master, and for each gigabyte-month of their volumes, also if nothing is searched. Most changes
 * take the service up to an hour. Destroying it deletes all documents if both keys say destroy; otherwise Terraform refuses.
 */
export class SearchDomain extends Construct implements ISearchDomain {
  public readonly domainName: string;
  public readonly domainArn: string;
  public readonly endpoint: string;
  public readonly subnetIds: readonly string[];
  public readonly connections: Connections;
  public readonly ready: ITerraformDependable;
  /** Role of the program of its settings, which may do everything in the domain. */
  public readonly administrator: Role;
  /** What the program sets. */
  public readonly settings: DomainSettings;
  /** The underlying domain. */
  public readonly resource: OpensearchDomain;
  private readonly writers: IRole[] = [];

  constructor(scope: Construct, id: string, props: SearchDomainProps) {
    super(scope, id);
    Properties.need(this, props, 'network', 'encryptionKey', 'bucket');
    validateDomain(this, props);
    const { network, nodes = SEARCH_DEFAULTS.nodes } = props;
    const name = physicalName(this, SEARCH_DOMAIN, props.name);
    this.domainArn = Aws.of(this).arn('es', `domain/${name}`);
    const description = `OpenSearch domain ${name}`;
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', { network, description });
    this.connections = securityGroup.connections;
    for (const cidr of props.from ?? []) this.connections.allowFromCidr(cidr, HTTPS);
    this.administrator = new Role(this, 'Administrator', {
      assumedBy: Principal.service('lambda.amazonaws.com', Aws.of(this).account),
      description: 'Settings of a domain of OpenSearch',
    });
    this.subnetIds = network.privateSubnetIds.slice(0, zonesFor(nodes, network.privateSubnetIds.length));
    const logs = this.makeLogs(name, props);
    this.resource = new OpensearchDomain(this, 'Resource', {
      domainName: name,
      engineVersion: `OpenSearch_${props.version ?? DEFAULT_SEARCH_VERSION}`,
      ...this.capacity(props),
      ...this.protection(props),
      vpcOptions: { subnetIds: [...this.subnetIds], securityGroupIds: [securityGroup.securityGroupId] },
      accessPolicies: renderedPolicy(this, DOMAIN_POLICY, () => this.statements(props)),
      logPublishingOptions: [...logs.published],
      ...MAINTENANCE,
      lifecycle: keepData(this, props.removal),
      dependsOn: [logs.policy],
    });
    this.domainName = published(this, this.resource.domainName, name);
    this.endpoint = this.resource.endpoint;
    this.settings = this.makeSettings(props);
    this.ready = this.settings.applied;
    this.signIn(props);
    this.waiveChoices(props);
  }

  public grantSearch(grantee: IGrantable): void {
    grantee.addToPolicy({ actions: READ_CALLS, resources: [`${this.domainArn}/*`] });
  }

  public grantWrite(role: IRole): void {
    role.addToPolicy({
      actions: ['es:DescribeDomain', 'es:DescribeDomainConfig', 'es:DescribeDomains'],
      resources: [this.domainArn],
    });
    role.addToPolicy({
      actions: ['es:ESHttpPost', 'es:ESHttpPut'],
      resources: [`${this.domainArn}/_bulk`, `${this.domainArn}/${LOG_INDEX}-*`],
    });
    role.addToPolicy({
      actions: ['es:ESHttpGet'],
      // what Firehose asks for (Firehose guide, "Grant access to a destination in a VPC")
      resources: [
        '_all/_settings',
        '_cluster/stats',
        `${LOG_INDEX}*/_mapping/*`,
        '_nodes',
        '_nodes/*',
        '_stats',
        `${LOG_INDEX}*/_stats`,
      ].map((path) => `${this.domainArn}/${path}`),
    });
    this.writers.push(role);
  }

  private makeLogs(
    domainName: string,
    { encryptionKey, logRetentionDays, removal, name }: SearchDomainProps,
  ): DomainLogs {
    return new DomainLogs(this, 'Logs', { domainName, encryptionKey, retentionDays: logRetentionDays, removal, name });
  }

  private capacity(props: SearchDomainProps) {
    const { instanceType, nodes, storageGb } = { ...SEARCH_DEFAULTS, ...defined(props) };
    const { masterType } = props;
    const zones = this.subnetIds.length;
    return {
      clusterConfig: {
        instanceType,
        instanceCount: nodes,
        dedicatedMasterEnabled: masterType !== undefined,
        ...(masterType !== undefined && { dedicatedMasterType: masterType, dedicatedMasterCount: MASTERS }),
        zoneAwarenessEnabled: zones > 1,
        ...(zones > 1 && { zoneAwarenessConfig: { availabilityZoneCount: zones } }),
        multiAzWithStandbyEnabled: false, // a third of the nodes would only wait
      },
      ebsOptions: { ebsEnabled: true, volumeType: 'gp3', volumeSize: storageGb, ...baselineOf(storageGb) },
    };
  }

  private protection({ encryptionKey }: SearchDomainProps) {
    return {
      encryptAtRest: { enabled: true, kmsKeyId: encryptionKey.keyArn },
      nodeToNodeEncryption: { enabled: true },
      domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: TLS },
      advancedSecurityOptions: {
        enabled: true,
        anonymousAuthEnabled: false,
        internalUserDatabaseEnabled: false, // no passwords
        masterUserOptions: { masterUserArn: this.administrator.roleArn },
      },
    };
  }

  /** Who may reach the domain at all; the domain decides on what each may do. */
  private statements({ readers = [], administrators = [], saml }: SearchDomainProps): PolicyStatement[] {
    const resources = [`${this.domainArn}/*`];
    const roles = [...new Set([...readers, ...administrators].filter(isRole))];
    const own = [this.administrator, ...this.writers].map(({ roleArn }) => roleArn);
    const actions = [
      'es:ESHttpDelete',
      'es:ESHttpGet',
      'es:ESHttpHead',
      'es:ESHttpPatch',
      'es:ESHttpPost',
      'es:ESHttpPut',
    ];
    const signed = { principal: Principal.arns([...own, ...roles]), actions, resources };
    // a browser does not sign its requests: the domain asks who it is, and the security group where it is
    return saml === undefined ? [signed] : [{ principal: Principal.anyone(), actions, resources }];
  }

  private makeSettings(props: SearchDomainProps): DomainSettings {
    const { network, bucket, encryptionKey, removal, name } = props;
    const securityGroup = new SecurityGroup(this, 'SettingsGroup', {
      network,
      description: 'Settings of a domain of OpenSearch',
    });
    securityGroup.connections.allowTo(this, HTTPS);
    allowFunctionInterfaces(this.administrator, network.privateSubnetIds, securityGroup.securityGroupId);
    return new DomainSettings(this, 'Settings', {
      endpoint: this.endpoint,
      role: this.administrator,
      network,
      securityGroup,
      bucket,
      encryptionKey,
      settings: () => this.wanted(props),
      removal,
      name: name === undefined ? undefined : `${name}-settings`,
    });
  }

  private wanted({
    days = DEFAULT_SEARCH_DAYS,
    nodes = 1,
    readers = [],
    administrators = [],
  }: SearchDomainProps): SearchSettings {
    return {
      days,
      shards: nodes,
      replicas: nodes > 1 ? 1 : 0, // a copy on the same node helps nobody
      administrator: this.administrator.roleArn,
      administrators,
      readers,
      writers: this.writers.map(({ roleArn }) => roleArn),
    };
  }

  private signIn({ saml }: SearchDomainProps): void {
    if (!saml) return;
    new OpensearchDomainSamlOptions(this, 'SignIn', {
      domainName: this.domainName,
      samlOptions: {
        enabled: true,
        idp: { entityId: saml.entityId, metadataContent: saml.metadata },
        rolesKey: saml.rolesKey ?? 'Role',
        sessionTimeoutMinutes: SAML_SESSION_MINUTES,
      },
    });
  }

  private waiveChoices({ masterType, nodes = 1, saml }: SearchDomainProps): void {
    if (masterType === undefined) {
      waive(this.resource, "data nodes are masters too: 'masterType' is not set", 'CKV_AWS_318');
    }
    if (nodes < MASTERS) waive(this.resource, `'nodes' is ${digitsOf(nodes)}`, 'CKV2_AWS_59');
    if (saml) waive(this.resource, 'browsers sign in through SAML, and reach it in the VPC only', 'CKV_AWS_387');
  }
}

/** The service updates itself at night. */
const MAINTENANCE = {
  offPeakWindowOptions: { enabled: true, offPeakWindow: { windowStartTime: { hours: 2, minutes: 0 } } },
  softwareUpdateOptions: { autoSoftwareUpdateEnabled: true },
};

function defined({ instanceType, nodes, storageGb }: SearchDomainProps) {
  return {
    ...(instanceType !== undefined && { instanceType }),
    ...(nodes !== undefined && { nodes }),
    ...(storageGb !== undefined && { storageGb }),
  };
}
