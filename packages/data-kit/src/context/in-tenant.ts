import { type Ctx, platformTenantId } from './context.ts';

/** The contexts that `inTenant` has created, with those that they were created from. */
const origins = new WeakMap<Ctx, Ctx>();

/**
 * Returns a context by which an action of the platform reads and writes the documents of an organization, such as those of a new one.
 * Its writes belong to the unit of work of `ctx`: they are committed together with a journal row for each tenant.
 * @throws a `TypeError` for any other tenant than the platform's own, so that a route of an organization can never reach another one.
 */
export const inTenant = (ctx: Ctx, tenantId: string): Ctx => {
  if (ctx.tenantId !== platformTenantId) {
    throw new TypeError(
      `Only a context of the platform's own tenant can enter another one. Set tenant: 'platform' in the route.`,
    );
  }
  const entered: Ctx = { ...ctx, tenantId };
  origins.set(entered, ctx);
  return entered;
};

/** Returns the context whose unit of work commits the writes of `ctx`. */
export const getOrigin = (ctx: Ctx): Ctx => origins.get(ctx) ?? ctx;
