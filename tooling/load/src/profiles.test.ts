import { describe, expect, it } from 'vitest';
import { optionsOf, profiles, usual } from './profiles.ts';

const sizeOf = (profile: (typeof profiles)[number]) => ({ profile, ...usual[profile] });

describe.each(profiles)('%s', (profile) => {
  const options = optionsOf(sizeOf(profile));

  it('fails when reads are slow, or when one request in a thousand fails', () => {
    expect(options.thresholds).toMatchObject({
      'http_req_duration{scenario:reads}': ['p(95)<50', 'p(99)<500'],
      'http_req_failed{scenario:reads}': ['rate<0.001'],
      'http_req_failed{scenario:writes}': ['rate<0.001'],
      checks: ['rate>0.999'],
    });
  });

  it('fails when nothing was sent, or when much could not be begun in time', () => {
    const thresholds: Readonly<Record<string, readonly string[]>> = options.thresholds;
    expect(thresholds['http_reqs{scenario:reads}']).toEqual(['count>0']);
    expect(thresholds['http_reqs{scenario:writes}']).toEqual(['count>0']);
    const [, most = ''] = /^count<=(\d+)$/.exec(thresholds['dropped_iterations']?.[0] ?? '') ?? [];
    expect(Number(most)).toBeLessThan(usual[profile].perSecond * usual[profile].seconds * 0.002);
  });

  it('sends requests when they come, whether or not those before are answered', () => {
    for (const { executor } of Object.values(options.scenarios)) expect(executor).toMatch(/-arrival-rate$/);
  });
});

it('keeps its rate, but for stress, which climbs to it and stays there', () => {
  const { reads, writes } = optionsOf({ profile: 'soak', perSecond: 50, seconds: 60 }).scenarios;
  expect(reads).toMatchObject({ executor: 'constant-arrival-rate', rate: 50, duration: '60s', exec: 'reads' });
  expect(writes).toMatchObject({ executor: 'constant-arrival-rate', rate: 10, duration: '60s', exec: 'writes' });
  const stress = optionsOf({ profile: 'stress', perSecond: 50, seconds: 60 }).scenarios.reads;
  expect(stress).toMatchObject({
    startRate: 5,
    stages: [
      { target: 50, duration: '30s' },
      { target: 50, duration: '30s' },
    ],
  });
});

it('writes at least now and then', () => {
  expect(optionsOf({ profile: 'smoke', perSecond: 1, seconds: 10 }).scenarios.writes).toMatchObject({ rate: 1 });
});
