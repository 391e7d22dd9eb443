import type { Template } from '../../lib/testing';
import { type Environment, SECTIONS } from '../../stacks';
import type { AnySection } from '../../stacks/environment/section';

/** Where the picture is. */
export const PLATFORM_PICTURE = 'docs/pictures/platform.svg';

/** A thing that runs in a layer, and how one knows that it is there. */
type Thing = readonly [label: string, type: string, name?: RegExp];

const THINGS: Readonly<Record<string, readonly Thing[]>> = {
  foundation: [
    ['VPC, subnets', 'aws_vpc'],
    ['NAT', 'aws_nat_gateway'],
    ['endpoints of AWS services', 'aws_vpc_endpoint'],
    ['a key per kind of data', 'aws_kms_key'],
    ['flow log', 'aws_flow_log'],
    ['access logs', 'aws_s3_bucket'],
    ['topics of alarms', 'aws_sns_topic'],
    ['chat, PagerDuty', 'aws_lambda_function'],
  ],
  data: [
    ['zones of the lake', 'aws_glue_catalog_database'],
    ['tables', 'aws_glue_catalog_table'],
    ['conversions', 'aws_glue_job'],
    ['quality gates', 'aws_glue_data_quality_ruleset'],
    ['a workgroup per team', 'aws_athena_workgroup'],
    ['feature groups', 'aws_sagemaker_feature_group'],
    ['PostgreSQL', 'aws_db_instance'],
    ['versions of models', 'aws_sagemaker_model_package_group'],
    ['images', 'aws_ecr_repository'],
  ],
  services: [
    ['pipelines', 'aws_sagemaker_pipeline'],
    ['triggers', 'aws_sfn_state_machine', /-trigger-/],
    ['notebooks', 'aws_sagemaker_domain'],
    ['AWS Batch', 'aws_batch_job_queue'],
    ['file systems', 'aws_efs_file_system'],
    ['MLflow', 'aws_sagemaker_mlflow_tracking_server'],
    ['Airflow', 'aws_mwaa_environment'],
  ],
  models: [
    ['endpoints', 'aws_sagemaker_endpoint'],
    ['champion, challenger', 'aws_sagemaker_model', /-challenger-/],
    ['scaling', 'aws_appautoscaling_policy'],
    ['alarms that roll back', 'aws_cloudwatch_metric_alarm'],
    ['captured requests', 'aws_glue_catalog_table'],
    ['check of versions', 'aws_lambda_function'],
  ],
  monitoring: [
    ['alarms', 'aws_cloudwatch_metric_alarm'],
    ['storms', 'aws_cloudwatch_composite_alarm'],
    ['dashboards', 'aws_cloudwatch_dashboard'],
    ['drift', 'aws_sfn_state_machine', /-trigger-drift-/],
    ['retraining', 'aws_sfn_state_machine', /-trigger-retrain-/],
    ['review of a new version', 'aws_sfn_state_machine', /-review-/],
    ['search of logs', 'aws_opensearch_domain'],
    ['delivery of logs', 'aws_kinesis_firehose_delivery_stream'],
  ],
};

/** The way of a model back to training, in the order of the marks. */
const LOOP = [
  'what the model gets and says is captured, and compared with a baseline',
  'it has drifted: the alarm starts the pipeline, once, within a budget',
  'a version that keeps the limits is registered, and waits',
  'a person approves it, and its review begins',
  'the review proposes a change of the file, and watches its alarms',
  'a person merges it: a share of the requests, then all, by a canary',
] as const;

const WIDTH = 1000;
const FILE = { x: 16, width: 170 } as const;
const LAYER = { x: 246, width: 600 } as const;
const [TOP, GAP, CHIP, LINE, PAD] = [56, 14, 24, 32, 14] as const;
const [INK, GREY, LOOP_INK] = ['#232f3e', '#545b64', '#b0501a'] as const;
const CHARACTER = 6.7;

interface Row {
  readonly layer: string;
  readonly keys: readonly string[];
  readonly chips: readonly { readonly text: string; readonly x: number; readonly y: number; readonly width: number }[];
  readonly y: number;
  readonly height: number;
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const label = (x: number, y: number, text: string, more = '') =>
  `<text x="${x}" y="${y}" fill="${INK}" ${more}>${escaped(text)}</text>`;

/** Sections of a file, each with a layer that it makes a part of. */
export function layersOf(environment: Environment): [section: string, layer: string][] {
  return (SECTIONS as readonly AnySection[]).flatMap((section) => {
    const parts = section.parts?.(environment[section.name as never], environment) ?? [];
    return [...new Set(parts.map(({ layer }) => layer))].map((layer): [string, string] => [section.name, layer]);
  });
}

/** What of the things of a layer a template has. */
function thingsIn(layer: string, template: Template): string[] {
  const things = THINGS[layer];
  if (!things) throw new Error(`the picture knows no layer '${layer}'`);
  return things
    .filter(([, type, name = /^/]) =>
      template.all(type).some((one) => name.test(String((one as Record<string, unknown>).name ?? ''))),
    )
    .map(([text]) => text);
}

function rowsOf(stacks: Readonly<Record<string, Template>>, sections: readonly (readonly [string, string])[]): Row[] {
  let y = TOP;
  const layerOf = (stack: string) => stack.split('-').at(-1)!;
  const layers = Object.entries(stacks).filter(([stack]) => sections.some(([, layer]) => layer === layerOf(stack)));
  return layers.map(([stack, template]) => {
    const layer = layerOf(stack);
    let [x, line] = [LAYER.x + PAD, 0];
    const chips = thingsIn(layer, template).map((text) => {
      const width = Math.round(text.length * CHARACTER + 18);
      if (x + width > LAYER.x + LAYER.width - PAD) [x, line] = [LAYER.x + PAD, line + 1];
      const chip = { text, x, y: y + 32 + line * LINE, width };
      x += width + 8;
      return chip;
    });
    const row = { layer: stack, keys: sections.filter(([, own]) => own === layer).map(([name]) => name), chips, y };
    const height = Math.max(32 + (line + 1) * LINE + 2, 20 + row.keys.length * 17);
    y += height + GAP;
    return { ...row, height };
  });
}

function drawRow({ layer, keys, chips, y, height }: Row): string {
  const middle = y + height / 2;
  const first = middle - ((keys.length - 1) * 17) / 2 + 4;
  return [
    `<rect x="${LAYER.x}" y="${y}" width="${LAYER.width}" height="${height}" rx="6" fill="#fff" stroke="#aab7b8"/>`,
    label(LAYER.x + PAD, y + 21, layer, 'font-size="13" font-weight="bold" font-family="monospace"'),
    ...chips.map(
      (chip) =>
        `<rect x="${chip.x}" y="${chip.y}" width="${chip.width}" height="${CHIP}" rx="12" fill="#e9f2fb"/>${label(chip.x + 9, chip.y + 16, chip.text, 'font-size="12"')}`,
    ),
    ...keys.map((key, index) =>
      label(FILE.x + 18, first + index * 17, `${key}:`, 'font-size="13" font-family="monospace"'),
    ),
    `<path d="M${FILE.x + FILE.width} ${middle}H${LAYER.x - 2}" stroke="${GREY}" fill="none" marker-end="url(#a)"/>`,
  ].join('\n');
}

/** Arrows of the loop: beside the layers from row to row, and below them to the file and from it. */
function drawLoop(rows: readonly Row[], bottom: number): string {
  const right = LAYER.x + LAYER.width;
  const at = (layer: string, part: number) => {
    const row = rows.find((one) => one.layer.endsWith(`-${layer}`))!;
    return row.y + row.height * part;
  };
  const mark = (x: number, y: number, index: number) =>
    `<circle cx="${x}" cy="${y}" r="10" fill="${LOOP_INK}"/><text x="${x}" y="${y + 4}" text-anchor="middle" font-size="12" font-weight="bold" fill="#fff">${index + 1}</text>`;
  const beside = (from: number, to: number, lane: number, index: number) =>
    `<path d="M${right} ${from}H${lane}V${to}H${right + 3}" stroke="${LOOP_INK}" stroke-width="2" fill="none" marker-end="url(#b)"/>${mark(lane, (from + to) / 2, index)}`;
  const below = `<path d="M${LAYER.x + 60} ${at('monitoring', 1)}V${bottom}H${FILE.x + FILE.width / 2}V${bottom - 16}" stroke="${LOOP_INK}" stroke-width="2" fill="none" marker-end="url(#b)"/>${mark(LAYER.x - 30, bottom, 4)}`;
  const back = at('models', 0.78);
  const forth = `<path d="M${FILE.x + FILE.width} ${back}H${LAYER.x - 3}" stroke="${LOOP_INK}" stroke-width="2" fill="none" marker-end="url(#b)"/>${mark((FILE.x + FILE.width + LAYER.x) / 2, back, 5)}`;
  return [
    beside(at('models', 0.5), at('monitoring', 0.25), right + 36, 0),
    beside(at('monitoring', 0.5), at('services', 0.7), right + 70, 1),
    beside(at('services', 0.3), at('data', 0.7), right + 36, 2),
    beside(at('data', 0.3), at('monitoring', 0.75), right + 110, 3),
    below,
    forth,
  ].join('\n');
}

/**
 * The platform as one picture: sections of the file, the layers that they make, what runs there, and the way of a model back to
 * training. It shows what the templates have.
 *
 * @param stacks templates of an environment by stack, in the order of deployment
 * @param sections sections of the file, each with a layer that it makes
 */
export function platformPicture(
  file: string,
  stacks: Readonly<Record<string, Template>>,
  sections: readonly (readonly [section: string, layer: string])[],
): string {
  const rows = rowsOf(stacks, sections);
  const end = rows.at(-1)!.y + rows.at(-1)!.height;
  const bottom = end + 24;
  const legend = LOOP.map((text, index) => {
    const [x, y] = [FILE.x + (index % 2) * 490, bottom + 34 + Math.floor(index / 2) * 22];
    return `<text x="${x}" y="${y}" font-size="12.5" fill="${INK}"><tspan font-weight="bold" fill="${LOOP_INK}">${index + 1}</tspan>  ${escaped(text)}</text>`;
  });
  const height = bottom + 34 + 3 * 22;
  const arrow = (id: string, colour: string) =>
    `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="${colour}"/></marker>`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="Helvetica, Arial, sans-serif"><title>What one environment file becomes, and how a model comes back to training</title>`,
    `<defs>${arrow('a', GREY)}${arrow('b', LOOP_INK)}</defs>`,
    `<rect width="${WIDTH}" height="${height}" fill="#f7f8f8"/>`,
    label(FILE.x, 36, file, 'font-size="13" font-weight="bold" font-family="monospace"'),
    label(LAYER.x, 36, 'layers, deployed from top to bottom', `font-size="13" style="fill:${GREY}"`),
    `<rect x="${FILE.x}" y="${TOP}" width="${FILE.width}" height="${end - TOP + 8}" rx="4" fill="#fff" stroke="#aab7b8"/>`,
    ...rows.map(drawRow),
    drawLoop(rows, bottom),
    ...legend,
    '</svg>',
  ].join('\n')}\n`;
}
