export {
  ChangeRole,
  CreateUser,
  Email,
  ListUsersQuery,
  Role,
  UpdateUser,
  User,
  UserId,
  UserName,
  UserPage,
  UserParams,
  UserStatus,
} from './user.ts';
