import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { LinkTokens, RefreshSecrets } from '@plinth/contracts/identity';

/** Computes 256 bits as base64url. The purpose keeps the values of one from being used for another. */
const compute = (secret: string, purpose: string, text: string): string =>
  createHmac('sha256', secret).update(`${purpose}\n${text}`).digest('base64url');

/** Creates the tokens of links: the id of the link, and a code that only the owner of the secret can compute. */
export const createLinkTokens = (secret: string): LinkTokens => {
  const create = (linkId: string): string => `${linkId}.${compute(secret, 'link', linkId)}`;
  return {
    create,
    read: (token) => {
      const [linkId = ''] = token.split('.');
      const [expected, sent] = [Buffer.from(create(linkId)), Buffer.from(token)];
      return expected.length === sent.length && timingSafeEqual(expected, sent) ? linkId : undefined;
    },
  };
};

/** Creates the secrets of refresh tokens. */
export const createRefreshSecrets = (secret: string): RefreshSecrets => ({
  create: () => randomBytes(32).toString('base64url'),
  advance: (current, steps) => {
    let advanced = current;
    for (let step = 0; step < steps; step += 1) advanced = compute(secret, 'refresh-token', advanced);
    return advanced;
  },
  hash: (current) => hash('sha256', current, 'base64url'),
});
