import { z } from 'zod';
import { Id } from '../schemas/text.ts';
import { defineEvent } from './event.ts';

/**
 * What a person may do has changed, so tokens that say otherwise must not be used any longer: every host refuses those
 * of `subject` that were issued up to the moment of the event. Emitted by whoever keeps people and their roles.
 */
export const tokensRevoked = defineEvent('auth.tokens-revoked', {
  payload: z.object({ subject: Id }),
  aggregate: 'subject',
});
