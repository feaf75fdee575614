import { z } from 'zod';
import { Id } from '../schemas/text.ts';
import { defineEvents } from './events.ts';

/** The session of an identity has ended: every host rejects its tokens from then on. The domain that stores sessions emits it. */
export const { sessionEnded } = defineEvents('auth', {
  aggregate: { sessionId: Id },
  events: { sessionEnded: {} },
});

/**
 * The permissions of a user have changed: every host rejects the tokens of `subject` that were issued before the event.
 * The domain that stores users and their roles emits it.
 */
export const { tokensRevoked } = defineEvents('auth', {
  aggregate: { subject: Id },
  events: {
    /** With `rolesOnly`, the user keeps access and has other roles now: tokens issued from the next second on are accepted. */
    tokensRevoked: { rolesOnly: z.boolean() },
  },
});
