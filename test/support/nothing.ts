// Replaces what cdktf and zod load and no test calls: see jest.config.js.
export {};
