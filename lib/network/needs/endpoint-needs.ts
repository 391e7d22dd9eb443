import { ENDPOINT_SERVICES, type EndpointService } from '../network-limits';

/** What one kind of workload calls from the private subnets. */
export interface EndpointNeed {
  /** The workload, as the docs name it. */
  readonly workload: string;
  /** The endpoints without which it fails in a network without internet access; S3 is always there. */
  readonly services: readonly EndpointService[];
  /** What passes each of them, or why none is needed. */
  readonly why: string;
  /** Where the service documents it. */
  readonly source: string;
}

/**
 * What needs which endpoint in a network without internet access (`nat: 'none'`). Each interface endpoint is charged for
 * each hour in each zone and for each gigabyte; gateway endpoints are free. `docs/endpoints.md` shows this table.
 */
export const ENDPOINT_NEEDS = {
  'training-jobs': {
    workload: 'SageMaker training and tuning jobs',
    services: [],
    why: 'channels, checkpoints and output pass the S3 gateway; SageMaker pulls the image and sends logs and metrics through its own network',
    source: 'SageMaker guide, "Give SageMaker AI training jobs access to resources in your Amazon VPC"',
  },
  'processing-jobs': {
    workload: 'SageMaker processing jobs',
    services: [],
    why: 'inputs and outputs pass the S3 gateway; SageMaker pulls the image and sends logs and metrics through its own network',
    source: 'SageMaker guide, "Give SageMaker AI processing jobs access to resources in your Amazon VPC"',
  },
  pipelines: {
    workload: 'SageMaker pipelines',
    services: [],
    why: 'SageMaker runs the steps; registration and conditions happen in the service',
    source: 'SageMaker guide, "Pipelines"',
  },
  evaluation: {
    workload: 'Evaluation against the champion',
    services: ['sagemaker.api'],
    why: 'the program lists the packages of the group and reads the newest approved one',
    source: 'SageMaker API, ListModelPackages and DescribeModelPackage',
  },
  'data-quality': {
    workload: 'Data-quality gates',
    services: ['monitoring', 'events'],
    why: 'the program reads files through the S3 gateway, and sends its results as metrics and as events',
    source: 'CloudWatch and EventBridge API, PutMetricData and PutEvents',
  },
  notebooks: {
    workload: 'Notebooks: a SageMaker domain in VPC only mode',
    services: ['sagemaker.api', 'sagemaker.runtime', 'sagemaker.studio', 'sts', 'logs'],
    why: 'spaces do not start without the API and the runtime; studio carries the browser of users inside the VPC; code asks who it is (sts) and reads logs of jobs',
    source:
      'SageMaker guide, "Connect Amazon SageMaker Studio in a VPC to external resources", "Connect to Studio through an interface VPC endpoint"',
  },
  tracking: {
    workload: 'Clients of the tracking server',
    services: ['sagemaker.experiments', 'sagemaker.api'],
    why: 'runs are recorded and read through experiments, which carries the browser of users too; the API gives them the address; artifacts pass the S3 gateway',
    source: 'SageMaker guide, "Connecting to an MLflow tracking server through an Interface VPC Endpoint"',
  },
  'feature-store': {
    workload: 'Feature groups',
    services: ['sagemaker.featurestore-runtime', 'sagemaker.api', 'athena', 'glue'],
    why: 'records are written and read through the runtime; the offline store is queried with Athena',
    source: 'SageMaker guide, "Feature Store, security and access control"',
  },
  'batch-ec2': {
    workload: 'AWS Batch on EC2',
    services: ['ecs', 'ecs-agent', 'ecs-telemetry', 'ecr.api', 'ecr.dkr', 'logs'],
    why: 'the ECS agent of an instance registers with ECS and gets its tasks; images; logs of the jobs',
    source: 'Batch guide, "Interface endpoints, considerations"; ECS guide, "Interface VPC endpoints"',
  },
  'batch-fargate': {
    workload: 'AWS Batch on Fargate',
    services: ['ecr.api', 'ecr.dkr', 'logs'],
    why: 'images and logs of the jobs; Fargate reaches ECS through its own network',
    source: 'Batch guide, "Interface endpoints, considerations"',
  },
  airflow: {
    workload: 'Managed Airflow (MWAA)',
    services: [
      'airflow.api',
      'airflow.env',
      'sqs',
      'kms',
      'ecr.api',
      'ecr.dkr',
      'logs',
      'monitoring',
      'secretsmanager',
    ],
    why: 'schedulers and workers are in the subnets: their queue, which is in an account of AWS, and those of triggers (sqs), its key, images, logs and metrics; connections and variables; DAGs pass the S3 gateway. MWAA itself makes the endpoints of the database and of the web server',
    source: 'MWAA guide, "Creating the required VPC service endpoints in an Amazon VPC with private routing"',
  },
  efs: {
    workload: 'EFS file systems',
    services: [],
    why: 'clients reach the mount targets inside the VPC over NFS; elasticfilesystem is for callers of the EFS API',
    source: 'EFS guide, "Working with interface VPC endpoints"',
  },
  lustre: {
    workload: 'FSx for Lustre file systems',
    services: [],
    why: 'clients reach the file system inside the VPC; FSx itself copies from and to S3; fsx is for callers of the FSx API',
    source: 'FSx for Lustre guide, "Interface VPC endpoints", "File system access control with Amazon VPC"',
  },
  's3-express': {
    workload: 'S3 Express One Zone (directory buckets)',
    services: ['s3express'],
    why: 'directory buckets have an endpoint of their own, a gateway without charge; that of S3 does not lead to them',
    source: 'S3 guide, "Networking for directory buckets"',
  },
  'lake-queries': {
    workload: 'Queries of the lake, and Iceberg tables read by programs',
    services: ['athena', 'glue'],
    why: 'the query, and the catalog with the table and its snapshots',
    source: 'Athena and Glue guides, "Interface VPC endpoints"',
  },
} as const satisfies Record<string, EndpointNeed>;

/** A kind of workload in {@link ENDPOINT_NEEDS}. */
export type EndpointUse = keyof typeof ENDPOINT_NEEDS;

/** The services that these workloads call, each once, in the order of `ENDPOINT_SERVICES`. */
export function endpointsFor(...uses: readonly EndpointUse[]): EndpointService[] {
  const wanted = new Set<EndpointService>(uses.flatMap((use) => ENDPOINT_NEEDS[use].services));
  return ENDPOINT_SERVICES.filter((service) => wanted.has(service));
}
