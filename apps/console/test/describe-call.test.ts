import { execFileSync } from 'node:child_process';
import { runInNewContext } from 'node:vm';
import { importProducts, placeOrder } from '@plinth/service-actions/orders';
import { listUsers, updateUser } from '@plinth/service-actions/users';
import { expect, it } from 'vitest';
import { toCurl, toTypeScript } from '../src/api/describe-call.ts';

const url = 'http://127.0.0.1:3000';
const target = { apiUrl: url, key: 'key' };
const hostile = `'; touch x; "$(touch y)" \`touch z\` \\ $TOKEN !! %0a \n--output w\r\u2028 {a,b} [1-9] "id": */ \${1} \u202e`;

/** Runs a command in bash, where curl prints its arguments. */
const runInBash = (command: string): readonly string[] => {
  const script = String.raw`curl() { printf '%s\0' "$@"; }; TOKEN=token; ${command}`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
};

it('copies as curl exactly what is sent, whatever a value contains', () => {
  const call = { action: updateUser, input: { id: hostile, body: { name: hostile }, ifMatch: 3 } };
  expect(runInBash(toCurl(call, target))).toEqual([
    '-X',
    'PATCH',
    `${url}/v1/users/${encodeURIComponent(hostile)}`,
    ...['-H', 'Authorization: Bearer token', '-H', 'If-Match: "3"', '-H', 'Idempotency-Key: key'],
    ...['-H', 'Content-Type: application/json', '-d', JSON.stringify({ name: hostile })],
  ]);
});

it('copies a query as curl in one URL without the characters that curl expands', () => {
  const [sent = '', ...headers] = runInBash(
    toCurl({ action: listUsers, input: { query: { email: hostile } } }, target),
  );
  expect(sent).toMatch(/^[\w:/.?=&%+*-]+$/);
  expect(new URL(sent).searchParams.get('email')).toBe(hostile);
  expect(headers).toEqual(['-H', 'Authorization: Bearer token']);
});

it('copies as TypeScript exactly what is sent, whatever a value contains', () => {
  const input = { body: { note: hostile, lines: [{ productId: hostile }], '"': [hostile] } };
  const [, text = ''] =
    /await placeOrder\(api, (.*)\);\n$/s.exec(toTypeScript({ action: placeOrder, input }, url)) ?? [];
  expect(JSON.stringify(runInNewContext(`(${text})`))).toBe(JSON.stringify(input));
});

it('copies an upload as a file that the reader has', () => {
  const body = new File([], `it's "new".csv`, { type: 'text/csv' });
  const call = { action: importProducts, input: { body } };
  expect(runInBash(toCurl(call, target)).slice(-4)).toEqual([
    ...['-H', 'Content-Type: text/csv', '--data-binary', `@it's "new".csv`],
  ]);
  const code = toTypeScript(call, url);
  expect(code).toContain("import { openAsBlob } from 'node:fs';");
  expect(code).toContain(
    String.raw`importProducts(api, { body: await openAsBlob("it's \"new\".csv", { type: 'text/csv' }) });`,
  );
});
