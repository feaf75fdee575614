/** Compile-time promises of the write and read path: each line below `@ts-expect-error` must not compile. */
import type { UsersService } from '@plinth/contracts/users';
import type { Collection, Ctx } from '@plinth/data-kit';
import type { UserDocument } from '@plinth/models/users';

declare const ctx: Ctx;
declare const user: UserDocument;
declare const reader: Collection<UserDocument, 'get' | 'list'>;
declare const writer: Collection<UserDocument, 'insert' | 'update' | 'updateWhere'>;
const draft = {
  name: 'Ada',
  email: 'Ada@acme.example',
  emailKey: 'ada@acme.example',
  role: 'member',
  status: 'active',
  deleted: false,
} as const;

// A document does not leave an action in place of its DTO.
export const leakingAction: UsersService['getUser'] =
  // @ts-expect-error -- the document is not the DTO
  async () => user;

// An insert that no context has scoped.
// @ts-expect-error -- a collection is opened by `for(ctx)` first
writer.insert(draft);

// More than the least port.
// @ts-expect-error -- `insert` was not asked for
reader.for(ctx).insert(draft);

// A tenant, id or version set by hand.
// @ts-expect-error -- the tenant comes from the context
writer.for(ctx).insert({ ...draft, tenantId: user.tenantId });
// @ts-expect-error -- the version is the collection's
writer.for(ctx).update(user, { $set: { version: 7 } });
// @ts-expect-error -- the tenant is never part of a filter
reader.for(ctx).list({ where: { tenantId: user.tenantId }, sort: '-createdAt', limit: 20 });

// An operator outside the vocabulary.
// @ts-expect-error -- there is no $where
reader.for(ctx).list({ where: { $where: '1' }, sort: '-createdAt', limit: 20 });
// @ts-expect-error -- nor $regex
reader.for(ctx).list({ where: { name: { $regex: 'A' } }, sort: '-createdAt', limit: 20 });
// @ts-expect-error -- nor $rename
writer.for(ctx).update(user, { $rename: { name: 'email' } });

// A sort by something that is not a field.
// @ts-expect-error -- 'age' is not a field
reader.for(ctx).list({ where: {}, sort: '-age', limit: 20 });

// A missing field of a new document.
// @ts-expect-error -- emailKey is missing
writer.for(ctx).insert({ name: 'Ada', email: 'a@b.example', role: 'member', status: 'active', deleted: false });

// What an action gives beside the DTO is not noticed by the compiler: the encoder drops it, and fails the test.
