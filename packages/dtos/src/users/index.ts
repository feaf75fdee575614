export { ListUsersQuery } from './list-users-query.ts';
export {
  ChangeRole,
  CreateUser,
  Email,
  Role,
  UpdateUser,
  User,
  UserId,
  UserName,
  UserPage,
  UserParams,
  UserStatus,
} from './user.ts';
