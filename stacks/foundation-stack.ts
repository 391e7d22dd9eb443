import type { App } from 'cdktf';
import { waive } from '../lib/core/waivers';
import { Key } from '../lib/encryption/key';
import { type INetwork, Network } from '../lib/network/network';
import { Bucket } from '../lib/storage/bucket';
import type { Environment } from './environment';
import { LayerStack } from './layer-stack';

/** Known beforehand, so that no other layer must ask for it. */
export function accessLogsName({ project, environment, account, region }: Environment): string {
  return `${project}-${environment}-access-logs-${account}-${region}`;
}

/** What every other layer stands on: the network, one key per domain of data, and the record of who read what. */
export class FoundationStack extends LayerStack {
  public readonly lakeKey: Key;
  public readonly registryKey: Key;
  public readonly logsKey: Key;
  /** Records the requests to every other bucket of the environment. */
  public readonly accessLogs: Bucket;
  public readonly network: INetwork;

  constructor(app: App, environment: Environment) {
    super(app, 'foundation', environment);
    const { lake, registry, logs } = environment;
    this.lakeKey = new Key(this, 'LakeKey', { alias: 'lake', description: 'Data lake', removal: lake.removal });
    this.registryKey = new Key(this, 'RegistryKey', {
      alias: 'registry',
      description: 'Models, images and the registry database',
      removal: registry.removal,
    });
    this.logsKey = new Key(this, 'LogsKey', { alias: 'logs', description: 'Logs', removal: logs.removal });
    for (const key of [this.lakeKey, this.registryKey, this.logsKey]) key.allowLogs();
    this.accessLogs = this.makeAccessLogs(environment);
    this.network = this.makeNetwork(environment);
  }

  private makeAccessLogs(environment: Environment): Bucket {
    const { logs } = environment;
    const bucket = new Bucket(this, 'AccessLogs', {
      bucketName: accessLogsName(environment),
      expireAfterDays: logs.accessLogDays,
      removal: logs.removal,
    });
    waive(bucket.resource, 'S3 cannot deliver access logs to a bucket under a key of ours', 'CKV_AWS_145');
    waive(bucket.resource, 'is itself where access is recorded', 'CKV_AWS_18');
    bucket.acceptAccessLogs();
    return bucket;
  }

  private makeNetwork({ network, logs }: Environment): INetwork {
    if ('vpcId' in network) return Network.fromNetworkAttributes(this, 'Network', network);
    const { cidr, zones, nat, endpoints, flowLogRetentionDays } = network;
    return new Network(this, 'Network', {
      name: 'network',
      cidr,
      zones,
      nat,
      endpoints,
      flowLogRetentionDays,
      encryptionKey: this.logsKey,
      removal: logs.removal,
    });
  }
}
