import { listOrders } from '@plinth/service-actions/orders';
import { listUsers, suspendUser, updateUser } from '@plinth/service-actions/users';
import { expect, it } from 'vitest';
import { createCan } from '../src/api/can.ts';
import { toCurl, toTypeScript } from '../src/api/describe-call.ts';

const apiUrl = 'https://api.example.com';
const id = '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d';

it('allows what the permissions of the contracts allow', () => {
  const canAs = (...roles: readonly string[]) => createCan({ id, tenantId: id, roles });
  expect(canAs('owner')(suspendUser)).toBe(true);
  expect(canAs('viewer')(suspendUser)).toBe(false);
  expect(canAs('viewer')(listOrders)).toBe(true);
  // Users may change their own name, whatever their role.
  expect(canAs('viewer')(updateUser, { id })).toBe(true);
  expect(canAs('viewer')(updateUser, { id: 'other' })).toBe(false);
  expect(canAs()(listUsers)).toBe(false);
  expect(canAs('owner')({ route: 'GET /v1/unknown' })).toBe(false);
});

it('writes a call for a shell, in which nothing but the token is replaced', () => {
  const input = { id, body: { name: "D'Arcy $(reboot)" }, ifMatch: 3 };
  expect(toCurl({ action: updateUser, input }, { apiUrl, key: 'k1' })).toBe(
    [
      `curl -X PATCH 'https://api.example.com/v1/users/${id}'`,
      '-H "Authorization: Bearer $TOKEN"',
      `-H 'If-Match: "3"'`,
      "-H 'Idempotency-Key: k1'",
      "-H 'Content-Type: application/json'",
      String.raw`-d '{"name":"D'\''Arcy $(reboot)"}'`,
    ].join(' \\\n  '),
  );
});

it('writes a call for a program, with the function of the client', () => {
  const code = toTypeScript({ action: listUsers, input: { query: { role: 'owner', cursor: undefined } } }, apiUrl);
  expect(code).toContain("import { listUsers } from '@plinth/service-actions/users';");
  expect(code).toContain('await listUsers(api, {\n  query: {\n    role: "owner"\n  }\n});');
  expect(toTypeScript({ action: listUsers }, apiUrl)).toContain('await listUsers(api);');
});
