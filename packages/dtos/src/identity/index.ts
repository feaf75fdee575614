export {
  IdentityId,
  LinkToken,
  NewPassword,
  Password,
  RefreshSession,
  RefreshToken,
  SignIn,
  SignUp,
  VerifyEmail,
} from './identity.ts';
export {
  ListSessionsQuery,
  Session,
  SessionId,
  SessionPage,
  SessionParams,
  SessionTokens,
  SignOut,
} from './session.ts';
