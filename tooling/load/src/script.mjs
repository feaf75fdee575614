// k6 runs this file in its own JavaScript engine; src/run-load.ts writes its input.
import { check } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter } from 'k6/metrics';

const plan = JSON.parse(open(__ENV.PLAN));
const created = new Counter('users_created');

/** The times of responses in ms, and the largest share of requests that may fail or not start in time. */
const limits = { reads: { p95: 50, p99: 500 }, writes: { p95: 150, p99: 750 }, failedShare: 0.001 };
const writesPerSecond = Math.max(1, Math.round(plan.readsPerSecond / 5));

/** An open model: requests arrive at their rate, however slow the responses are. Only `stress` climbs to it. */
const createScenario = (exec, rate) => ({
  exec,
  executor: 'ramping-arrival-rate',
  timeUnit: '1s',
  startRate: plan.profile === 'stress' ? Math.ceil(rate / 10) : rate,
  stages: Array(2).fill({ target: rate, duration: `${plan.seconds / 2}s` }),
  // k6 drops iterations when no virtual user is free. A platform that meets its thresholds never needs this many.
  preAllocatedVUs: Math.max(10, Math.ceil(rate / 2)),
  gracefulStop: '15s',
});

const createThresholds = (exec) => {
  const { p95, p99 } = limits[exec];
  const durations = [`p(95)<${p95 * plan.latencyFactor}`, `p(99)<${p99 * plan.latencyFactor}`];
  return {
    [`http_req_duration{scenario:${exec}}`]: durations,
    [`http_req_failed{scenario:${exec}}`]: [`rate<${limits.failedShare}`],
    [`http_reqs{scenario:${exec}}`]: ['count>0'],
  };
};

const iterations = (plan.readsPerSecond + writesPerSecond) * plan.seconds;

export const options = {
  summaryTrendStats: ['med', 'p(95)', 'p(99)', 'max'],
  scenarios: { reads: createScenario('reads', plan.readsPerSecond), writes: createScenario('writes', writesPerSecond) },
  thresholds: {
    ...createThresholds('reads'),
    ...createThresholds('writes'),
    checks: [`rate>${1 - limits.failedShare}`],
    dropped_iterations: [`count<=${Math.floor(iterations * limits.failedShare)}`],
  },
};

/** Sends a request with a token that is valid now. Returns its response when it is the right one. */
const send = (name, { method = 'GET', path = '', headers, body = null }, isRight) => {
  const index = Math.floor((Date.now() - plan.startedAt) / plan.tokenMs);
  const authorization = `Bearer ${plan.tokens[Math.min(plan.tokens.length - 1, index)]}`;
  const type = body === null ? {} : { 'content-type': 'application/json' };
  const params = { headers: { authorization, ...type, ...headers }, tags: { name } };
  const response = http.request(method, `${plan.url}/v1/users${path}`, body, params);
  return check(response, { [name]: isRight }) ? response : undefined;
};

const randomId = () => plan.ids[Math.floor(Math.random() * plan.ids.length)];

const getUser = () => {
  const id = randomId();
  send('get', { path: `/${id}` }, (response) => response.status === 200 && response.json('id') === id);
};

const getUnchangedUser = () => {
  const headers = { 'if-none-match': '"1"' };
  send('get unchanged', { path: `/${randomId()}`, headers }, ({ status }) => status === 304);
};

const listUsers = () => {
  const isPage = (response) => response.status === 200 && response.json('items.#') === 20;
  const first = send('list', { path: '?limit=20' }, isPage);
  if (!first) return;
  const path = `?limit=20&cursor=${encodeURIComponent(first.json('nextCursor'))}`;
  send('list next', { path }, (next) => isPage(next) && next.json('items.0.id') !== first.json('items.0.id'));
};

export const reads = () => {
  const kind = Math.random();
  if (kind < 0.7) getUser();
  else if (kind < 0.8) getUnchangedUser();
  else listUsers();
};

/** The last user that this virtual user has created. No other virtual user changes it. */
let lastCreated;

const createUser = () => {
  const { idInTest, iterationInInstance } = exec.vu;
  const name = `${idInTest}-${iterationInInstance}`;
  const body = JSON.stringify({ name: `User ${name}`, email: `user.${name}@load.example`, role: 'member' });
  const request = { method: 'POST', headers: { 'idempotency-key': `post ${name}` }, body };
  const response = send('post', request, ({ status }) => status === 201);
  if (!response) return;
  created.add(1);
  lastCreated = { id: response.json('id'), version: response.json('version') };
  if (Math.random() > 0.1) return;
  const isReplay = ({ headers }) => headers['Idempotency-Replayed'] === 'true';
  send('post again', request, (again) => again.status === 201 && isReplay(again) && again.body === response.body);
};

const updateUser = () => {
  const { id, version } = lastCreated;
  const body = JSON.stringify({ name: `Changed ${version}` });
  const headers = { 'if-match': `"${version}"`, 'idempotency-key': `patch ${id} ${version}` };
  const request = { method: 'PATCH', path: `/${id}`, headers, body };
  const isNext = (response) => response.status === 200 && response.json('version') === version + 1;
  lastCreated = send('patch', request, isNext) && { id, version: version + 1 };
};

export const writes = () => {
  if (lastCreated === undefined || Math.random() < 0.6) createUser();
  else updateUser();
};
