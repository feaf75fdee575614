import { isDeepStrictEqual } from 'node:util';
import { type AuditEventDocument, checkpointInterval } from '@plinth/models/audit';
import { firstPreviousHash, hashEvent } from './hash-event.ts';

/** The first fault of a chain, at the audit event of this number. */
export type Finding = { readonly sequence: number; readonly problem: string };

type Statement = { readonly sequence: number; readonly hash: string; readonly signature: string };

/** The stored chain of a tenant. Its documents may have been altered, so their types are expectations. */
export type ChainReader = {
  readonly tenantId: string;
  /** Returns the audit events above a number, in the order of their numbers. */
  readEvents(after: number): AsyncIterable<AuditEventDocument>;
  findEnd(): Promise<Statement | undefined>;
  /** Returns the first checkpoint above a number. */
  findCheckpoint(after: number): Promise<Statement | undefined>;
  /** Returns what was signed, undefined for a wrong signature. */
  readStatement(signature: string): Promise<unknown>;
};

/** The audit events before the next one. */
type Position = { readonly sequence: number; readonly hash: string; readonly previousHash: string };

const start: Position = { sequence: 0, hash: firstPreviousHash, previousHash: '' };

/** An audit event whose number was changed is recognized when its former number is at most this far away. */
const movesMax = 100;

const hasHash = (event: AuditEventDocument, sequence = event.sequence): boolean => {
  const { hash, version, updatedAt, ...fields } = event;
  if (version !== 1 || updatedAt?.getTime() !== fields.createdAt?.getTime()) return false;
  try {
    return hashEvent({ ...fields, sequence }) === hash;
  } catch {
    return false;
  }
};

/** Returns the number with which the hash of an audit event was made. */
const findNumber = (event: AuditEventDocument): number | undefined => {
  for (let distance = 0; distance <= movesMax; distance += 1) {
    const number = [event.sequence + distance, event.sequence - distance].find((other) => hasHash(event, other));
    if (number !== undefined) return number;
  }
  return undefined;
};

/** Explains an audit event that does not have its hash. */
const explainHash = (event: AuditEventDocument, last: Position, next: AuditEventDocument | undefined): Finding => {
  const { sequence } = event;
  const number = findNumber(event);
  if (number === undefined) return { sequence, problem: 'was altered' };
  if (number === last.sequence && event.previousHash === last.previousHash) {
    return { sequence: last.sequence, problem: 'was inserted' };
  }
  // All that follow a removed audit event were moved by the same distance.
  const isRemoved = number === sequence + 1 && (!next || findNumber(next) === next.sequence + 1);
  return { sequence, problem: isRemoved ? 'was removed' : `was reordered: it had the number ${number}` };
};

/** Compares an audit event with the one before it. */
const checkEvent = (
  event: AuditEventDocument,
  last: Position,
  next: AuditEventDocument | undefined,
): Finding | undefined => {
  const expected = last.sequence + 1;
  if (event.sequence > expected) return { sequence: expected, problem: 'was removed' };
  if (event.sequence < expected) return { sequence: event.sequence, problem: 'was inserted: its number occurs twice' };
  if (!hasHash(event)) return explainHash(event, last, next);
  if (event.previousHash === last.hash) return undefined;
  return { sequence: Math.max(last.sequence, 1), problem: 'was altered, and its hash made again' };
};

const checkStatement = async (
  { sequence, hash, signature }: Statement,
  last: Position,
  { tenantId, readStatement }: ChainReader,
): Promise<string | undefined> => {
  const signed = await readStatement(signature);
  if (!isDeepStrictEqual(signed, { tenantId, sequence, hash })) return 'has a wrong signature';
  return hash === last.hash ? undefined : 'has another hash: this audit event, or one before it, was altered';
};

const checkCheckpoint = async (last: Position, chain: ChainReader): Promise<Finding | undefined> => {
  const { sequence } = last;
  const checkpoint = await chain.findCheckpoint(sequence - 1);
  if (checkpoint?.sequence !== sequence) return { sequence, problem: 'has no checkpoint' };
  const problem = await checkStatement(checkpoint, last, chain);
  return problem === undefined ? undefined : { sequence, problem: `the checkpoint ${problem}` };
};

/** Compares the last audit event that was found with the end of the chain. More may have been appended meanwhile. */
const checkEnd = async (last: Position, chain: ChainReader): Promise<Finding | 'has-more' | undefined> => {
  const { sequence } = last;
  // Before the end: a checkpoint that is stored after this read belongs to a later end.
  const checkpoint = await chain.findCheckpoint(sequence);
  const end = await chain.findEnd();
  if (!end) return { sequence, problem: 'the signed end of the chain was removed' };
  if (end.sequence > sequence) return 'has-more';
  if (checkpoint) return { sequence: sequence + 1, problem: 'was removed' };
  if (end.sequence < sequence)
    return { sequence: end.sequence + 1, problem: 'was inserted after the end of the chain' };
  const problem = await checkStatement(end, last, chain);
  return problem === undefined ? undefined : { sequence, problem: `the signed end of the chain ${problem}` };
};

/** Returns each item with the next one. */
async function* withNext<T>(items: AsyncIterable<T>): AsyncIterable<[T, T | undefined]> {
  let previous: T | undefined;
  for await (const item of items) {
    if (previous !== undefined) yield [previous, item];
    previous = item;
  }
  if (previous !== undefined) yield [previous, undefined];
}

/** Checks the audit events after a position. */
const checkFollowing = async (chain: ChainReader, position: Position): Promise<Position | Finding> => {
  let last = position;
  for await (const [event, next] of withNext(chain.readEvents(position.sequence))) {
    const { sequence, hash, previousHash } = event;
    const wrong = checkEvent(event, last, next);
    if (wrong) return wrong;
    last = { sequence, hash, previousHash };
    const unsigned = sequence % checkpointInterval === 0 ? await checkCheckpoint(last, chain) : undefined;
    if (unsigned) return unsigned;
  }
  return last;
};

/** Returns the first thing that is wrong with a chain, which may grow meanwhile. It holds a few audit events at a time. */
export const verifyChain = async (chain: ChainReader): Promise<{ count: number; finding: Finding | undefined }> => {
  let last = start;
  for (;;) {
    const found = await checkFollowing(chain, last);
    if ('problem' in found) return { count: found.sequence - 1, finding: found };
    const end = await checkEnd(found, chain);
    if (end !== 'has-more') return { count: found.sequence, finding: end };
    if (found.sequence === last.sequence) {
      const sequence = found.sequence + 1;
      return { count: found.sequence, finding: { sequence, problem: 'was removed' } };
    }
    last = found;
  }
};
