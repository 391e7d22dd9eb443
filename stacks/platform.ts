import type { App } from 'cdktf';
import { DataStack } from './data-stack';
import type { Environment } from './environment';
import { FoundationStack } from './foundation-stack';

/** Every stack of one environment, in the order in which they are deployed. */
export class Platform {
  public readonly foundation: FoundationStack;
  public readonly data: DataStack;

  constructor(
    app: App,
    public readonly environment: Environment,
  ) {
    this.foundation = new FoundationStack(app, environment);
    this.data = new DataStack(app, environment, this.foundation);
  }
}
