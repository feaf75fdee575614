import { createHash } from 'node:crypto';
import type { AccessTokens, Links, LinkTokens, Passwords, RefreshSecrets } from '@plinth/contracts/identity';
import { type MailMessage, platformTenantId } from '@plinth/data-kit';
import { identities, links, sessions } from '@plinth/models/identity';
import { createContext, fakeDatabase } from '@plinth/testing';
import * as actions from '../index.ts';

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Passwords whose hash is the password itself, which begins with the strength of the hash. */
const passwords: Passwords = {
  isCommon: (password) => password === 'password',
  hash: async (password) => `strong:${password}`,
  verify: async (password, hash) => ({
    isValid: hash !== undefined && hash.replace(/^\w+:/, '') === password,
    needsRehash: hash?.startsWith('weak:') ?? false,
  }),
};

const linkTokens: LinkTokens = {
  create: (id) => `${id}.${digest(id)}`,
  read: (token) => (token === linkTokens.create(token.split('.')[0]!) ? token.split('.')[0] : undefined),
};

const refreshSecrets: RefreshSecrets = {
  create: () => digest('first'),
  advance: (secret, steps) => (steps === 0 ? secret : refreshSecrets.advance(digest(secret), steps - 1)),
  hash: (secret) => digest(`hash ${secret}`),
};

const pages: Links = {
  toVerification: (token) => `https://app.example/verify#${token}`,
  toSignIn: () => 'https://app.example/sign-in',
};

/** Creates the identity domain on the fake database. */
export const createWorld = () => {
  const db = fakeDatabase({ identities, links, sessions });
  const sent: MailMessage[] = [];
  const accessTokens: AccessTokens = {
    sign: async ({ sessionId }) => ({ token: `access ${sessionId}`, expiresAt: db.clock.now() }),
  };
  const deps = {
    ...db,
    passwords,
    linkTokens,
    refreshSecrets,
    accessTokens,
    pages,
    mail: { send: async (message: MailMessage) => void sent.push(message) },
  };
  const ctx = () => createContext({ tenantId: platformTenantId });
  const run = <I, T>(action: (input: I, ctx: ReturnType<typeof createContext>) => Promise<T>, input: I): Promise<T> =>
    db.unitOfWork(action)(input, ctx());
  const world = {
    db,
    deps,
    sent,
    run,
    ctx,
    signUp: (email: string) => run(actions.signUp(deps), { query: undefined, body: { email } } as never),
    verify: (token: string, password = 'three uncommon words') =>
      run(actions.verifyEmail(deps), { body: { token, password } } as never),
    signIn: (email: string, password = 'three uncommon words') =>
      run(actions.signIn(deps), { body: { email, password } } as never),
    refresh: (refreshToken: string) => run(actions.refreshSession(deps), { body: { refreshToken } } as never),
    /** Returns the token of the newest link. */
    findToken: (): string => linkTokens.create(db.links.all().at(-1)!._id),
    /** Creates an identity with a session. */
    openSession: async () => {
      const email = 'ada@acme.example';
      await world.signUp(email);
      await world.verify(world.findToken());
      return world.signIn(email);
    },
    events: (name: string) => db.emitted().filter((event) => event.name === name),
  };
  return world;
};
