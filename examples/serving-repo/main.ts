import { main, Platform } from 'cdktf-mlops/platform';
import { ShopStack } from './stacks/shop-stack';

main((app, environment) => new ShopStack(app, new Platform(app, environment)));
