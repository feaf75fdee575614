import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { type Cursors, createCursors } from '@plinth/data-kit';

const isSame = (left: string, right: string): boolean => {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** Creates cursors signed with HMAC-SHA-256. Every instance that serves a list needs the same secret. */
export const createSignedCursors = (secret: string): Cursors => {
  const key = createSecretKey(secret, 'utf8');
  return createCursors({
    sign: (text) => createHmac('sha256', key).update(text).digest('base64url'),
    isSame,
    pack: (text) => Buffer.from(text).toString('base64url'),
    unpack: (packed) => Buffer.from(packed, 'base64url').toString(),
  });
};
