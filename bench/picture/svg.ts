import type { Widget } from '../../lib/monitoring/dashboards/dashboard-body';
import { type Drawn, drawnLines, type Row } from './values';

/** Pixels of a column and of a line of a dashboard. */
const CELL = { width: 44, height: 34 } as const;
const GAP = 4;
const COLORS = ['#1f77b4', '#ff7f0e', '#2ca02c', '#9467bd', '#8c564b', '#17becf'];
const PAD = { left: 46, right: 10, top: 26, bottom: 22 } as const;
const STYLE = 'font-family="Helvetica, Arial, sans-serif"';

const safe = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const round = (value: number) => Math.round(value * 10) / 10;

/** A dashboard as a picture: its widgets where they are, its graphs with made-up values. */
export function svgOf(title: string, widgets: readonly Widget[]): string {
  const width = 24 * CELL.width;
  const height = Math.max(...widgets.map(({ y, height: lines }) => y + lines)) * CELL.height;
  const parts = widgets.map((widget) => {
    const box = { w: widget.width * CELL.width - GAP, h: widget.height * CELL.height - GAP };
    const inside = { text: textOf, alarm: alarmsOf, metric: graphOf }[widget.type](widget.properties, box);
    return `<g transform="translate(${widget.x * CELL.width} ${widget.y * CELL.height})"><rect width="${box.w}" height="${box.h}" rx="4" fill="#fff" stroke="#d5dbdb"/>${inside}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" ${STYLE}><title>${safe(title)}</title><rect width="${width}" height="${height}" fill="#f2f3f3"/>\n${parts.join('\n')}\n</svg>\n`;
}

interface Box {
  readonly w: number;
  readonly h: number;
}
type Properties = Readonly<Record<string, any>>;

const write = (x: number, y: number, text: string, size = 11, more = '') =>
  `<text x="${round(x)}" y="${round(y)}" font-size="${size}" ${more}>${safe(text)}</text>`;

/** Titles, and tables by their first columns. */
function textOf({ markdown }: Properties, { w }: Box): string {
  const [title = '', , , ...rows] = (markdown as string).split('\n');
  const lines = rows.map((row, index) => {
    const [, name = '', means = ''] = row.split('|').map((cell) => cell.trim().replaceAll('**', ''));
    const most = Math.floor(w / 7);
    return write(12, 42 + index * 15, `${name}: ${means}`.slice(0, most), 11, 'fill="#545b64"');
  });
  return `${write(12, 24, title.replace(/^#+ /, ''), 16, 'font-weight="bold"')}${lines.join('')}`;
}

function alarmsOf({ title, alarms }: Properties, { w }: Box): string {
  const columns = 6;
  const each = (w - 16) / columns;
  const boxes = (alarms as string[]).map((arn, index) => {
    const name = arn.split(':alarm:')[1]!;
    const [x, y] = [8 + (index % columns) * each, 26 + Math.floor(index / columns) * 22];
    const isOn = /champion-(high-latency|server-errors)$/.test(name);
    const short = name.length > 30 ? `…${name.slice(-29)}` : name;
    return `<rect x="${round(x)}" y="${y}" width="${round(each - 4)}" height="18" rx="3" fill="${isOn ? '#d13212' : '#1d8102'}"/>${write(x + 5, y + 13, short, 9, 'fill="#fff"')}`;
  });
  return `${write(8, 18, title, 12, 'font-weight="bold"')}${boxes.join('')}`;
}

function graphOf({ title, metrics, stacked, annotations }: Properties, box: Box): string {
  const lines = stacked ? stack(drawnLines(metrics as Row[])) : drawnLines(metrics as Row[]);
  const [limit] = (annotations?.horizontal ?? []) as { value: number; label: string; color: string }[];
  const top =
    Math.max(1e-9, limit?.value ?? 0, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0))) * 1.1;
  const [w, h] = [box.w - PAD.left - PAD.right, box.h - PAD.top - PAD.bottom];
  const yOf = (value: number) => PAD.top + h - (value / top) * h;
  const grid = [0, 0.5, 1].map((part) => {
    const y = yOf(top * part);
    return `<line x1="${PAD.left}" x2="${PAD.left + w}" y1="${round(y)}" y2="${round(y)}" stroke="#eaeded"/>${write(PAD.left - 4, y + 3, shown(top * part), 9, 'text-anchor="end" fill="#545b64"')}`;
  });
  const drawn = lines.map(({ values }, index) => {
    const points = values.flatMap((value, at) =>
      value === null ? [] : [`${round(PAD.left + (at / (values.length - 1)) * w)},${round(yOf(value))}`],
    );
    return `<polyline fill="none" stroke="${COLORS[index % COLORS.length]}" stroke-width="1.4" points="${points.join(' ')}"/>`;
  });
  const legend = lines.map(({ label }, index) => {
    const x = PAD.left + index * (w / Math.max(lines.length, 3));
    return `<rect x="${round(x)}" y="${box.h - 13}" width="8" height="8" fill="${COLORS[index % COLORS.length]}"/>${write(x + 11, box.h - 6, label, 9, 'fill="#545b64"')}`;
  });
  const threshold = limit
    ? `<line x1="${PAD.left}" x2="${PAD.left + w}" y1="${round(yOf(limit.value))}" y2="${round(yOf(limit.value))}" stroke="${limit.color}" stroke-dasharray="5 3"/>${write(PAD.left + w, yOf(limit.value) - 3, limit.label, 9, `text-anchor="end" fill="${limit.color}"`)}`
    : '';
  return [write(8, 17, title, 12, 'font-weight="bold"'), ...grid, ...drawn, threshold, ...legend].join('');
}

/** Each line on top of those before it. */
function stack(lines: readonly Drawn[]): Drawn[] {
  const sums: number[] = [];
  return lines.map(({ label, values }) => ({
    label,
    values: values.map((value, index) => {
      sums[index] = (sums[index] ?? 0) + (value ?? 0);
      return sums[index];
    }),
  }));
}

function shown(value: number): string {
  if (value >= 1000) return `${round(value / 1000)}k`;
  return value >= 10 || value === 0 ? `${Math.round(value)}` : `${round(value)}`;
}
