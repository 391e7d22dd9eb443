import { spawnSync } from 'node:child_process';

/** Tools that an end-to-end test may need, and how to install them. */
const TOOLS = {
  terraform: { probe: ['terraform', 'version'], hint: 'install Terraform 1.11 or OpenTofu 1.10' },
  python: {
    probe: ['python3', '-c', 'import sys, venv; assert sys.version_info >= (3, 11)'],
    hint: 'install Python 3.11',
  },
  postgres: { probe: ['initdb', '--version'], hint: 'install PostgreSQL 15, with initdb on the PATH' },
  compiler: { probe: ['cc', '--version'], hint: 'install a C compiler' },
  go: { probe: ['go', 'version'], hint: 'install Go 1.26' },
  registry: { probe: ['npm', 'ping', '--fetch-retries=0', '--fetch-timeout=10000'], hint: 'reach an npm registry' },
} as const;

type Tool = keyof typeof TOOLS;

const found = new Map<Tool, boolean>();

function isHere(tool: Tool): boolean {
  const known = found.get(tool);
  if (known !== undefined) return known;
  const [command, ...args] = TOOLS[tool].probe;
  const here = spawnSync(command, args, { stdio: 'ignore' }).status === 0;
  found.set(tool, here);
  return here;
}

/** A `describe` that is skipped if a tool is missing; its title then contains the tool, and how to install it. */
export function describeWith(tools: readonly Tool[], title: string, tests: () => void): void {
  const missing = tools.filter((tool) => !isHere(tool));
  if (missing.length === 0) {
    describe(title, tests);
  } else {
    describe.skip(`${title} (needs: ${missing.map((tool) => TOOLS[tool].hint).join('; ')})`, tests);
  }
}
