import { matchesEvent } from '../../lib/testing';
import { EVENT_PATTERNS } from './event-patterns';

describe('an event pattern', () => {
  test.each(EVENT_PATTERNS)('%j takes %j: %s', (pattern, event, matches) =>
    expect(matchesEvent(pattern, event)).toBe(matches),
  );

  test('may be the JSON of a rule', () =>
    expect(matchesEvent('{"source":["aws.s3"]}', { source: 'aws.s3' })).toBe(true));

  test.each([
    [{}, 'an event pattern needs at least one field'],
    [{ source: 'aws.s3' }, `'source' must be a list of values, got "aws.s3"`],
    [{ source: [] }, `'source' must be a list of values, got []`],
    [{ source: [['aws.s3']] }, 'a value must not be a list, got ["aws.s3"]'],
    [{ source: [{ begins: 'a' }] }, "'begins' is no operator of an event pattern"],
    [{ absent: [{ begins: 'a' }] }, "'begins' is no operator of an event pattern"],
    [{ source: [{ prefix: 1 }] }, "'prefix' must be a text, got 1"],
    [{ source: [{ prefix: 'a', suffix: 'b' }] }, 'a condition has one operator, got {"prefix":"a","suffix":"b"}'],
    [{ count: [{ numeric: ['>'] }] }, "'numeric' must be [operator, number] once or twice"],
    [{ count: [{ numeric: ['!=', 1] }] }, "'!=' is no operator of 'numeric'"],
    [{ source: [{ wildcard: 'a**' }] }, "'wildcard' must not have two stars in a row, got 'a**'"],
    [{ source: [{ cidr: 'a' }] }, "'cidr' must be an address range, got 'a'"],
    [{ $or: [{ source: ['a'] }] }, `'$or' must be a list of at least two patterns, got [{"source":["a"]}]`],
  ])('%j is refused, because the service refuses it', (pattern, message) =>
    expect(() => matchesEvent(pattern, { source: 'aws.s3', count: 1 })).toThrow(message),
  );
});
