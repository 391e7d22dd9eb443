import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvironment, Platform } from 'cdktf-mlops/platform';
import { addresses, testApp } from 'cdktf-mlops/testing';

const folder = join(__dirname, '../environments');

/** For a changed address, Terraform replaces the resource: review the change before you update the snapshot. */
test.each(readdirSync(folder).filter((file) => file.endsWith('.yaml')))(
  'addresses in %s are as they were committed',
  (file) => {
    const app = testApp();
    new Platform(app, loadEnvironment(join(folder, file)));
    expect(addresses(app)).toMatchSnapshot();
  },
);
