import { v7 as newId } from 'uuid';
import type { Person, Platform } from './platform.ts';
import { type Bounds, optionsOf, type Size } from './profiles.ts';

/** What src/script.mjs is given. */
export type Plan = {
  readonly url: string;
  readonly options: ReturnType<typeof optionsOf>;
  /** People who are read, of a tenant in which nothing is written. */
  readonly ids: readonly string[];
  /** Tokens, each for the `tokenMs` after those of the one before it; the first from `startedAt` on. */
  readonly reader: readonly string[];
  readonly writer: readonly string[];
  readonly startedAt: number;
  readonly tokenMs: number;
  /** The file that the outcome is written to. */
  readonly summary: string;
};

/** Shorter than a token is good for, so that none ends within a request. */
const tokenMs = 10 * 60_000;
/** Beside the run itself: what it takes to begin, and to end gracefully. */
const spareMs = 2 * 60_000;
const peopleCount = 200;
const atOnce = 16;

/** Adds people, some at once. @returns their ids. */
const addPeople = async (url: string, token: string): Promise<string[]> => {
  const ids: string[] = [];
  const waiting = Array.from({ length: peopleCount }, (_, at) => at);
  const add = async (): Promise<void> => {
    for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
      const body = JSON.stringify({ name: `Reader ${at}`, email: `reader.${at}@load.example`, role: 'member' });
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const answer = await fetch(`${url}/v1/users`, { method: 'POST', headers, body });
      if (answer.status !== 201) throw new Error(`A person could not be added: ${await answer.text()}`);
      ids.push(((await answer.json()) as { id: string }).id);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, add));
  return ids;
};

const tokensOf = (platform: Platform, person: Person, { startedAt, endsAt }: { startedAt: number; endsAt: number }) => {
  const count = Math.ceil((endsAt - startedAt) / tokenMs);
  const from = Array.from({ length: count }, (_, at) => new Date(startedAt + at * tokenMs));
  return Promise.all(from.map((time) => platform.createToken(person, time)));
};

/** Fills a platform with people, and says what is to be done with it. */
export const makePlan = async (
  platform: Platform,
  { size, bounds, summary }: { readonly size: Size; readonly bounds?: Bounds; readonly summary: string },
): Promise<Plan> => {
  const reader = { id: newId(), tenantId: newId(), role: 'owner' } as const;
  const writer = { id: newId(), tenantId: newId(), role: 'owner' } as const;
  const ids = await addPeople(platform.url, await platform.createToken(reader));
  const startedAt = Date.now();
  const times = { startedAt, endsAt: startedAt + size.seconds * 1000 + spareMs };
  return {
    url: platform.url,
    options: optionsOf(size, bounds),
    ids,
    reader: await tokensOf(platform, reader, times),
    writer: await tokensOf(platform, writer, times),
    startedAt,
    tokenMs,
    summary,
  };
};
