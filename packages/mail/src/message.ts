import { createHash } from 'node:crypto';
import type { MailMessage } from '@plinth/data-kit';
import { z } from 'zod';

/** A line break in a header would begin a header of the writer's choice, such as a further recipient. */
const Message = z.object({
  // Wider than the addresses that the API accepts, and without spaces or angle brackets.
  to: z.email({ pattern: z.regexes.html5Email }).max(254),
  subject: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u),
  text: z.string().min(1).max(100_000),
  html: z.string().min(1).max(400_000),
  key: z.string().min(1).max(200),
});

/**
 * Checks a message before any of it is sent.
 * @throws a `TypeError` that names the parts at fault, and quotes nothing of them.
 */
export const assertMessage = (message: MailMessage): void => {
  const { error } = Message.safeParse(message);
  if (!error) return;
  const parts = [...new Set(error.issues.map(({ path }) => path.join('.')))].sort().join(', ');
  throw new TypeError(
    `The message is not valid: ${parts}. A subject is one line of at most 200 characters, and a recipient one address.`,
  );
};

/** Returns 32 hexadecimal digits, which are the same for the same key. */
export const toMailId = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 32);
