/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/test/support/fixed-day.ts'],
  // `npm run test:unit` has V8 collect garbage less often, and optimize only what runs twenty times as long as by default:
  // each file loads everything anew, so that most of what is optimized is thrown away before it pays
  // each further worker is a process that loads everything anew: on two cores, one is cheaper and no slower
  maxWorkers: '50%',
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' } }] },
  testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/examples/*/test/*.test.ts'],
  // one test of the examples needs Terraform and its providers: test/e2e/package/package.test.ts runs it
  testPathIgnorePatterns: [
    '/node_modules/',
    '/cdktf.out/',
    '<rootDir>/test/e2e/',
    '<rootDir>/examples/.*/validate.test.ts',
  ],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  moduleNameMapper: {
    // cdktf zips assets in a process of its own, and yet loads what does it: a tenth of a CPU second for each test file
    '^archiver$': '<rootDir>/test/support/nothing.ts',
    // the messages of zod in fifty languages, of which it uses one that it loads itself
    '^\\.\\./locales/index\\.cjs$': '<rootDir>/test/support/nothing.ts',
    // as in tsconfig.json: the name that users import
    '^cdktf-mlops/environment$': '<rootDir>/stacks/environment',
    '^cdktf-mlops/platform$': '<rootDir>/stacks',
    '^cdktf-mlops/rehearsal$': '<rootDir>/rehearsal',
    '^cdktf-mlops/package.json$': '<rootDir>/package.json',
    '^cdktf-mlops/(.+)$': '<rootDir>/lib/$1',
  },
};
