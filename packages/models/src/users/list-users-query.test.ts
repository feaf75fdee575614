import { createCursors } from '@plinth/data-kit';
import { ListUsersQuery, UserName } from '@plinth/dtos/users';
import { expect, it } from 'vitest';

it('accepts the longest cursor that the server can return', () => {
  const cursors = createCursors({
    sign: () => 's'.repeat(43),
    isSame: () => true,
    pack: (text) => Buffer.from(text).toString('base64url'),
    unpack: (packed) => Buffer.from(packed, 'base64url').toString(),
  });
  const value = UserName.parse(`a${'\u0001'.repeat(199)}`);
  const scope = { collection: 'users', tenantId: 'a', where: {}, sort: 'name' };
  const cursor = cursors.encode({ value, id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d' }, scope);
  expect(ListUsersQuery.parse({ cursor, sort: 'name' }).cursor).toBe(cursor);
});
