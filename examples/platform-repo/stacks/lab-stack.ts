import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import type { App } from 'cdktf';
import { DataLake } from 'cdktf-mlops/data-lake';
import { Key } from 'cdktf-mlops/encryption';
import { Principal, Role } from 'cdktf-mlops/iam';
import { type INetwork, Network, Port, SecurityGroup } from 'cdktf-mlops/network';
import { type Environment, LayerStack } from 'cdktf-mlops/platform';

/** A lab of single constructs, separate from the platform: its own lake, and a network without internet access. */
export class LabStack extends LayerStack {
  public readonly lake: DataLake;
  public readonly researcher: Role;

  constructor(app: App, environment: Environment) {
    super(app, 'lab', environment);
    const { removal } = environment;

    this.lake = new DataLake(this, 'Lake', {
      encryptionKey: new Key(this, 'Key', { description: 'Lab', removal }),
      zones: {
        samples: { classification: 'internal', expireAfterDays: 90 },
        results: { classification: 'internal' },
      },
      removal,
    });

    this.researcher = new Role(this, 'Researcher', { assumedBy: Principal.service('sagemaker.amazonaws.com') });
    this.lake.zone('samples').grantRead(this.researcher);
    this.lake.zone('results').grantWrite(this.researcher, 'experiments/*');

    const network = this.closedNetwork();
    const workers = new SecurityGroup(this, 'Workers', { network, description: 'distributed experiments' });
    workers.connections.allowWithin(Port.all());
  }

  /** A VPC from plain provider resources, imported for the constructs of the library. */
  private closedNetwork(): INetwork {
    const vpc = new Vpc(this, 'Vpc', { cidrBlock: '10.99.0.0/24', enableDnsHostnames: true });
    const [first, second] = ['a', 'b'].map(
      (zone, index) =>
        new Subnet(this, `Subnet-${zone}`, {
          vpcId: vpc.id,
          cidrBlock: `10.99.0.${index * 128}/25`,
          availabilityZone: `eu-north-1${zone}`,
        }),
    );
    return Network.fromNetworkAttributes(this, 'Network', {
      vpcId: vpc.id,
      privateSubnetIds: [first!.id, second!.id],
    });
  }
}
