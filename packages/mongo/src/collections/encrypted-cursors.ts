import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { type Cursors, createCursors } from '@plinth/data-kit';

/** The secret that encrypts new cursors, and others whose cursors are accepted too: the previous or the next one. */
export type CursorSecrets = readonly [current: string, ...others: string[]];

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

// A buffer would be converted to a key object for each cursor, which takes as long as the encryption.
const toKey = (secret: string): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'plinth list cursors', 32)));

const encrypt = (key: KeyObject, text: string, context: string): Buffer => {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
};

/** Returns undefined when the key, the context or any bit differs. */
const decrypt = (key: KeyObject, sealed: Buffer, context: string): string | undefined => {
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(-tagBytes));
  try {
    return decipher.update(sealed.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
};

/**
 * Creates cursors that clients cannot read or change: they contain values of documents, such as names. Every instance that serves a
 * list needs the same secrets.
 */
export const createEncryptedCursors = (secrets: CursorSecrets): Cursors => {
  const [secret, ...others] = secrets;
  const current = toKey(secret);
  const keys = [current, ...others.map(toKey)];
  return createCursors({
    encrypt: (text, context) => encrypt(current, text, context).toString('base64url'),
    decrypt: (cursor, context) => {
      const sealed = Buffer.from(cursor, 'base64url');
      // Node ignores what is not base64url, so a changed text can have the same bytes.
      if (sealed.length < nonceBytes + tagBytes || sealed.toString('base64url') !== cursor) return undefined;
      for (const key of keys) {
        const text = decrypt(key, sealed, context);
        if (text !== undefined) return text;
      }
      return undefined;
    },
  });
};
