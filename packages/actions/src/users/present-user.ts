import { commonErrors } from '@plinth/contract-kit';
import { type Collection, type Ctx } from '@plinth/data-kit';
import type { UserDocument } from '@plinth/models/users';

/** A person who is there. @throws `not-found` for one who has been removed, as for an id that nobody has. */
export const presentUser = async (
  users: Collection<UserDocument, 'get'>,
  ctx: Ctx,
  id: string,
): Promise<UserDocument> => {
  const user = await users.for(ctx).get(id);
  if (user.deleted) throw commonErrors.notFound();
  return user;
};
