import { aws } from './aws/aws';
import type { CloudFactory } from './cloud';
import { LOCAL_CLOUDS } from './local/local';

/** The clouds of a rehearsal. A new one is a folder beside these and a line here. */
export const CLOUDS: readonly CloudFactory[] = [...LOCAL_CLOUDS, aws];
