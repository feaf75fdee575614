export { ListUsersQuery } from './list-users-query.ts';
export { CreateUser, Email, Role, UpdateUser, User, UserId, UserName, UserPage, UserParams } from './user.ts';
