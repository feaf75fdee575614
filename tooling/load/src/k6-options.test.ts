import { describe, expect, it } from 'vitest';
import { createK6Options, type Profile, profiles } from './k6-options.ts';

describe.each(Object.keys(profiles) as Profile[])('%s', (profile) => {
  const size = { profile, ...profiles[profile] };
  const options = createK6Options(size);

  it('fails when reads are slow, or when one request in a thousand fails', () => {
    expect(options.thresholds).toMatchObject({
      'http_req_duration{scenario:reads}': ['p(95)<50', 'p(99)<500'],
      'http_req_failed{scenario:reads}': ['rate<0.001'],
      'http_req_failed{scenario:writes}': ['rate<0.001'],
      checks: ['rate>0.999'],
    });
  });

  it('fails when nothing was sent, or when many requests could not start in time', () => {
    const thresholds: Readonly<Record<string, readonly string[]>> = options.thresholds;
    expect(thresholds['http_reqs{scenario:reads}']).toEqual(['count>0']);
    expect(thresholds['http_reqs{scenario:writes}']).toEqual(['count>0']);
    const [, most = ''] = /^count<=(\d+)$/.exec(thresholds['dropped_iterations']?.[0] ?? '') ?? [];
    expect(Number(most)).toBeLessThan(size.perSecond * size.seconds * 0.002);
  });

  it('sends requests at a rate that does not depend on responses', () => {
    for (const { executor } of Object.values(options.scenarios)) expect(executor).toMatch(/-arrival-rate$/);
  });
});

it('keeps its rate, except for stress, which climbs to it and stays there', () => {
  const { reads, writes } = createK6Options({ profile: 'soak', perSecond: 50, seconds: 60 }).scenarios;
  expect(reads).toMatchObject({ executor: 'constant-arrival-rate', rate: 50, duration: '60s', exec: 'reads' });
  expect(writes).toMatchObject({ executor: 'constant-arrival-rate', rate: 10, duration: '60s', exec: 'writes' });
  const stress = createK6Options({ profile: 'stress', perSecond: 50, seconds: 60 }).scenarios.reads;
  expect(stress).toMatchObject({
    startRate: 5,
    stages: [
      { target: 50, duration: '30s' },
      { target: 50, duration: '30s' },
    ],
  });
});

it('sends at least one write per second', () => {
  const { writes } = createK6Options({ profile: 'smoke', perSecond: 1, seconds: 10 }).scenarios;
  expect(writes).toMatchObject({ rate: 1 });
});
