import { defineErrors } from '@plinth/contract-kit';

// 422 instead of 401: the request has no credential of HTTP, and a client must not refresh its token because of it.
export const identityErrors = defineErrors('identity', {
  invalidCredentials: {
    status: 422,
    title: 'The e-mail address or the password is wrong.',
    fix: 'Check both. Without an account, begin with `POST /v1/sign-ups`.',
  },
  linkInvalid: {
    status: 422,
    title: 'The link has expired or was used.',
    fix: 'Request another one with `POST /v1/sign-ups`.',
  },
  commonPassword: {
    status: 422,
    title: 'The password is one of the most common ones.',
    fix: 'Choose another password; three uncommon words are better than one with digits.',
  },
  identityExists: {
    status: 409,
    title: 'The e-mail address was verified before.',
    fix: 'Sign in with `POST /v1/sessions`.',
  },
  refreshTokenInvalid: {
    status: 422,
    title: 'The refresh token is not valid, or its session has ended.',
    fix: 'Sign in again with `POST /v1/sessions`.',
  },
  refreshTokenReused: {
    status: 422,
    title: 'The refresh token was used before, so the session has been ended: it may have been stolen.',
    fix: 'Sign in again with `POST /v1/sessions`.',
    commits: true,
  },
});
