import { z } from 'zod';
import { Id } from '../schemas/text.ts';
import { defineEvents } from './events.ts';

/**
 * The permissions of a user have changed: every host rejects the tokens of `subject` that were issued before the event.
 * The domain that stores users and their roles emits it.
 */
export const { tokensRevoked } = defineEvents('auth', {
  aggregate: { subject: Id },
  events: {
    /** With `rolesOnly`, the user keeps access with other roles, so that tokens of the next second are accepted. */
    tokensRevoked: { rolesOnly: z.boolean() },
  },
});
