import { main } from 'cdktf-mlops/platform';

main(); // or with stacks of your own: main((app, environment) => { ... })
