import { v7 as newId } from 'uuid';
import { createK6Options, type Size, type Thresholds } from './k6-options.ts';
import { createUsers, type Platform, type TokenUser } from './platform.ts';

/** The input of src/script.mjs. */
export type Plan = {
  readonly url: string;
  readonly options: ReturnType<typeof createK6Options>;
  /** Users to read, of a tenant in which nothing is written. */
  readonly ids: readonly string[];
  /** Tokens that are valid one after the other, each for `tokenMs`, the first from `startedAt` on. */
  readonly reader: readonly string[];
  readonly writer: readonly string[];
  readonly startedAt: number;
  readonly tokenMs: number;
  /** The file for k6's summary. */
  readonly summary: string;
};

/** Shorter than a token is valid, so that none expires during a request. */
const tokenMs = 10 * 60_000;
/** For the start and the graceful stop of a run. */
const spareMs = 2 * 60_000;
const usersToRead = 200;

type PlanOptions = { readonly size: Size; readonly thresholds?: Thresholds; readonly summary: string };

/** Fills a platform with users and returns what k6 has to do. */
export const createPlan = async (platform: Platform, { size, thresholds, summary }: PlanOptions): Promise<Plan> => {
  const reader = { id: newId(), tenantId: newId(), role: 'owner' } as const;
  const writer = { id: newId(), tenantId: newId(), role: 'owner' } as const;
  const headers = { authorization: `Bearer ${await platform.createToken(reader)}` };
  const ids = await createUsers(platform.url, { headers, count: usersToRead });
  const startedAt = Date.now();
  const tokenCount = Math.ceil((size.seconds * 1000 + spareMs) / tokenMs);
  const createTokens = (user: TokenUser) =>
    Promise.all(
      Array.from({ length: tokenCount }, (_, index) =>
        platform.createToken(user, new Date(startedAt + index * tokenMs)),
      ),
    );
  return {
    url: platform.url,
    options: createK6Options(size, thresholds),
    ids,
    reader: await createTokens(reader),
    writer: await createTokens(writer),
    startedAt,
    tokenMs,
    summary,
  };
};
