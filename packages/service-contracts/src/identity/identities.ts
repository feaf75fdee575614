import { defineContract, defineRoute, NoContent } from '@plinth/contract-kit';
import { SignUp, VerifyEmail } from '@plinth/dtos/identity';
import { identityErrors } from './errors.ts';

const { commonPassword, identityExists, linkInvalid } = identityErrors;

const bodyBytesMax = 8 * 1024;

export const identitiesContract = defineContract('identities', {
  permissions: {},
  routes: {
    signUp: defineRoute({
      method: 'POST',
      path: '/v1/sign-ups',
      summary: 'Sign up with an e-mail address',
      description:
        'Sends a message with a link to the address. The response is the same whether the address has an account or not.',
      auth: 'public',
      tenant: 'platform',
      limit: 'sensitive',
      limitBy: 'email',
      body: SignUp,
      bodyBytesMax,
      responses: { 204: NoContent },
    }),
    verifyEmail: defineRoute({
      method: 'POST',
      path: '/v1/email-verifications',
      summary: 'Verify an e-mail address and choose a password',
      description:
        'Creates the identity. The token is that of the link, so only the owner of the mailbox can choose the password.',
      auth: 'public',
      tenant: 'platform',
      limit: 'sensitive',
      body: VerifyEmail,
      bodyBytesMax,
      responses: { 204: NoContent },
      errors: [commonPassword, identityExists, linkInvalid],
    }),
  },
});
