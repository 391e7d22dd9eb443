import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboardPicture, PICTURE } from '../../bench/picture/dashboard-picture';
import { ALARMS, defaultsOf, type Kind } from '../../lib/monitoring/kinds/kinds';
import { ROOT } from '../support/house/source';

const text = readFileSync(join(ROOT, 'docs/monitoring.md'), 'utf8');
const rows = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));

test.each(Object.keys(ALARMS) as Kind[])('the document lists each alarm of the kind %s with its defaults', (kind) => {
  for (const { name, severity, bad, threshold, unit, badPeriods, periods, periodSeconds, ...spec } of defaultsOf(
    kind,
  ).values()) {
    const when = `${bad} ${threshold}${unit === '' ? '' : ` ${unit}`} in ${badPeriods} of ${periods} × ${periodSeconds / 60} min`;
    expect(rows).toContainEqual(['', `\`${name}\``, severity, when, spec.missing, spec.means, '']);
  }
});

test('the picture is that of the dashboard as it is synthesized: npm run pictures renews it', () => {
  const picture = readFileSync(join(ROOT, PICTURE), 'utf8');
  expect(picture === dashboardPicture()).toBe(true); // 40 KB are too long to print
  expect(picture).toContain('warning &gt; 500 ms');
});
