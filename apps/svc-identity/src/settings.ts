import { PrivateJwk } from '@plinth/auth';
import { integer, json, secret, url } from '@plinth/config';
import { mailSettings } from '@plinth/mail';
import { serviceSettings } from '@plinth/service-kit';

/** The settings of every process that serves the identity domain or runs its background half. */
export const identitySettings = {
  // No example: tokens by the key of an example could be created by every reader of it.
  IDENTITY_SIGNING_KEY: json(PrivateJwk, 'a private Ed25519 key as a JSON Web Key, with kid, alg "EdDSA" and use "sig"')
    .optional()
    .meta({
      description:
        'The private key that signs the tokens of sign-ins. Its public half belongs into AUTH_JWKS of every service. A host of the identity domain does not start without one.',
    }),
  IDENTITY_SECRET: secret().optional().meta({
    description:
      'The secret from which the tokens of links and the successors of refresh tokens are computed. A new one ends all sessions. A host of the identity domain does not start without one.',
  }),
  PASSWORD_MEMORY_KIB: integer({ min: 8, max: 1_048_576 }).default(19_456).meta({
    description: 'The memory of one hash of a password, in KiB. A weaker hash is replaced at the next sign-in.',
  }),
  PASSWORD_PASSES: integer({ min: 1, max: 20 }).default(2).meta({
    description: 'How many times the hash of a password passes over its memory.',
  }),
  AUTH_ISSUER: serviceSettings.AUTH_ISSUER,
  AUTH_AUDIENCE: serviceSettings.AUTH_AUDIENCE,
};

/** The settings of a worker that sends the messages of the identity domain. */
export const messageSettings = {
  ...mailSettings,
  APP_URL: url('http', 'https').default('http://127.0.0.1:3000').meta({
    description:
      'The address of the web app to which messages lead: its pages /verify-email, which gets the token of a link as #token=…, and /sign-in.',
  }),
};
