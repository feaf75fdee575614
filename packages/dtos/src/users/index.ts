export { Email, Role, User, UserId, UserName, UserPage, UserStatus } from './user.ts';
export { ChangeRole, CreateUser, ListUsersQuery, UpdateUser, UserParams } from './user-input.ts';
