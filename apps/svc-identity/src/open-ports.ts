import { createTokenSigner, lifetimeSecondsMax, type PublicJwk, toPublicJwk } from '@plinth/auth';
import type { Config } from '@plinth/config';
import type { AccessTokens, Links, LinkTokens, Passwords, RefreshSecrets } from '@plinth/contracts/identity';
import { type Clock, type Mail, platformTenantId, StartupError } from '@plinth/data-kit';
import { openMail } from '@plinth/mail';
import { systemClock, type WorkerConfig } from '@plinth/service-kit';
import { createPasswords } from './passwords.ts';
import { createLinkTokens, createRefreshSecrets } from './secrets.ts';
import type { identitySettings, messageSettings } from './settings.ts';

/** The ports of the actions of the identity domain. */
export type IdentityPorts = {
  readonly passwords: Passwords;
  readonly linkTokens: LinkTokens;
  readonly refreshSecrets: RefreshSecrets;
  readonly accessTokens: AccessTokens;
  /** The public half of the key that signs access tokens. */
  readonly publicKey: PublicJwk;
};

type SignerOptions = Parameters<typeof createTokenSigner>[0] & { readonly clock: Clock };

const createAccessTokens = (options: SignerOptions): AccessTokens => {
  const signer = createTokenSigner(options);
  return {
    sign: async ({ identityId, sessionId }) => {
      const token = await signer.sign({ id: identityId, tenantId: platformTenantId, roles: [], identityId, sessionId });
      return { token, expiresAt: new Date(options.clock.now().getTime() + lifetimeSecondsMax * 1000) };
    },
  };
};

/** @throws `StartupError` without the key that signs tokens, or the secret. */
export const openLocalPorts = async (
  config: Config<typeof identitySettings>,
  clock: Clock = systemClock,
): Promise<IdentityPorts> => {
  const { IDENTITY_SIGNING_KEY: key, IDENTITY_SECRET: secret } = config;
  if (key === undefined || secret === undefined) {
    throw new StartupError(
      `The module 'identity' signs tokens. Set ${key === undefined ? 'IDENTITY_SIGNING_KEY' : 'IDENTITY_SECRET'}; npm start creates it.`,
    );
  }
  const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = config;
  return {
    passwords: await createPasswords({ memoryKib: config.PASSWORD_MEMORY_KIB, passes: config.PASSWORD_PASSES }),
    linkTokens: createLinkTokens(secret),
    refreshSecrets: createRefreshSecrets(secret),
    accessTokens: createAccessTokens({ key, issuer, audience, clock }),
    publicKey: toPublicJwk(key),
  };
};

type MessageConfig = Config<typeof messageSettings> & Pick<WorkerConfig, 'NODE_ENV'>;

export type MessagePorts = { readonly mail: Mail; readonly pages: Links };

/** @throws `StartupError` when mail cannot be sent. */
export const openPorts = async (config: MessageConfig): Promise<MessagePorts> => {
  const appUrl = config.APP_URL.replace(/\/$/, '');
  return {
    mail: openMail(config),
    pages: {
      // After the #, so that neither a proxy nor a log of the web app gets the token.
      toVerification: (token) => `${appUrl}/verify-email#token=${token}`,
      toSignIn: () => `${appUrl}/sign-in`,
    },
  };
};
