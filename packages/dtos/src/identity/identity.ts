import { Email, Id, secret } from '@plinth/contract-kit';
import { z } from 'zod';

export const IdentityId = Id.meta({ id: 'IdentityId', description: 'The id of an identity across organizations.' });

/** A surrogate pair is one character. */
const countCharacters = (text: string): number => Array.from(text).length;

const WellFormedText = z
  .string()
  // In UTF-16, where a character has one or two units. It bounds the work of hashing.
  .max(256)
  .refine((text) => text.isWellFormed(), { error: 'must be well-formed Unicode', abort: true });

export const Password = secret(WellFormedText.min(1)).meta({
  id: 'Password',
  description: 'A password. All characters count, also spaces.',
});

export const NewPassword = secret(
  WellFormedText.refine((text) => {
    const count = countCharacters(text);
    return count >= 8 && count <= 128;
  }, 'must have 8 to 128 characters'),
).meta({
  id: 'NewPassword',
  description: 'A password of 8 to 128 characters, of any kind. Common passwords are refused.',
  minLength: 8,
});

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';

export const LinkToken = secret(
  z.string().regex(new RegExp(`^${uuid}\\.[\\w-]{43}$`), 'must be the token of a link'),
).meta({
  id: 'LinkToken',
  description: 'The token in the link of a message. It works once, for a day.',
});

const exampleId = '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d';
const exampleSecret = 'A'.repeat(43);

export const SignUp = z.object({ email: Email }).meta({ id: 'SignUp', examples: [{ email: 'grace@acme.example' }] });

export const VerifyEmail = z.object({ token: LinkToken, password: NewPassword }).meta({
  id: 'VerifyEmail',
  examples: [{ token: `${exampleId}.${exampleSecret}`, password: 'three uncommon words' }],
});

export const SignIn = z.object({ email: Email, password: Password }).meta({
  id: 'SignIn',
  examples: [{ email: 'ada@acme.example', password: 'three uncommon words' }],
});

export const RefreshToken = secret(
  z.string().regex(new RegExp(`^${uuid}\\.[0-9]{1,6}\\.[\\w-]{43}$`), 'must be a refresh token'),
).meta({
  id: 'RefreshToken',
  description:
    'Gets the next access token. Each use replaces it by another one, and a copy that is used later ends the session.',
});

export const RefreshSession = z
  .object({ refreshToken: RefreshToken })
  .meta({ id: 'RefreshSession', examples: [{ refreshToken: `${exampleId}.0.${exampleSecret}` }] });
