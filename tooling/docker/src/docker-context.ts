import { cp, readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/**
 * Copies what a build is given of a folder: what its ignore file leaves. As in Docker, the last line that matches a path
 * or a folder above it decides, and `!` takes back.
 */
export async function copyContext(root: string, { ignoreFile, to }: { ignoreFile: string; to: string }): Promise<void> {
  const isIgnored = readIgnoreFile(await readFile(ignoreFile, 'utf8'));
  for (const name of await readdir(root)) {
    if (isIgnored(name)) continue;
    await cp(join(root, name), join(to, name), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !isIgnored(relative(root, source)),
    });
  }
}

/** Says of a path relative to the folder whether the lines of an ignore file leave it out. */
export function readIgnoreFile(lines: string): (path: string) => boolean {
  const rules = lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ takesBack: line.startsWith('!'), pattern: patternOf(line.replace(/^!/, '')) }));
  return (path) => {
    const parts = path.split('/');
    const lineage = parts.map((_, depth) => parts.slice(0, depth + 1).join('/'));
    const last = rules.findLast(({ pattern }) => lineage.some((one) => pattern.test(one)));
    return last !== undefined && !last.takesBack;
  };
}

// Unlike a shell's, Docker's `*` matches a name that begins with a dot; `**` crosses folders.
const patternOf = (glob: string): RegExp => {
  const source = glob.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll(/\*\*\/|\*|\?/g, (mark) => {
    if (mark === '**/') return '(?:.*/)?';
    return mark === '*' ? '[^/]*' : '[^/]';
  });
  return new RegExp(`^${source}$`);
};
