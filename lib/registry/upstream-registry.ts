/**
 * A registry whose images ECR can fetch and keep.
 *
 * Credentials are the ARN of a secret in the cache's account and region with the fields `username` and `accessToken`, its
 * name beginning with `CREDENTIALS_PREFIX`, encrypted by the key `aws/secretsmanager`: ECR can use no other key.
 */
export class UpstreamRegistry {
  /** `public.ecr.aws`. */
  public static publicEcr(): UpstreamRegistry {
    return new UpstreamRegistry('ecr-public', 'public.ecr.aws');
  }

  /** `registry.k8s.io`. */
  public static kubernetes(): UpstreamRegistry {
    return new UpstreamRegistry('kubernetes', 'registry.k8s.io');
  }

  /** `quay.io`, its public images. */
  public static quay(): UpstreamRegistry {
    return new UpstreamRegistry('quay', 'quay.io');
  }

  /** `docker.io`. Its official images are below `library/`. */
  public static dockerHub(credentialsArn: string): UpstreamRegistry {
    return new UpstreamRegistry('docker-hub', 'registry-1.docker.io', credentialsArn);
  }

  /** `ghcr.io`. */
  public static github(credentialsArn: string): UpstreamRegistry {
    return new UpstreamRegistry('github', 'ghcr.io', credentialsArn);
  }

  /** `registry.gitlab.com`; GitLab on a host of one's own cannot be cached. */
  public static gitlab(credentialsArn: string): UpstreamRegistry {
    return new UpstreamRegistry('gitlab', 'registry.gitlab.com', credentialsArn);
  }

  /** `<registry>.azurecr.io`. */
  public static azure(registry: string, credentialsArn: string): UpstreamRegistry {
    return new UpstreamRegistry('azure', `${registry}.azurecr.io`, credentialsArn);
  }

  private constructor(
    /** What cached repositories are called by, unless told otherwise. */
    public readonly name: string,
    /** As ECR names it, without a scheme. */
    public readonly url: string,
    public readonly credentialsArn?: string,
  ) {}
}
