import type { TerraformResource } from 'cdktf';
import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import { Aws } from '../../../../lib/aws/aws';
import { waive } from '../../../../lib/core/waivers';
import { Principal } from '../../../../lib/iam/principal';
import { Role } from '../../../../lib/iam/role';
import { HTTPS } from '../../../../lib/network/port';
import { ManagedAirflow } from '../../../../lib/scheduler/airflow/managed-airflow';
import type { LayerStack } from '../../../layers/layer-stack';
import type { Available, Services } from '../../../offers';
import { isIsolated } from '../../network/rules';
import { showPages } from '../consoles';
import { AIRFLOW_NAME } from './schema';
import type { Airflow } from './section';

/** Output of the stack: the page in the console that signs people in to the web server. */
export const AIRFLOW_CONSOLE_OUTPUT = 'AirflowConsole';
/** Output of the stack: the address of the web server, which answers inside the VPC only. */
export const WEB_OUTPUT = 'AirflowWebServer';

/** Output of the stack: the name of the bucket that CI uploads DAGs to. */
export const DAG_BUCKET_OUTPUT = 'AirflowBucket';

/** Creates Airflow, and the roles of its people and of the CI that uploads DAGs. */
export function makeAirflow(
  stack: LayerStack,
  { dags, plugins, logDays, webAccess, requirements, ...settings }: NonNullable<Airflow>,
  { environment, foundation: { network, keys, accessLogs } }: Available['services'],
): Pick<Services, 'airflow'> {
  const airflow = new ManagedAirflow(stack, 'Airflow', {
    ...settings,
    ...{ network, accessLogs, requirements },
    encryptionKey: keys.of('scheduler'),
    name: AIRFLOW_NAME,
    dagCount: dags,
    pluginsVersion: plugins,
    wheels: requirements.length > 0 && isIsolated(environment.network),
    logRetentionDays: logDays,
    removal: environment.scheduler?.removal,
  });
  for (const block of webAccess) airflow.connections.allowFromCidr(block, HTTPS);
  const people = new Construct(stack, 'AirflowPeople');
  airflow.grantRead(roleFor(people, 'Reader'));
  airflow.grantOperate(roleFor(people, 'Operator'));
  airflow.grantDeploy(roleFor(people, 'Deployer'));
  new TerraformOutput(stack, WEB_OUTPUT, {
    staticId: true,
    value: `https://${airflow.resource.webserverUrl}/`,
    description: 'The web server of Airflow. It answers inside the VPC only.',
  });
  new TerraformOutput(stack, DAG_BUCKET_OUTPUT, {
    staticId: true,
    value: airflow.bucket.bucketName,
    description: 'Bucket of Airflow: DAGs are uploaded to its folder dags, plugins as plugins.zip.',
  });
  showPages(
    stack,
    AIRFLOW_CONSOLE_OUTPUT,
    'Page of Airflow in the console, which signs in to its web server.',
    `mwaa/home#environments/${airflow.airflowName}`,
  );
  return { airflow };
}

function roleFor(scope: Construct, id: string): Role {
  const role = new Role(scope, id, { assumedBy: Principal.arn(Aws.of(scope).arn('iam', 'root', { region: '' })) });
  waive(
    role.node.defaultChild as TerraformResource,
    'IAM policies of the account decide who may assume it, and it may use this Airflow only',
    'CKV_AWS_61',
  );
  return role;
}
