// Generated from the contracts by `npm run build`. Run it when this file does not compile.
import type { identitiesContract, sessionsContract } from '@plinth/service-contracts/identity';
import { createAction, type RouteOf } from '../core/index.ts';

/** Sign up with an e-mail address. Sends a message with a link to the address. The response is the same whether the address has an account or not. */
export const signUp = /* @__PURE__ */ createAction<RouteOf<typeof identitiesContract, 'signUp'>>({ name: 'POST /v1/sign-ups', domain: 'identity', isPublic: true });

/** Verify an e-mail address and choose a password. Creates the identity. The token is that of the link, so only the owner of the mailbox can choose the password. */
export const verifyEmail = /* @__PURE__ */ createAction<RouteOf<typeof identitiesContract, 'verifyEmail'>>({ name: 'POST /v1/email-verifications', domain: 'identity', isPublic: true });

/** Sign in. Starts a session. Unknown addresses and wrong passwords are refused alike. The 51st session of an identity ends its oldest one. */
export const signIn = /* @__PURE__ */ createAction<RouteOf<typeof sessionsContract, 'signIn'>>({ name: 'POST /v1/sessions', domain: 'identity', isPublic: true });

/** Get the next tokens of a session. Replaces the refresh token. For ten seconds the replaced token still gets the same new one, so parallel requests and a lost response do no harm. Later its use ends the session. */
export const refreshSession = /* @__PURE__ */ createAction<RouteOf<typeof sessionsContract, 'refreshSession'>>({ name: 'POST /v1/session-refreshes', domain: 'identity', isPublic: true });

/** List your sessions. The active sessions of the identity of the token. */
export const listSessions = /* @__PURE__ */ createAction<RouteOf<typeof sessionsContract, 'listSessions'>>({ name: 'GET /v1/sessions', domain: 'identity' });

/** End one of your sessions. Its tokens are refused within a second. */
export const endSession = /* @__PURE__ */ createAction<RouteOf<typeof sessionsContract, 'endSession'>>({ name: 'DELETE /v1/sessions/:id', domain: 'identity' });

/** Sign out, here or everywhere. Ends the session of the token, or all sessions of its identity. Their tokens are refused within a second. */
export const signOut = /* @__PURE__ */ createAction<RouteOf<typeof sessionsContract, 'signOut'>>({ name: 'POST /v1/sign-outs', domain: 'identity' });
