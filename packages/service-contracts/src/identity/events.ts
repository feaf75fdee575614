import { defineEvents, Id } from '@plinth/contract-kit';
import { IdentityId, SessionId } from '@plinth/dtos/identity';

export const identitiesEvents = defineEvents('identity', {
  aggregate: { identityId: IdentityId },
  events: {
    /** The e-mail address was verified. */
    identityCreated: {},
  },
});

export const linksEvents = defineEvents('identity', {
  aggregate: { linkId: Id },
  events: {
    /** Someone wants to sign up with an address, which may have an identity already. */
    signUpRequested: {},
  },
});

export const sessionsEvents = defineEvents('identity', {
  aggregate: { sessionId: SessionId },
  events: {
    sessionStarted: { identityId: IdentityId },
    /** An earlier refresh token was used again, and the session has ended. */
    refreshTokenReused: { identityId: IdentityId },
  },
});
