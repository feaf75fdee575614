import { statfs } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';
import type { FindOptions } from './programs/find.ts';

/** A server of the tests has less than a gigabyte of data, and several run at a time. */
const freeBytesMin = 4 * 2 ** 30;

/**
 * Returns the folder for temporary data: the default one, or memory for volatile data if TMPDIR is not set and memory has
 * the space. Creating a collection on a disk takes five times as long. A container has 64 MB of `/dev/shm` by default.
 */
export async function findTemporaryRoot(
  { env, isVolatile = false }: Pick<FindOptions, 'env'> & { isVolatile?: boolean | undefined },
  memoryRoot = '/dev/shm',
): Promise<string> {
  if (!isVolatile || env['TMPDIR'] || freemem() < freeBytesMin) return tmpdir();
  const free = await statfs(memoryRoot).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  );
  return free < freeBytesMin ? tmpdir() : memoryRoot;
}
