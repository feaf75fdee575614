/** How hard, and how long. */
export type Size = {
  readonly profile: Profile;
  /** Reads that come in a second, at the most; there is a fifth as many writes. */
  readonly perSecond: number;
  readonly seconds: number;
};

export const profiles = ['smoke', 'stress', 'soak'] as const;
export type Profile = (typeof profiles)[number];

/** What each is without options: a look, a climb to what two CPUs serve with ease, and an ordinary day in short. */
export const usual: Readonly<Record<Profile, Omit<Size, 'profile'>>> = {
  smoke: { perSecond: 100, seconds: 10 },
  stress: { perSecond: 600, seconds: 3 * 60 },
  soak: { perSecond: 150, seconds: 10 * 60 },
};

/** What must hold, or the run has failed: milliseconds that so many percent of the answers may take, and failures. */
export type Bounds = {
  readonly reads: { readonly p95Ms: number; readonly p99Ms: number };
  readonly writes: { readonly p95Ms: number; readonly p99Ms: number };
  /** Of requests that are answered wrongly, or not begun in time, or not at all. */
  readonly failedShare: number;
};

export const bounds: Bounds = {
  reads: { p95Ms: 50, p99Ms: 500 },
  writes: { p95Ms: 150, p99Ms: 750 },
  failedShare: 0.001,
};

type Kind = 'reads' | 'writes';

/** k6 drops what it has nobody to send by: so many at once are never needed by a platform that keeps its bounds. */
const sendersOf = (perSecond: number): number => Math.max(10, Math.ceil(perSecond / 2));

/** Requests come when they come, as from people who do not know of each other, however slow the answers are. */
const scenarioOf = (kind: Kind, { profile, perSecond, seconds }: Size) => {
  const common = { exec: kind, timeUnit: '1s', preAllocatedVUs: sendersOf(perSecond), gracefulStop: '15s' };
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

export const writesPerSecond = (readsPerSecond: number): number => Math.max(1, Math.round(readsPerSecond / 5));

const thresholdsOf = (kind: Kind, { failedShare, ...of }: Bounds): Readonly<Record<string, readonly string[]>> => ({
  [`http_req_duration{scenario:${kind}}`]: [`p(95)<${of[kind].p95Ms}`, `p(99)<${of[kind].p99Ms}`],
  [`http_req_failed{scenario:${kind}}`]: [`rate<${failedShare}`],
  [`http_reqs{scenario:${kind}}`]: ['count>0'],
});

/** What k6 is told to do. */
export const optionsOf = (size: Size, must: Bounds = bounds) => {
  const writes = { ...size, perSecond: writesPerSecond(size.perSecond) };
  const requests = (size.perSecond + writes.perSecond) * size.seconds;
  return {
    discardResponseBodies: false,
    summaryTrendStats: ['med', 'p(95)', 'p(99)', 'max'],
    scenarios: { reads: scenarioOf('reads', size), writes: scenarioOf('writes', writes) },
    thresholds: {
      ...thresholdsOf('reads', must),
      ...thresholdsOf('writes', must),
      checks: [`rate>${1 - must.failedShare}`],
      dropped_iterations: [`count<=${Math.floor(requests * must.failedShare)}`],
    },
  };
};
