import { main, Platform } from 'cdktf-mlops/platform';
import { ChurnStack } from './stacks/churn-stack';
import { LabStack } from './stacks/lab-stack';

main((app, environment) => {
  const platform = new Platform(app, environment);
  new ChurnStack(app, platform);
  new LabStack(app, environment);
});
