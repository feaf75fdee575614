import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the real tree. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

export type Tree = { dir: string; write: (file: string, content: string | object) => void; remove: () => void };

/** A throwaway directory outside the repository. */
export function aTree(): Tree {
  const dir = mkdtempSync(join(tmpdir(), 'plinth-lint-'));
  return {
    dir,
    write(file, content) {
      mkdirSync(dirname(join(dir, file)), { recursive: true });
      writeFileSync(join(dir, file), typeof content === 'string' ? content : JSON.stringify(content));
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Gives a tree the real lint configuration. Only the packages that it needs: a linked node_modules would be walked. */
export function withLintConfig({ dir }: Tree): void {
  const copied = ['oxlint.config.ts', 'tooling/lint/src', 'tsconfig.json', 'tsconfig.base.json'];
  for (const path of copied) cpSync(join(root, path), join(dir, path), { recursive: true });
  mkdirSync(join(dir, 'node_modules'));
  for (const name of ['.bin', 'oxlint', '@types']) {
    symlinkSync(join(root, 'node_modules', name), join(dir, 'node_modules', name));
  }
}
