import { Properties } from '../core/properties';

/**
 * A registry whose images ECR can cache.
 *
 * Credentials are the ARN of a secret in the cache's account and region, with the fields `username` and `accessToken`.
 * Its name begins with `CREDENTIALS_PREFIX`. Its key is `aws/secretsmanager`: ECR can use no other key.
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
    Properties.need('UpstreamRegistry.dockerHub', { credentialsArn }, 'credentialsArn');
    return new UpstreamRegistry('docker-hub', 'registry-1.docker.io', credentialsArn);
  }

  /** `ghcr.io`. */
  public static github(credentialsArn: string): UpstreamRegistry {
    Properties.need('UpstreamRegistry.github', { credentialsArn }, 'credentialsArn');
    return new UpstreamRegistry('github', 'ghcr.io', credentialsArn);
  }

  /** `registry.gitlab.com`; ECR cannot cache a self-hosted GitLab. */
  public static gitlab(credentialsArn: string): UpstreamRegistry {
    Properties.need('UpstreamRegistry.gitlab', { credentialsArn }, 'credentialsArn');
    return new UpstreamRegistry('gitlab', 'registry.gitlab.com', credentialsArn);
  }

  /** `<registry>.azurecr.io`. */
  public static azure(registry: string, credentialsArn: string): UpstreamRegistry {
    Properties.need('UpstreamRegistry.azure', { registry, credentialsArn }, 'registry', 'credentialsArn');
    return new UpstreamRegistry('azure', `${registry}.azurecr.io`, credentialsArn);
  }

  private constructor(
    /** Default name of the cache. */
    public readonly name: string,
    /** Host, as ECR names it, without a scheme. */
    public readonly url: string,
    public readonly credentialsArn?: string,
  ) {}
}
