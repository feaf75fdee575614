/** Compile-time checks of reads and writes: each line below `@ts-expect-error` must not compile. */
import type { UsersService } from '@plinth/contracts/users';
import type { Collection, Ctx } from '@plinth/data-kit';
import type { UserDocument } from '@plinth/models/users';

declare const ctx: Ctx;
declare const user: UserDocument;
declare const reader: Collection<UserDocument, 'get' | 'list'>;
declare const writer: Collection<UserDocument, 'insert' | 'update' | 'updateWhere'>;
const draft = { name: 'Ada', email: 'Ada@acme.example', role: 'member', status: 'active' } as const;
const firstPage = { sort: '-createdAt', limit: 20 } as const;

// A document cannot be returned in place of its DTO. Surplus fields compile: the serializer drops them and fails the test.
export const leakingAction: UsersService['getUser'] =
  // @ts-expect-error -- the document is not the DTO
  async () => user;

// A collection has no operations before `for(ctx)`, and then only those of its port.
// @ts-expect-error -- no context scopes the insert
writer.insert(draft);
// @ts-expect-error -- the port has no insert
reader.for(ctx).insert(draft);

// The collection writes tenant, version, comparison keys and the marker of deletion.
// @ts-expect-error -- a tenant
writer.for(ctx).insert({ ...draft, tenantId: user.tenantId });
// @ts-expect-error -- a version
writer.for(ctx).update(user, { $set: { version: 7 } });
// @ts-expect-error -- a comparison key
writer.for(ctx).update(user, { $set: { emailKey: 'ada@acme.example' } });
// @ts-expect-error -- the marker of deletion
writer.for(ctx).update(user, { $set: { deleted: true } });
// @ts-expect-error -- a filter by tenant
reader.for(ctx).list({ ...firstPage, where: { tenantId: user.tenantId } });
// @ts-expect-error -- a filter by the marker of deletion
reader.for(ctx).list({ ...firstPage, where: { deleted: true } });

// Filters, changes and sorts use the vocabulary of the port and the fields of the document.
// @ts-expect-error -- $regex
reader.for(ctx).list({ ...firstPage, where: { name: { $regex: 'A' } } });
// @ts-expect-error -- $rename
writer.for(ctx).update(user, { $rename: { name: 'email' } });
// @ts-expect-error -- 'age' is not a field
reader.for(ctx).list({ where: {}, sort: '-age', limit: 20 });
// @ts-expect-error -- role is missing
writer.for(ctx).insert({ name: 'Ada', email: 'a@b.example', status: 'active' });
