export type { Environment, EnvironmentInput, EnvironmentOf } from './environment';
export { EnvironmentFileError, error, type FileError, type PlacedError } from './errors';
export { EnvironmentFilesError, environmentFile, environmentFiles, loadEnvironments } from './files';
export { EnvironmentFormat } from './format';
export { loadEnvironment, parseEnvironment } from './platform-format';
export { byProfile, bySize } from './schema/choices';
export type { AnySection, DataDomain, DeclaredName, Section } from './section';
export { changedText, type ValueChange } from './text/change';
