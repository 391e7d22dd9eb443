import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Lazy } from 'cdktf';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { jsonText } from '../../training/pipeline/definition';
import { type DashboardBody, type DashboardSection, dashboardBody } from './dashboard-body';
import { brokenDashboard, DASHBOARD } from './dashboard-limits';

export interface DashboardProps {
  /** What it shows, asked at synthesis: things may still be added until then. */
  readonly sections: () => readonly DashboardSection[];
  /** Name after the stack's prefix. @default - from the construct's path */
  readonly name?: string;
}

/**
 * A dashboard of CloudWatch. Synthesis fails if it is larger than CloudWatch shows.
 *
 * Costs for each month, beyond the first three of an account. Destroying it is free.
 */
export class Dashboard extends Construct {
  public readonly dashboardName: string;
  /** The underlying dashboard. */
  public readonly resource: CloudwatchDashboard;
  private readonly sections: DashboardProps['sections'];

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    Properties.need(this, props, 'sections');
    this.sections = props.sections;
    this.dashboardName = physicalName(this, DASHBOARD, props.name);
    this.resource = new CloudwatchDashboard(this, 'Resource', {
      dashboardName: this.dashboardName,
      dashboardBody: Lazy.stringValue({ produce: () => jsonText(this.body()) }),
    });
    this.node.addValidation({
      validate: () =>
        brokenDashboard(this.body()).map(({ must, got, fix }) => `the dashboard ${must}, got ${got}; ${fix}`),
    });
  }

  /** What is shown. */
  public body(): DashboardBody {
    return dashboardBody(Aws.of(this).region, this.sections());
  }
}
