import type { App } from 'cdktf';
import { InputError } from '../../lib/core/input-error';
import { type IKey, Key } from '../../lib/encryption/key';
import type { IAlarmActions } from '../../lib/monitoring/actions/alarm-actions';
import type { INetwork } from '../../lib/network/network';
import type { IBucket } from '../../lib/storage/bucket';
import type { Foundation, Keys } from '../offers';
import type { Platform } from '../platform';
import { LayerStack } from './layer-stack';

/** The foundation layer: the network, one key for each data domain that has none yet, and the bucket for access logs. */
export class FoundationStack extends LayerStack implements Foundation {
  public readonly keys: Keys;
  public readonly network!: INetwork;
  public readonly accessLogs!: IBucket;
  public readonly alarmActions?: IAlarmActions;

  constructor(app: App, { environment, parts, domains }: Pick<Platform, 'environment' | 'parts' | 'domains'>) {
    super(app, 'foundation', environment);
    this.keys = this.makeKeys(domains);
    Object.assign(this, this.makeParts('foundation', parts, { environment }, { keys: this.keys }));
  }

  private makeKeys(domains: Platform['domains']): Keys {
    const keys = new Map<string, IKey>();
    for (const { name, description, removal, keyArn } of domains) {
      const id = `${name[0]!.toUpperCase()}${name.slice(1)}Key`;
      const key = keyArn ? Key.fromKeyArn(this, id, keyArn) : new Key(this, id, { alias: name, description, removal });
      key.allowLogs();
      keys.set(name, key);
    }
    return {
      of: (domain) => {
        const key = keys.get(domain);
        if (key) return key;
        throw new InputError(
          `${this.node.path}: there is no key for domain '${domain}'; use one of ${[...keys.keys()].join(', ')}, or declare the domain in a section`,
        );
      },
    };
  }
}
