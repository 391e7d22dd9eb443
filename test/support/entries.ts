import { exports as entries } from '../../package.json';

export const isProvider = (name: string) => name.startsWith('@cdktf/provider-');

/** The TypeScript file that an entry is compiled from. */
export const sourceOf = (target: string) => target.replace('./dist/', './').replace(/\.js$/, '.ts');
/** What users import, and its compiled file. */
export const modules = Object.entries(entries).filter(([, target]) => target.endsWith('.js'));
