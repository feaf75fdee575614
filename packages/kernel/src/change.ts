import type { Ctx } from './context.ts';
import type { Clock, Ids } from './context.ts';
import type { Change, Draft, Entity } from './entity.ts';

/** A new document: what the caller gave and what the collection adds. */
export const newDocument = <D extends Entity>(
  draft: Draft<D>,
  { ctx, clock, ids }: { ctx: Ctx; clock: Clock; ids: Ids },
): D => {
  const now = clock.now();
  const document: unknown = { ...draft, _id: ids.next(), tenantId: ctx.tenantId, version: 1, createdAt: now, updatedAt: now };
  return document as D;
};

/** The document after a change, with the next version. Neither argument is touched. */
export const applyChange = <D extends Entity>(document: D, change: Change<D>, now: Date): D => {
  const next: Record<string, unknown> = { ...document, ...change.$set };
  for (const [field, by] of Object.entries(change.$inc ?? {})) next[field] = Number(next[field] ?? 0) + Number(by);
  for (const [field, item] of Object.entries(change.$push ?? {})) next[field] = [...((next[field] as unknown[]) ?? []), item];
  for (const field of Object.keys(change.$unset ?? {})) delete next[field];
  return { ...next, version: document.version + 1, updatedAt: now } as D;
};
