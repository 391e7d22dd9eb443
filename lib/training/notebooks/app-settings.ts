import type {
  SagemakerUserProfileUserSettings,
  SagemakerUserProfileUserSettingsJupyterLabAppSettings,
} from '@cdktf/provider-aws/lib/sagemaker-user-profile';
import type { IRole } from '../../iam/role';
import type { ISecurityGroup } from '../../network/security-group';
import { IDLE_LIMITS_MINUTES } from './notebooks-limits';

/** What every person's apps have in common. */
export interface AppSettings {
  readonly securityGroup: ISecurityGroup;
  /** Type of an app whose user chooses none. */
  readonly instanceType: string;
  readonly idleMinutes: number;
  readonly spaceGb: number;
  readonly maxSpaceGb: number;
}

/** Apps of SageMaker that are not offered: the classic ones start outside a space, the others are further services. */
const HIDDEN_APPS = ['JupyterServer', 'KernelGateway', 'Canvas', 'RStudioServerPro'];

/** Settings of a domain and of a profile: both have the same, and those of a profile win. */
export function userSettings(
  role: IRole,
  settings: AppSettings,
): Omit<SagemakerUserProfileUserSettings, 'customFileSystemConfig'> {
  const app = appSettings(settings);
  return {
    executionRole: role.roleArn,
    securityGroups: [settings.securityGroup.securityGroupId],
    studioWebPortal: 'ENABLED',
    defaultLandingUri: 'studio::',
    studioWebPortalSettings: { hiddenAppTypes: HIDDEN_APPS },
    sharingSettings: { notebookOutputOption: 'Disabled' }, // a shared notebook would carry rows of data in its output
    jupyterLabAppSettings: app,
    codeEditorAppSettings: app,
    spaceStorageSettings: {
      defaultEbsStorageSettings: {
        defaultEbsVolumeSizeInGb: settings.spaceGb,
        maximumEbsVolumeSizeInGb: settings.maxSpaceGb,
      },
    },
  };
}

/** A user may choose a shorter time within the limits, and no longer one. */
function appSettings({
  idleMinutes,
  instanceType,
}: AppSettings): Pick<
  SagemakerUserProfileUserSettingsJupyterLabAppSettings,
  'appLifecycleManagement' | 'defaultResourceSpec'
> {
  return {
    appLifecycleManagement: {
      idleSettings: {
        lifecycleManagement: 'ENABLED',
        idleTimeoutInMinutes: idleMinutes,
        minIdleTimeoutInMinutes: IDLE_LIMITS_MINUTES.min,
        maxIdleTimeoutInMinutes: idleMinutes,
      },
    },
    defaultResourceSpec: { instanceType },
  };
}
