import { chmodSync, mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/** Creates .data, which only this user can enter: it has keys and data. Throws one sentence when it cannot be made so. */
export function createDataFolder(root) {
  const folder = join(root, '.data');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Only a write shows whether one is possible: root passes a check of permissions on a read-only disk.
    rmdirSync(mkdtempSync(join(folder, 'probe-')));
    // It may have been there. Only its owner can change the mode.
    chmodSync(folder, 0o700);
  } catch ({ code }) {
    throw new Error(
      `Plinth cannot write to ${folder} (${code}): make it a folder that belongs to this user and can be written to, and run the command again.`,
    );
  }
  return folder;
}
