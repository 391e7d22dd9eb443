import { App } from 'cdktf';
import { ExportsStack } from './exports-stack';

const app = new App();
new ExportsStack(app, 'acme-exports');
app.synth();
