import { main, Platform } from 'cdktf-mlops/platform';
import { ChurnStack } from './stacks/churn-stack';

main((app, environment) => new ChurnStack(app, new Platform(app, environment)));
