import { refusal } from './refusal.ts';

const scheme = 'bearer ';

/**
 * The token of an `Authorization` header; none without the header. The token itself is the verifier's business,
 * so that a cached one is not looked at twice.
 * @throws `unauthenticated` for another scheme, or for anything but one space between scheme and token.
 */
export const bearerToken = (header: string | undefined): string | undefined => {
  if (header === undefined) return undefined;
  const token = header.slice(scheme.length);
  if (header.slice(0, scheme.length).toLowerCase() !== scheme || token === '' || /[\s,]/.test(token)) {
    throw refusal('The Authorization header is not `Bearer`, one space and one token.');
  }
  return token;
};
