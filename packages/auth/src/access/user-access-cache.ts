import type { Ctx, FindUserAccess, UserAccess } from '@plinth/data-kit';
import { LRUCache } from 'lru-cache';
import { Rejection, unauthenticated } from '../tokens/unauthenticated.ts';

type Subject = { readonly tenantId: string; readonly subject: string };

/** The current access of the users that this process has served lately. */
export type UserAccessCache = {
  /** Returns the access of `ctx.actor`: directly when it is known, else as a promise. */
  get(ctx: Ctx): UserAccess | Promise<UserAccess>;
  /** Call it when the access of a user has changed: the next request looks it up. Safe to repeat, and in any order. */
  forget(subject: Subject): void;
  /** Call it when the access of every user of a tenant may have changed. It looks through the whole cache: some milliseconds. */
  forgetAll(tenantId: string): void;
};

const usersMax = 50_000;

/** A change that no event reports, such as a restored backup, is noticed after this time. */
const cachedMs = 5 * 60_000;

const toKey = (tenantId: string, subject: string): string => `${tenantId} ${subject}`;

/** Creates a cache of `find`, which is called on a miss only. */
export const createUserAccessCache = (find: FindUserAccess): UserAccessCache => {
  const cache = new LRUCache<string, UserAccess>({ max: usersMax, ttl: cachedMs });
  /**
   * The look-ups in progress. Those of one user share an entry until the first one ends or the user is forgotten. Results that
   * arrive after that are not cached, because they may be older than the change.
   */
  const lookups = new Map<string, symbol>();

  const lookUp = async (key: string, ctx: Ctx): Promise<UserAccess> => {
    const lookup = lookups.get(key) ?? Symbol(key);
    lookups.set(key, lookup);
    try {
      const access = await find(ctx);
      if (lookups.get(key) === lookup) cache.set(key, access);
      return access;
    } finally {
      if (lookups.get(key) === lookup) lookups.delete(key);
    }
  };

  return {
    get: (ctx) => {
      const key = toKey(ctx.tenantId, ctx.actor.id);
      return cache.get(key) ?? lookUp(key, ctx);
    },
    forget: ({ tenantId, subject }) => {
      const key = toKey(tenantId, subject);
      cache.delete(key);
      lookups.delete(key);
    },
    forgetAll: (tenantId) => {
      const prefix = toKey(tenantId, '');
      for (const entries of [cache, lookups]) {
        for (const key of [...entries.keys()]) if (key.startsWith(prefix)) entries.delete(key);
      }
    },
  };
};

/** @throws `unauthenticated` unless the user is active. */
export const assertActive = ({ status }: UserAccess): void => {
  if (status === 'active') return;
  throw unauthenticated(
    status === 'suspended'
      ? 'The user of the token is suspended.'
      : 'The user of the token does not exist in the organization.',
    new Rejection(status === 'suspended' ? 'suspended-user' : 'unknown-user'),
  );
};
