import { alarmStates, metricMath, ruleHolds } from '../../lib/testing';

/** `0` is good, `X` bad, `-` missing, as the guide of CloudWatch writes them; the last one is the newest. */
const values = (points: string) => points.split(' ').map((point) => (point === '-' ? null : point === 'X' ? 1 : 0));
const TREATMENTS = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
const alarm = (needed: number, treatment: string) => ({
  metric_name: 'it',
  threshold: 0,
  comparison_operator: 'GreaterThanThreshold',
  evaluation_periods: 3,
  datapoints_to_alarm: needed,
  treat_missing_data: treatment,
});

/** The tables of the guide of CloudWatch, "Using Amazon CloudWatch alarms": points, then the state by treatment. */
const GUIDE: [needed: number, points: string, ...states: string[]][] = [
  [3, '0 - X - X', 'OK', 'OK', 'OK', 'OK'],
  [3, '0 - - - -', 'OK', 'OK', 'OK', 'OK'],
  [3, '- - - - -', 'INSUFFICIENT_DATA', 'as before', 'ALARM', 'OK'],
  [3, '0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  [3, '- - - - X', 'INSUFFICIENT_DATA', 'as before', 'ALARM', 'OK'],
  [3, 'X - - - -', 'ALARM', 'as before', 'ALARM', 'OK'],
  [2, '0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  [2, '0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  [2, '0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
  [2, '- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
  [2, '- - - - X', 'INSUFFICIENT_DATA', 'as before', 'ALARM', 'OK'],
];

describe('an alarm over made-up values', () => {
  test.each(GUIDE)(
    'with %d of 3 periods and the points %s is in the states that the guide lists',
    (needed, points, ...states) => {
      for (const [index, treatment] of TREATMENTS.entries()) {
        // a long time in ALARM before, to tell what stays as it was
        const before = ['X', 'X', 'X', 'X', 'X'];
        const all = values([...before, points].join(' '));
        const fresh = alarmStates(alarm(needed, treatment), { it: values(points) }).at(-1);
        const later = alarmStates(alarm(needed, treatment), { it: all }).at(-1);
        const expected = states[index]!;
        if (expected === 'as before') {
          expect([treatment, fresh, later]).toEqual([treatment, 'INSUFFICIENT_DATA', 'ALARM']);
        } else {
          expect([treatment, fresh]).toEqual([treatment, expected]);
        }
      }
    },
  );

  test('a state begins without data, and is kept from period to period', () =>
    expect(alarmStates(alarm(3, 'ignore'), { it: values('- X X X - - - - 0 0 0') })).toEqual([
      'INSUFFICIENT_DATA',
      ...Array(2).fill('INSUFFICIENT_DATA'),
      ...Array(5).fill('ALARM'),
      ...Array(3).fill('OK'),
    ]));

  test('a metric without values, values without a metric and different lengths are mistakes of the test', () => {
    expect(() => alarmStates(alarm(1, 'missing'), { other: [1] })).toThrow('no series for it; got other');
    expect(() => alarmStates(alarm(1, 'missing'), { it: [1], other: [1] })).toThrow('the alarm does not read other');
    expect(() => alarmStates(alarm(1, 'missing'), { it: [1], other: [1, 2] })).toThrow(
      'must have one length, got 1, 2',
    );
  });
});

describe('metric math', () => {
  const series = { a: [30, 20, 0, 0, null], b: [20, null, 20, null, null], c: [1, 2, null, 4, 5] };
  test.each<[string, readonly (number | null)[]]>([
    ['a < b', [0, 0, 1, 0, null]], // the guide's own examples
    ['a >= 30', [1, 0, 0, 0, null]],
    ['a > 15 AND b > 15', [1, 0, 0, 0, null]],
    ['100 * a / b', [150, null, 0, null, null]], // a division by zero gives nothing
    ['a - b', [10, 20, -20, 0, null]],
    ['IF(b >= 20, a / b, 0)', [1.5, null, 0, null, null]],
    ['FILL(b, 0)', [20, 0, 20, 0, 0]],
    ['FILL(c, REPEAT)', [1, 2, 2, 4, 5]],
    ['MAX([a, b, c])', [30, 20, 20, 4, 5]],
    ['SUM([a, b]) / 2', [25, 10, 10, 0, null]],
    ['-c ^ 2 + 1', [2, 5, null, 17, 26]],
    ['DIFF(c)', [null, 1, null, null, 1]],
    ['ABS(a - b) || c == 4', [1, 1, 1, 1, 0]],
  ])('%s', (expression, expected) => expect(metricMath(expression, series)).toEqual(expected));

  test.each([
    ['a +', 'ends too early'],
    ['a b', "must end before 'b'"],
    ['a $ b', 'has signs that are not known'],
    ['d', "has no series 'd'"],
    ['MAX(a)', 'of one series'],
    ['RATE(a)', 'has the function RATE'],
    ['1 + 2', 'must be one series'],
  ])('%s is refused', (expression, why) => expect(() => metricMath(expression, series)).toThrow(why));
});

test('the rule of a composite alarm holds by the states of its alarms', () => {
  const states = { a: 'ALARM', b: 'OK', c: 'INSUFFICIENT_DATA', d: 'ALARM' } as const;
  const holds = (rule: string) => ruleHolds(rule, states);
  expect(holds('ALARM("a") AND NOT ALARM("b")')).toBe(true);
  expect(holds('(ALARM("b") OR ALARM("a")) AND NOT ALARM("d")')).toBe(false);
  expect(holds('INSUFFICIENT_DATA(c) OR FALSE')).toBe(true);
  expect(holds('AT_LEAST(2, ALARM, ("a", "b", "d"))')).toBe(true);
  expect(holds('AT_LEAST(3, ALARM, ("a", "b", "d"))')).toBe(false);
  expect(() => holds('MAYBE(a)')).toThrow("has 'MAYBE'");
});
