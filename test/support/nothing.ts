// Replaces what cdktf loads and no test calls: see jest.config.js.
export {};
