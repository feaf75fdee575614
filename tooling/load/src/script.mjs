// What k6 runs, in its own JavaScript: src/plan.ts writes what is to be done.
import { check } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter } from 'k6/metrics';

const plan = JSON.parse(open(__ENV.PLAN));
const people = `${plan.url}/v1/users`;
const added = new Counter('people_added');

export const options = plan.options;

/** The token that is good now; each is for its part of the run. */
const createToken = (tokens) =>
  tokens[Math.min(tokens.length - 1, Math.floor((Date.now() - plan.startedAt) / plan.tokenMs))];

const paramsOf = (tokens, name, headers = {}) => ({
  headers: { authorization: `Bearer ${createToken(tokens)}`, ...headers },
  tags: { name },
});

const someId = () => plan.ids[Math.floor(Math.random() * plan.ids.length)];

const getPerson = () => {
  const id = someId();
  const answer = http.get(`${people}/${id}`, paramsOf(plan.reader, 'get'));
  check(answer, { 'a person': ({ status }) => status === 200 && answer.json('id') === id });
};

const getPersonAgain = () => {
  const answer = http.get(`${people}/${someId()}`, paramsOf(plan.reader, 'get again', { 'if-none-match': '"1"' }));
  check(answer, { 'nothing new about a person': ({ status }) => status === 304 });
};

const listPeople = () => {
  const params = paramsOf(plan.reader, 'list');
  const first = http.get(`${people}?limit=20`, params);
  check(first, { 'a page': ({ status }) => status === 200 && first.json('items.#') === 20 });
  const next = http.get(`${people}?limit=20&cursor=${encodeURIComponent(first.json('nextCursor'))}`, params);
  check(next, {
    'the next page': ({ status }) => status === 200 && next.json('items.0.id') !== first.json('items.0.id'),
  });
};

export const reads = () => {
  const kind = Math.random();
  if (kind < 0.7) getPerson();
  else if (kind < 0.8) getPersonAgain();
  else listPeople();
};

const json = { 'content-type': 'application/json' };

/** Whom this sender has added last, and may change: nobody else does. */
let mine;

const addPerson = () => {
  const { idInTest, iterationInInstance } = exec.vu;
  const nth = `${idInTest}-${iterationInInstance}`;
  const body = JSON.stringify({ name: `Person ${nth}`, email: `person.${nth}@load.example`, role: 'member' });
  const params = paramsOf(plan.writer, 'post', { ...json, 'idempotency-key': `post ${nth}` });
  const answer = http.post(people, body, params);
  if (!check(answer, { 'somebody was added': ({ status }) => status === 201 })) return;
  added.add(1);
  mine = { id: answer.json('id'), version: answer.json('version') };
  if (Math.random() > 0.1) return;
  const again = http.post(people, body, params);
  check(again, {
    'the same answer to the same key': ({ status, headers }) =>
      status === 201 && headers['Idempotency-Replayed'] === 'true' && again.body === answer.body,
  });
};

const changePerson = () => {
  const { id, version } = mine;
  const headers = { ...json, 'if-match': `"${version}"`, 'idempotency-key': `patch ${id} ${version}` };
  const answer = http.patch(
    `${people}/${id}`,
    JSON.stringify({ name: `Changed ${version}` }),
    paramsOf(plan.writer, 'patch', headers),
  );
  const isRight = check(answer, {
    'somebody was changed': ({ status }) => status === 200 && answer.json('version') === version + 1,
  });
  mine = isRight ? { id, version: version + 1 } : undefined;
};

export const writes = () => {
  if (mine === undefined || Math.random() < 0.6) addPerson();
  else changePerson();
};

export const handleSummary = (data) => ({ [plan.summary]: JSON.stringify(data) });
