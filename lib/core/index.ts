export * from './names';
export * from './platform-stack';
export * from './properties';
export * from './removal';
export * from './state-backend';
export * from './surroundings';
export * from './tags';
export * from './waivers';
