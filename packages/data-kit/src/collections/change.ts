import type { Clock, Ctx, Ids } from '../context/context.ts';
import type { Change, Draft, Entity } from './entity.ts';

/** A new document: what the caller gave and what the collection adds. */
export const createDocument = <D extends Entity>(
  draft: Draft<D>,
  { ctx, clock, ids }: { ctx: Ctx; clock: Clock; ids: Ids },
): D => {
  const now = clock.now();
  const document: unknown = {
    ...draft,
    _id: ids.next(),
    tenantId: ctx.tenantId,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  return document as D;
};

const definedIn = (fields: object = {}): [string, unknown][] =>
  Object.entries(fields).filter(([, value]) => value !== undefined);

/** The document after a change, with the next version. Neither argument is touched; what is undefined changes nothing. */
export const applyChange = <D extends Entity>(document: D, change: Change<D>, now: Date): D => {
  const next: Record<string, unknown> = { ...document, ...Object.fromEntries(definedIn(change.$set)) };
  for (const [field, by] of definedIn(change.$inc)) next[field] = Number(next[field] ?? 0) + Number(by);
  for (const [field, item] of definedIn(change.$push)) next[field] = [...((next[field] as unknown[]) ?? []), item];
  for (const [field] of definedIn(change.$unset)) delete next[field];
  return { ...next, version: document.version + 1, updatedAt: now } as D;
};
