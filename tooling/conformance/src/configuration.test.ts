import { expect, it } from 'vitest';
import { configurationOf } from './configuration.ts';

const reference = {
  paths: {
    '/v1/users': { get: { parameters: [{ name: 'cursor', in: 'query' }], responses: {} } },
    '/v1/users/{id}': { get: { responses: {} } },
    '/v1/users/me': { get: { responses: {} } },
  },
};
const fuzz = { seed: 7, examples: 3, ids: ['a', 'b'], phases: ['coverage', 'stateful'] } as const;

it('says what is random, how much is tried, and which ids there are', () => {
  const lines = configurationOf(reference, fuzz).split('\n');
  expect(lines).toContain('seed = 7');
  expect(lines).toContain('max-examples = 3');
  expect(lines).toContain('values = ["a", "b"]');
  expect(lines.filter((line) => /^\w+\.enabled/.test(line))).toEqual([
    'examples.enabled = false',
    'coverage.enabled = true',
    'fuzzing.enabled = false',
    'stateful.enabled = true',
  ]);
});

it('leaves out a check only where it contradicts the API, and every other check is on', () => {
  const text = configurationOf(reference, fuzz);
  expect(text).toContain(
    '[[operations]]\ninclude-path = "/v1/users"\ninclude-method = "GET"\nchecks.positive_data_acceptance.enabled = false\n',
  );
  expect(text.match(/\[\[operations\]\]/g)).toHaveLength(1);
  expect(text.match(/^\[checks\.\w+\]\nenabled = true/gm)).toHaveLength(13);
  expect(text).toContain('[checks.object_level_authorization]\nenabled = false');
});
