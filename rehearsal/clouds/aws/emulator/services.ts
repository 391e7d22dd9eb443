/** An emulator of AWS that a rehearsal installs and starts. */
export interface EmulatorProgram {
  /** Exactly pinned requirement of pip. */
  readonly requirement: string;
  /** Python that serves until the process ends. */
  readonly serve: (port: number) => string;
  readonly env: (port: number, account: string, region: string) => Record<string, string>;
  readonly healthPath: string;
}

export type EmulatorName = 'moto' | 'ministack';

export const EMULATORS: Readonly<Record<EmulatorName, EmulatorProgram>> = {
  moto: {
    requirement: 'moto[server,all]==5.2.5',
    serve: (port) => `from moto.server import main; main(['-H', '127.0.0.1', '-p', '${port}'])`,
    env: (_port, account) => ({
      MOTO_ACCOUNT_ID: account,
      MOTO_IAM_LOAD_MANAGED_POLICIES: 'true',
      MOTO_ACM_VALIDATION_WAIT: '1',
    }),
    healthPath: '/moto-api/',
  },
  ministack: {
    requirement: 'ministack==1.5.33',
    serve: () => "import sys; sys.argv = ['ministack']; from ministack.app import main; main()",
    env: (port, account, region) => ({
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_ACCOUNT_ID: account,
      MINISTACK_REGION: region,
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
    }),
    healthPath: '/_ministack/health',
  },
};

/** Runs every service that `SERVED_ELSEWHERE` does not list. */
export const DEFAULT_EMULATOR: EmulatorName = 'moto';

/**
 * Services that another emulator supports better, by the `<SERVICE>` of `AWS_ENDPOINT_URL_<SERVICE>`.
 * Resources of two services that look each other up must be on one emulator.
 */
export const SERVED_ELSEWHERE: Readonly<Record<string, EmulatorName>> = {
  S3: 'ministack', // moto applies a bucket policy's Deny without its Condition: "TLS only" would refuse every request
  MWAA: 'ministack', // moto has no managed Airflow
  BUDGETS: 'ministack', // moto does not list the subscribers of a notification
};
