import { Rollout } from '../../lib/serving/rollout/rollout';
import { MAX_WAITS_MINUTES, waitsOf } from '../../lib/serving/rollout/rollout-limits';
import { Traffic } from '../../lib/serving/traffic/traffic';

describe('traffic', () => {
  test('goes to one model, to several by ratios, or is copied', () => {
    expect(Traffic.all('champion').shares()).toEqual({ champion: 100 });
    expect(Traffic.split({ champion: 2, challenger: 1 }).shares()).toEqual({ champion: 66.7, challenger: 33.3 });
    expect(Traffic.canary({ stable: 'champion', canary: 'next', percent: 5 }).shares()).toEqual({
      champion: 95,
      next: 5,
    });
    const shadow = Traffic.shadow({ live: 'champion', shadow: 'next', percent: 20 });
    expect(shadow.names).toEqual(['champion']);
    expect(shadow.shadow).toEqual({ name: 'next', percent: 20 });
  });

  test('counts 0 as a weight: the model is ready, and answers nothing', () => {
    const traffic = Traffic.split({ champion: 1, challenger: 0 });
    expect(traffic.names).toEqual(['champion', 'challenger']);
    expect(traffic.shares()).toEqual({ champion: 100, challenger: 0 });
    expect(Traffic.canary({ stable: 'a', canary: 'b', percent: 0 }).weights).toEqual({ a: 100, b: 0 });
  });

  test('is shown in words', () => {
    expect(`${Traffic.split({ a: 3, b: 1 })}`).toBe('a 75 %, b 25 %');
    expect(`${Traffic.shadow({ live: 'a', shadow: 'b' })}`).toBe('a 100 %, copies of 100 % to b');
  });

  test.each<[string, () => unknown, string]>([
    ['no model', () => Traffic.split({}), "'weights' must have at least one model, got none; name one"],
    [
      'only weights of 0',
      () => Traffic.split({ a: 0, b: 0 }),
      "'weights' must not all be 0, because no model would answer, got a 0, b 0; give one a weight",
    ],
    [
      'a weight below 0',
      () => Traffic.split({ a: 2, b: -1 }),
      "'weights' must be weights of at least 0, got a 2, b -1; write ratios such as 90 and 10",
    ],
    ['no number', () => Traffic.split({ a: Number.NaN }), "'weights' must be weights of at least 0, got a NaN;"],
    [
      'more models than an endpoint has',
      () => Traffic.split(Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`m${index}`, 1]))),
      "'weights' must have at most 10 models, got 11; remove some, or serve them by another endpoint",
    ],
    ['a name that is none', () => Traffic.all('My Model'), "'model' must be up to 63 lower-case letters"],
    [
      'the same model twice',
      () => Traffic.canary({ stable: 'a', canary: 'a', percent: 10 }),
      "'stable' and 'canary' must be two models, got 'a'",
    ],
    [
      'a share above all',
      () => Traffic.canary({ stable: 'a', canary: 'b', percent: 101 }),
      "'percent' must be between 0 and 100, got 101",
    ],
    [
      'copies of nothing',
      () => Traffic.shadow({ live: 'a', shadow: 'b', percent: 0 }),
      "'percent' must be between 1 and 100, got 0",
    ],
  ])('is refused with %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('a rollout', () => {
  test('is a canary of a tenth by default, and has alarms from the first deployment on', () => {
    expect(Rollout.canary().render(['errors'])).toEqual({
      blueGreenUpdatePolicy: {
        maximumExecutionTimeoutInSeconds: 14_400,
        terminationWaitInSeconds: 300,
        trafficRoutingConfiguration: {
          type: 'CANARY',
          waitIntervalInSeconds: 600,
          canarySize: { type: 'CAPACITY_PERCENT', value: 10 },
        },
      },
      autoRollbackConfiguration: { alarms: [{ alarmName: 'errors' }] },
    });
  });

  test('takes linear steps, batches of instances, or all at once', () => {
    const linear = Rollout.linear({ percent: 50, bakeMinutes: 5 }).render([]).blueGreenUpdatePolicy;
    expect(linear?.trafficRoutingConfiguration).toEqual({
      type: 'LINEAR',
      waitIntervalInSeconds: 300,
      linearStepSize: { type: 'CAPACITY_PERCENT', value: 50 },
    });
    const rolling = Rollout.rolling({ percent: 50, rollback: { alarmNames: ['orders'] } }).render(['errors']);
    expect(rolling.rollingUpdatePolicy).toEqual({
      maximumBatchSize: { type: 'CAPACITY_PERCENT', value: 50 },
      waitIntervalInSeconds: 600,
      maximumExecutionTimeoutInSeconds: 14_400,
    });
    expect(rolling.autoRollbackConfiguration).toEqual({ alarms: [{ alarmName: 'errors' }, { alarmName: 'orders' }] });
    const atOnce = Rollout.allAtOnce({ finalBakeMinutes: 0 }).render([]).blueGreenUpdatePolicy;
    expect(atOnce).toMatchObject({
      terminationWaitInSeconds: 0,
      trafficRoutingConfiguration: { type: 'ALL_AT_ONCE', waitIntervalInSeconds: 0 },
    });
  });

  test('never waits longer than Terraform does, which the provider fixes at an hour', () => {
    expect(MAX_WAITS_MINUTES).toBeLessThan(60);
    expect(waitsOf({ kind: 'canary', bakeMinutes: 40 })).toBe(45);
    expect(() => Rollout.canary({ bakeMinutes: 40 })).not.toThrow();
    expect(() => Rollout.canary({ bakeMinutes: 41 })).toThrow(
      "'bakeMinutes' must wait at most 45 minutes in all, because Terraform gives up on an endpoint after 60, got 46 minutes; shorten the waits, or take fewer steps",
    );
    expect(waitsOf({ kind: 'linear', percent: 30, bakeMinutes: 10 })).toBe(45);
    expect(() => Rollout.linear()).not.toThrow();
    expect(() => Rollout.linear({ percent: 20 })).toThrow('got 55 minutes');
    expect(() => Rollout.rolling({ percent: 5 })).toThrow('got 200 minutes');
  });

  test('has alarms that the share of a step can set off', () => {
    expect(() => Rollout.canary({ percent: 5, rollback: { errorPercent: 5 } })).toThrow(
      "'rollback.errorPercent' must be less than the 5 % of the requests that a step takes: more never fail while it is watched, got 5 %; lower it, or take a larger step",
    );
    expect(() => Rollout.canary({ percent: 5, rollback: { errorPercent: 4 } })).not.toThrow();
    expect(() => Rollout.allAtOnce({ rollback: { errorPercent: 50 } })).not.toThrow();
  });

  test.each<[string, () => unknown, string]>([
    ['half a fleet first', () => Rollout.canary({ percent: 51 }), "'percent' must be between 1 and 50, got 51"],
    ['steps too small', () => Rollout.linear({ percent: 9 }), "'percent' must be between 10 and 50, got 9"],
    ['batches too small', () => Rollout.rolling({ percent: 4 }), "'percent' must be between 5 and 50, got 4"],
    ['a long wait', () => Rollout.allAtOnce({ finalBakeMinutes: 61 }), "'finalBakeMinutes' must be between 0 and 60"],
    [
      'no errors at all',
      () => Rollout.canary({ rollback: { errorPercent: 0 } }),
      "'rollback.errorPercent' must be between 0.01 and 100, got 0",
    ],
    [
      'a latency beyond what a request may take',
      () => Rollout.canary({ rollback: { latencyMs: 60_001 } }),
      "'rollback.latencyMs' must be between 1 and 60000, got 60001",
    ],
  ])('is refused with %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
