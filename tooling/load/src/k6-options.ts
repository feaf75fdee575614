export const profiles = {
  smoke: { perSecond: 100, seconds: 10, summary: 'ten seconds at 100 reads and 20 writes per second' },
  stress: { perSecond: 600, seconds: 180, summary: 'three minutes: climbs to 600 reads and 120 writes per second' },
  soak: { perSecond: 150, seconds: 600, summary: 'ten minutes at 150 reads and 30 writes per second' },
};
export type Profile = keyof typeof profiles;

export type Size = {
  readonly profile: Profile;
  /** Peak rate of reads; a fifth as many writes are sent. */
  readonly perSecond: number;
  readonly seconds: number;
};

export type Thresholds = {
  readonly reads: { readonly p95Ms: number; readonly p99Ms: number };
  readonly writes: { readonly p95Ms: number; readonly p99Ms: number };
  /** Largest share of requests that may fail, have a wrong response, or not start in time. */
  readonly failedShare: number;
};

export const usualThresholds: Thresholds = {
  reads: { p95Ms: 50, p99Ms: 500 },
  writes: { p95Ms: 150, p99Ms: 750 },
  failedShare: 0.001,
};

type Kind = 'reads' | 'writes';

/** k6 drops iterations when no virtual user is free: a platform within its thresholds never needs this many. */
const toVirtualUsers = (perSecond: number): number => Math.max(10, Math.ceil(perSecond / 2));

/** An open model: requests arrive at their rate, however slow the responses are. */
const createScenario = (kind: Kind, { profile, perSecond, seconds }: Size) => {
  const common = { exec: kind, timeUnit: '1s', preAllocatedVUs: toVirtualUsers(perSecond), gracefulStop: '15s' };
  if (profile !== 'stress') {
    return { ...common, executor: 'constant-arrival-rate', rate: perSecond, duration: `${seconds}s` };
  }
  const half = `${seconds / 2}s`;
  const stages = [
    { target: perSecond, duration: half },
    { target: perSecond, duration: half },
  ];
  return { ...common, executor: 'ramping-arrival-rate', startRate: Math.ceil(perSecond / 10), stages };
};

export const toWritesPerSecond = (readsPerSecond: number): number => Math.max(1, Math.round(readsPerSecond / 5));

const toK6Thresholds = (kind: Kind, { failedShare, ...latencies }: Thresholds) => ({
  [`http_req_duration{scenario:${kind}}`]: [`p(95)<${latencies[kind].p95Ms}`, `p(99)<${latencies[kind].p99Ms}`],
  [`http_req_failed{scenario:${kind}}`]: [`rate<${failedShare}`],
  [`http_reqs{scenario:${kind}}`]: ['count>0'],
});

/** Creates the `options` of a k6 script. */
export const createK6Options = (size: Size, thresholds: Thresholds = usualThresholds) => {
  const writes = { ...size, perSecond: toWritesPerSecond(size.perSecond) };
  const requests = (size.perSecond + writes.perSecond) * size.seconds;
  return {
    discardResponseBodies: false,
    summaryTrendStats: ['med', 'p(95)', 'p(99)', 'max'],
    scenarios: { reads: createScenario('reads', size), writes: createScenario('writes', writes) },
    thresholds: {
      ...toK6Thresholds('reads', thresholds),
      ...toK6Thresholds('writes', thresholds),
      checks: [`rate>${1 - thresholds.failedShare}`],
      dropped_iterations: [`count<=${Math.floor(requests * thresholds.failedShare)}`],
    },
  };
};
