import * as z from 'zod';
import { NAME } from '../../../lib/core/text-pattern';
import { metric } from '../../../lib/monitoring/alarms/alarm-spec';
import type { Graph } from '../../../lib/monitoring/dashboards/graph';
import { choice, named, text } from '../../environment/schema/fields';

const STATISTICS = ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount', 'p50', 'p90', 'p99'] as const;
/** Text that CloudWatch takes as a name or value, and Terraform as it is. */
const WORDS = {
  pattern: /^(?!.*[$%]\{)(?!:)[ -~]{1,255}$/,
  meaning: '1 to 255 printable ASCII characters without ${ or %{, not beginning with a colon',
};

const GraphSchema = z
  .strictObject({
    namespace: text(WORDS)
      .describe('Namespace of the metric, which your program puts.')
      .meta({ examples: ['Acme/Payments'] }),
    metric: text(WORDS)
      .describe('Name of the metric.')
      .meta({ examples: ['Approved'] }),
    statistic: choice(STATISTICS).default('Sum').describe('What of its values is drawn. Default: Sum.'),
    dimensions: named(text(WORDS), text(WORDS)).default({}).describe('Dimensions of the metric. Default: none.'),
  })
  .describe('A graph of one metric, such as one of the business.');

/** Further graphs of things, by thing and title. */
export const GraphsSchema = named(text(NAME), named(text(WORDS), GraphSchema))
  .default({})
  .describe(
    'Further graphs for the dashboards, such as metrics of the business beside a model, by the name of a thing as under alarms, and by their titles. Default: none.',
  )
  .meta({ examples: [{ 'model-fraud': { 'Approved payments': { namespace: 'Acme/Payments', metric: 'Approved' } } }] });

/** The graphs of a thing. */
export function graphsFor(written: z.output<typeof GraphsSchema>[string] = {}): readonly Graph[] {
  return Object.entries(written).map(([title, { namespace, metric: name, statistic, dimensions }]) => ({
    title,
    unit: '',
    lines: [{ label: name, metrics: { value: metric(namespace, name, dimensions, statistic) } }],
  }));
}
