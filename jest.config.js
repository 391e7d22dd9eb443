/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' } }] },
  testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/examples/*/test/*.test.ts'],
  // one test of the examples needs Terraform and its providers: test/e2e/package.test.ts runs it
  testPathIgnorePatterns: [
    '/node_modules/',
    '/cdktf.out/',
    '<rootDir>/test/e2e/',
    '<rootDir>/examples/.*/validate.test.ts',
  ],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  // as in tsconfig.json: the name that users import
  moduleNameMapper: {
    '^cdktf-mlops/environment$': '<rootDir>/stacks/environment',
    '^cdktf-mlops/platform$': '<rootDir>/stacks',
    '^cdktf-mlops/rehearsal$': '<rootDir>/rehearsal',
    '^cdktf-mlops/package.json$': '<rootDir>/package.json',
    '^cdktf-mlops/(.+)$': '<rootDir>/lib/$1',
  },
};
