import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../src/workspace.ts';

export type Tree = { dir: string; write: (file: string, content: string | object) => void; remove: () => void };

/** Creates a temporary directory outside the repository. */
export function createTree(): Tree {
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

/** Adds the lint configuration to a tree, with the packages that it needs: oxlint would follow a linked node_modules. */
export function addLintConfig({ dir }: Tree): void {
  const copied = ['oxlint.config.ts', 'tooling/lint/src', 'tsconfig.json', 'tsconfig.base.json'];
  for (const path of copied) cpSync(join(root, path), join(dir, path), { recursive: true });
  mkdirSync(join(dir, 'node_modules'));
  for (const name of ['.bin', 'oxlint', '@types']) {
    symlinkSync(join(root, 'node_modules', name), join(dir, 'node_modules', name));
  }
}
