export const reads = ['get', 'list', 'health'] as const;
export type Read = (typeof reads)[number];

/** `post-keyed` is `post` with an `Idempotency-Key` of its own in each request. */
export const writes = ['post', 'patch', 'post-keyed'] as const;
export type Write = (typeof writes)[number];

export type Kind = Read | Write;

/** What is also measured with requests that come at random moments. */
export const arriving = ['get', 'list', 'post', 'patch'] as const satisfies readonly Kind[];

export const isWrite = (kind: Kind): kind is Write => writes.some((write) => write === kind);

/**
 * How requests come. From connections each of which sends its next one when the last is answered (a closed loop), or so
 * many a second at random moments, whether or not those before are answered (Poisson arrivals).
 */
export type Load = { readonly connections: number } | { readonly perSecond: number };

/** How many connections there are, or arrivals a second. */
export const amountOf = (load: Load): number => ('connections' in load ? load.connections : load.perSecond);

/** One kind of request under one kind of load. */
export type Cell = { readonly kind: Kind; readonly load: Load };

/** Tells cells apart. */
export const keyOf = ({ kind, load }: Cell): string => JSON.stringify([kind, load]);
