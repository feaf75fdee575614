import { commonErrors, defineContract, defineRoute, NoContent } from '@plinth/contract-kit';
import {
  ListSessionsQuery,
  RefreshSession,
  SessionPage,
  SessionParams,
  SessionTokens,
  SignIn,
  SignOut,
} from '@plinth/dtos/identity';
import { identityErrors } from './errors.ts';

const { invalidCredentials, refreshTokenInvalid, refreshTokenReused } = identityErrors;

const bodyBytesMax = 8 * 1024;

export const sessionsContract = defineContract('sessions', {
  permissions: {},
  routes: {
    signIn: defineRoute({
      method: 'POST',
      path: '/v1/sessions',
      summary: 'Sign in',
      description:
        'Starts a session. Unknown addresses and wrong passwords are refused alike. The 51st session of an identity ends its oldest one.',
      auth: 'public',
      tenant: 'platform',
      limit: 'sensitive',
      limitBy: 'email',
      body: SignIn,
      bodyBytesMax,
      responses: { 201: SessionTokens },
      errors: [invalidCredentials, commonErrors.conflict],
    }),
    refreshSession: defineRoute({
      method: 'POST',
      path: '/v1/session-refreshes',
      summary: 'Get the next tokens of a session',
      description:
        'Replaces the refresh token. For ten seconds the replaced token still gets the same new one, so parallel requests and a lost response do no harm. Later its use ends the session.',
      auth: 'public',
      tenant: 'platform',
      body: RefreshSession,
      bodyBytesMax,
      responses: { 200: SessionTokens },
      errors: [refreshTokenInvalid, refreshTokenReused, commonErrors.conflict],
    }),
    listSessions: defineRoute({
      method: 'GET',
      path: '/v1/sessions',
      summary: 'List your sessions',
      description: 'The active sessions of the identity of the token.',
      auth: 'identity',
      query: ListSessionsQuery,
      responses: { 200: SessionPage },
    }),
    endSession: defineRoute({
      method: 'DELETE',
      path: '/v1/sessions/:id',
      summary: 'End one of your sessions',
      description: 'Its tokens are refused within a second.',
      auth: 'identity',
      params: SessionParams,
      responses: { 204: NoContent },
    }),
    signOut: defineRoute({
      method: 'POST',
      path: '/v1/sign-outs',
      summary: 'Sign out, here or everywhere',
      description:
        'Ends the session of the token, or all sessions of its identity. Their tokens are refused within a second.',
      auth: 'identity',
      idempotency: 'optional',
      body: SignOut,
      bodyBytesMax,
      responses: { 204: NoContent },
    }),
  },
});
