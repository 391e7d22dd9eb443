/** Nothing listens here, so a request fails immediately and does not leave the machine. */
export const NOWHERE = 'http://127.0.0.1:9';

const LOOPBACK = ['127.0.0.1', 'localhost'];

/** Variables that programs need to start. */
const RUNNING =
  /^(PATH|PATHEXT|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|LD_LIBRARY_PATH|XDG_\w+|APPDATA|LOCALAPPDATA|USERPROFILE|SYSTEMROOT|SYSTEMDRIVE|COMSPEC|WINDIR)$/i;

/** Settings of version managers, which `terraform` and `python3` on the PATH may belong to. */
const VERSION_MANAGERS = /^(ASDF|MISE|TFENV|TOFUENV|TENV|PYENV)_/;

/** Variables with which this network lets programs download. */
const REACHING = /^((HTTPS?|NO|ALL)_PROXY|SSL_CERT_(FILE|DIR)|(REQUESTS|CURL)_CA_BUNDLE)$/i;

/** Settings of programs that download, with the credentials for what they download and for nothing else. */
const DOWNLOADING = {
  /** Providers and modules. */
  terraform: /^(TF_TOKEN_\w+|TF_PLUGIN_\w+|TF_REGISTRY_\w+|SSH_AUTH_SOCK|GIT_SSH\w*)$/i,
  /** Packages of Python. Other variables of pip change what it installs, and where to. */
  pip: /^PIP_(CERT|CLIENT_CERT|PROXY|TRUSTED_HOST|INDEX_URL|EXTRA_INDEX_URL|NO_INDEX|FIND_LINKS|CONFIG_FILE|KEYRING_PROVIDER|CACHE_DIR|NO_CACHE_DIR|(DEFAULT_)?TIMEOUT|RETRIES)$/i,
} as const;

const SECRET = /TOKEN|SECRET|PASSW|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY/i;

/** Whether the name of a variable means that its value is a secret. */
export function isSecret(name: string): boolean {
  return SECRET.test(name);
}

/**
 * The part of the user's environment that a program of a rehearsal gets. It is an allowlist, because not all variables
 * with credentials are known.
 */
export function runningEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return only(env, (name) => RUNNING.test(name) || (VERSION_MANAGERS.test(name) && !isSecret(name)));
}

/** As `runningEnvironment`, for a program that downloads. */
export function downloadEnvironment(env: NodeJS.ProcessEnv, program: keyof typeof DOWNLOADING): NodeJS.ProcessEnv {
  const mayPass = (name: string) => REACHING.test(name) || DOWNLOADING[program].test(name);
  return { ...runningEnvironment(env), ...only(env, mayPass) };
}

/** Replaces a secret of the user, where something must be set. */
export const NO_SECRET = 'rehearsal';

/** A URL with a password. */
const PASSWORD = /:\/\/[^/\s:@]*:[^/\s@]+@/;

/**
 * The environment of the app that synthesizes. It may read any variable, so this is not an allowlist: secrets, by their
 * names or as a password in a URL, keep their variable but not their value.
 */
export function appEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const hide = (name: string, value = '') => !REACHING.test(name) && (isSecret(name) || PASSWORD.test(value));
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value && hide(name, value) ? NO_SECRET : value]),
  );
}

function only(env: NodeJS.ProcessEnv, mayPass: (name: string) => boolean): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => mayPass(name)));
}

/**
 * Proxy settings with which no request leaves the machine.
 *
 * @param http proxy for plain HTTP
 * @param hosts hosts that can be reached too
 */
export function blockedProxies({ http = NOWHERE, hosts = [] as readonly string[] } = {}): Record<string, string> {
  const noProxy = [...new Set([...LOOPBACK, ...hosts])].join(',');
  const upper = { HTTP_PROXY: http, HTTPS_PROXY: NOWHERE, NO_PROXY: noProxy };
  const lower = Object.fromEntries(Object.entries(upper).map(([name, value]) => [name.toLowerCase(), value]));
  return { ...upper, ...lower };
}
