import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './check-sources.ts';
import { isDomainLayer, tagOf } from './layout.ts';
import { listPackages } from './source-files.ts';

/** turbo.json may hold comments, which whole lines of ours do; strings with `//` in them stay whole. */
export function readJsonc(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8').replaceAll(/^\s*\/\/.*$/gm, '')) as Record<string, unknown>;
}

/** The tags that turbo.json has a rule for. */
export function knownTags(root: string): string[] {
  const { boundaries } = readJsonc(join(root, 'turbo.json')) as { boundaries?: { tags?: Record<string, unknown> } };
  return Object.keys(boundaries?.tags ?? {});
}

/**
 * turbo passes a package that has no tag, or one that no rule names, in silence; and an export that should not exist
 * makes a deep import possible. So both are checked here.
 */
export async function checkPackages(root: string): Promise<{ packages: string[]; findings: Finding[] }> {
  const packages = await listPackages(root);
  const known = knownTags(root);
  return {
    packages,
    findings: packages.flatMap((dir) => [...tagFindings({ root, dir, known }), ...exportFindings(root, dir)]),
  };
}

type Tagged = { root: string; dir: string; known: readonly string[] };

function tagFindings({ root, dir, known }: Tagged): Finding[] {
  const file = `${dir}/turbo.json`;
  const path = join(root, file);
  const { tags = [] } = (existsSync(path) ? readJsonc(path) : {}) as { tags?: string[] };
  const tag = tagOf(dir);
  const finding = (message: string): Finding[] => [{ file, line: 1, rule: 'package-tag', message }];
  if (!known.includes(tag))
    return finding(
      `No rule of boundaries.tags in turbo.json knows "${tag}": name the layer in tooling/lint/src/layout.ts.`,
    );
  return tags.length === 1 && tags[0] === tag ? [] : finding(`Write "tags": ["${tag}"]; it says [${tags.join(', ')}].`);
}

function exportFindings(root: string, dir: string): Finding[] {
  const file = `${dir}/package.json`;
  const { exports = {} } = readJsonc(join(root, file)) as { exports?: object };
  const tag = tagOf(dir);
  const allowed = isDomainLayer(tag) ? ['./*'] : { service: ['./module'], host: [] }[tag];
  const surplus = allowed === undefined ? [] : Object.keys(exports).filter((key) => !allowed.includes(key));
  return surplus.map((key) => ({
    file,
    line: 1,
    rule: 'package-exports',
    message: `A ${tag} package exports ${allowed?.join(', ') || 'nothing'}; remove "${key}".`,
  }));
}
