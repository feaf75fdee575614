import { type FileHandle, open } from 'node:fs/promises';

const BYTES_MAX = 16 * 1024 * 1024;

/**
 * A log that an engine appends to. It stays open here, so that `written()` can read what this run wrote even when its
 * temporary folder is already gone.
 */
export async function openLog(path: string): Promise<{ file: FileHandle; written(): Promise<string> }> {
  const file = await open(path, 'a+');
  let { size: start } = await file.stat();
  if (start > BYTES_MAX) {
    await file.truncate(0);
    start = 0;
  }
  const written = async (): Promise<string> => {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(Math.max(0, size - start)), { position: start });
    return buffer.toString('utf8');
  };
  return { file, written };
}
