import type { App } from 'cdktf';
import { Principal, Role } from 'cdktf-mlops/iam';
import { LayerStack, type Platform } from 'cdktf-mlops/platform';

/** Who asks the model: the shop, which runs in pods and has a role of its own. */
export class ShopStack extends LayerStack {
  public readonly shop: Role;

  constructor(app: App, { environment, models }: Platform) {
    super(app, 'shop', environment);
    this.shop = new Role(this, 'Shop', { assumedBy: Principal.podIdentity() });
    const fraud = models?.endpoints?.get('fraud'); // none before the first version
    fraud?.grantInvoke(this.shop);
    fraud?.grantRead(this.shop); // its weights, which are the shares of sticky customers
  }
}
