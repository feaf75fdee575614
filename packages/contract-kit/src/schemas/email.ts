import { z } from 'zod';
import { pii } from './data-class.ts';

// RFC 5321 without quoted names and address literals: atoms, then the labels of a domain, the last of which is not a number.
const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const address = new RegExp(`^(?=[^@]{1,64}@)${atom}(?:\\.${atom})*@(?:${label}\\.)+(?![0-9]+$)${label}$`);

export const Email = pii(
  z
    .string()
    .max(254, { abort: true })
    .check(z.email({ pattern: address, error: 'must be an e-mail address such as ada@acme.example', abort: true })),
).meta({
  id: 'Email',
  description: 'An e-mail address. It is returned as sent; addresses that differ in case only are the same.',
});
