// k6 runs this file in its own JavaScript engine; src/run-load.ts writes its input.
import { check } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter } from 'k6/metrics';

const plan = JSON.parse(open(__ENV.PLAN));
const users = `${plan.url}/v1/users`;
const created = new Counter('users_created');

/** The times of responses in ms, and the largest share of requests that may fail or not start in time. */
const limits = { reads: { p95: 50, p99: 500 }, writes: { p95: 150, p99: 750 }, failedShare: 0.001 };
const writesPerSecond = Math.max(1, Math.round(plan.readsPerSecond / 5));

/** An open model: requests arrive at their rate, however slow the responses are. */
const createScenario = (exec, rate) => {
  // k6 drops iterations when no virtual user is free. A platform that meets its thresholds never needs this many.
  const common = { exec, timeUnit: '1s', preAllocatedVUs: Math.max(10, Math.ceil(rate / 2)), gracefulStop: '15s' };
  if (plan.profile !== 'stress') {
    return { ...common, executor: 'constant-arrival-rate', rate, duration: `${plan.seconds}s` };
  }
  const stage = { target: rate, duration: `${plan.seconds / 2}s` };
  return { ...common, executor: 'ramping-arrival-rate', startRate: Math.ceil(rate / 10), stages: [stage, stage] };
};

const createThresholds = (exec) => ({
  [`http_req_duration{scenario:${exec}}`]: [
    `p(95)<${limits[exec].p95 * plan.latencyFactor}`,
    `p(99)<${limits[exec].p99 * plan.latencyFactor}`,
  ],
  [`http_req_failed{scenario:${exec}}`]: [`rate<${limits.failedShare}`],
  [`http_reqs{scenario:${exec}}`]: ['count>0'],
});

export const options = {
  summaryTrendStats: ['med', 'p(95)', 'p(99)', 'max'],
  scenarios: { reads: createScenario('reads', plan.readsPerSecond), writes: createScenario('writes', writesPerSecond) },
  thresholds: {
    ...createThresholds('reads'),
    ...createThresholds('writes'),
    checks: [`rate>${1 - limits.failedShare}`],
    dropped_iterations: [
      `count<=${Math.floor((plan.readsPerSecond + writesPerSecond) * plan.seconds * limits.failedShare)}`,
    ],
  },
};

const createParams = (tokens, name, headers = {}) => {
  const index = Math.floor((Date.now() - plan.startedAt) / plan.tokenMs);
  const authorization = `Bearer ${tokens[Math.min(tokens.length - 1, index)]}`;
  return { headers: { authorization, ...headers }, tags: { name } };
};

const randomId = () => plan.ids[Math.floor(Math.random() * plan.ids.length)];

const getUser = () => {
  const id = randomId();
  const response = http.get(`${users}/${id}`, createParams(plan.reader, 'get'));
  check(response, { 'returns the user': ({ status }) => status === 200 && response.json('id') === id });
};

const getUnchangedUser = () => {
  const params = createParams(plan.reader, 'get unchanged', { 'if-none-match': '"1"' });
  const response = http.get(`${users}/${randomId()}`, params);
  check(response, { 'returns 304 for an unchanged user': ({ status }) => status === 304 });
};

const listUsers = () => {
  const params = createParams(plan.reader, 'list');
  const first = http.get(`${users}?limit=20`, params);
  check(first, { 'returns a page': ({ status }) => status === 200 && first.json('items.#') === 20 });
  const next = http.get(`${users}?limit=20&cursor=${encodeURIComponent(first.json('nextCursor'))}`, params);
  check(next, {
    'returns the next page': ({ status }) => status === 200 && next.json('items.0.id') !== first.json('items.0.id'),
  });
};

export const reads = () => {
  const kind = Math.random();
  if (kind < 0.7) getUser();
  else if (kind < 0.8) getUnchangedUser();
  else listUsers();
};

const json = { 'content-type': 'application/json' };

/** The last user that this virtual user has created. No other virtual user changes it. */
let lastCreated;

const createUser = () => {
  const { idInTest, iterationInInstance } = exec.vu;
  const name = `${idInTest}-${iterationInInstance}`;
  const body = JSON.stringify({ name: `User ${name}`, email: `user.${name}@load.example`, role: 'member' });
  const params = createParams(plan.writer, 'post', { ...json, 'idempotency-key': `post ${name}` });
  const response = http.post(users, body, params);
  if (!check(response, { 'creates a user': ({ status }) => status === 201 })) return;
  created.add(1);
  lastCreated = { id: response.json('id'), version: response.json('version') };
  if (Math.random() > 0.1) return;
  const replayed = http.post(users, body, params);
  check(replayed, {
    'replays the response for the same key': ({ status, headers }) =>
      status === 201 && headers['Idempotency-Replayed'] === 'true' && replayed.body === response.body,
  });
};

const updateUser = () => {
  const { id, version } = lastCreated;
  const headers = { ...json, 'if-match': `"${version}"`, 'idempotency-key': `patch ${id} ${version}` };
  const params = createParams(plan.writer, 'patch', headers);
  const response = http.patch(`${users}/${id}`, JSON.stringify({ name: `Changed ${version}` }), params);
  const isUpdated = check(response, {
    'updates the user': ({ status }) => status === 200 && response.json('version') === version + 1,
  });
  lastCreated = isUpdated ? { id, version: version + 1 } : undefined;
};

export const writes = () => {
  if (lastCreated === undefined || Math.random() < 0.6) createUser();
  else updateUser();
};
