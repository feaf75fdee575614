import { commonErrors } from '@plinth/contract-kit';
import { type CommitRecords, writeSetBytesMax } from '@plinth/data-kit';
import { BSON } from 'mongodb';
import { toKeyId } from '../journal/idempotency-keys.ts';
import { hasSingleId } from './statements.ts';
import type { Write } from './write.ts';

/** An idempotency key or a version of a document that a set needs. Two sets with the same claim fit one group only if both share it. */
export type Claim = {
  readonly name: string;
  /** True when the set only requires the version and does not change the document. */
  readonly isShared: boolean;
};

/** The writes of one unit of work, their journal rows and key, with the values that decide which sets share a transaction. */
export type CommitSet = CommitRecords & {
  readonly writes: readonly Write[];
  readonly bytes: number;
  readonly claims: readonly Claim[];
  /** True when the writes can share commands with those of other sets and a failed condition is still detected. */
  readonly isGroupable: boolean;
};

/** The fields of a command besides a document, a filter or a change. */
const overheadBytes = 64;

const getBytes = (write: Write): number => {
  if ('document' in write) return BSON.calculateObjectSize(write.document);
  const filterBytes = BSON.calculateObjectSize(write.filter);
  return write.kind === 'update' ? filterBytes + BSON.calculateObjectSize(write.update) : filterBytes;
};

const getClaims = (write: Write): Claim[] => {
  if ('document' in write || !('version' in write.filter)) return [];
  const name = `version ${write.collection} ${JSON.stringify(write.filter['_id'])}`;
  return [{ name, isShared: write.kind === 'update' && write.isRequirement === true }];
};

/** @throws `change-too-large` for a set that does not fit one transaction. */
export const createCommitSet = (writes: readonly Write[], { rows, keyRecord }: CommitRecords): CommitSet => {
  const recordBytes = [...rows, keyRecord]
    .filter((record) => record !== undefined)
    .map((record) => BSON.calculateObjectSize(record) + overheadBytes);
  const writeBytes = writes.map((write) => getBytes(write) + overheadBytes);
  const bytes = [...writeBytes, ...recordBytes].reduce((sum, size) => sum + size, 0);
  if (bytes > writeSetBytesMax) throw commonErrors.changeTooLarge();
  return {
    writes,
    rows,
    keyRecord,
    bytes,
    claims: [
      ...(keyRecord ? [{ name: `key ${toKeyId(keyRecord)}`, isShared: false }] : []),
      ...writes.flatMap(getClaims),
    ],
    isGroupable: writes.every(hasSingleId),
  };
};
