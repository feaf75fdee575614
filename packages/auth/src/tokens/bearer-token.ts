import { unauthenticated } from './unauthenticated.ts';

/**
 * Returns the token of an `Authorization` header, or undefined without the header.
 * @throws `unauthenticated` for another scheme, or for anything but one space between scheme and token.
 */
export const parseBearerToken = (header: string | undefined): string | undefined => {
  if (header === undefined) return undefined;
  const [, token] = /^bearer ([^\s,]+)$/i.exec(header) ?? [];
  if (token === undefined) throw unauthenticated('The Authorization header is not `Bearer`, one space and one token.');
  return token;
};
