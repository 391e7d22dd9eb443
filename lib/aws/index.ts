export * from './arn-parts';
export * from './arns';
export * from './aws';
export * from './aws-stack';
export * from './kept-types';
export * from './log-group';
export * from './name-kind';
export * from './physical-name';
