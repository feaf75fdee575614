import { defineListQuery, IsoDate } from '@plinth/contract-kit';
import { Email, Role, User, UserStatus } from './user.ts';

export const ListUsersQuery = defineListQuery({
  item: User,
  filters: { role: Role, status: UserStatus, email: Email },
  ranges: { createdAt: IsoDate },
  combinations: [
    { sort: ['-createdAt', 'createdAt', 'name', '-name'] },
    { where: ['role'], sort: ['-createdAt', 'createdAt'] },
    { where: ['status'], sort: ['-createdAt', 'createdAt'] },
    { where: ['email'], sort: ['-createdAt'] },
  ],
});
