import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { resolveFolder } from './kustomize.ts';
import { folder, kustomizations } from './overlay.ts';
import type { Resource } from './resources.ts';

/** kustomize itself, where this machine has it; kubectl carries one. */
const tool = [
  ['kustomize', 'build'],
  ['kubectl', 'kustomize'],
].find(([program = '', verb = '']) => {
  try {
    execFileSync(program, [verb, '--help'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

const byName = (resources: readonly Resource[]): Map<string, Resource> =>
  new Map(resources.map((resource) => [`${resource.kind}/${resource.metadata.name}`, resource]));

/** What kustomize prints, without the hashes of the ConfigMaps. */
const built = (path: string): Resource[] => {
  const [program = '', verb = ''] = tool ?? [];
  const text = execFileSync(program, [verb, join(folder, path)], { encoding: 'utf8' });
  const names = parseAllDocuments(text)
    .map((document) => document.toJS() as Resource)
    .flatMap(({ kind, metadata }) => (kind === 'ConfigMap' ? [metadata.name] : []));
  const plain = names.reduce((all, name) => all.replaceAll(name, name.replace(/-[a-z0-9]{10}$/, '')), text);
  return parseAllDocuments(plain).map((document) => document.toJS() as Resource);
};

// Skipped, and counted as that, where there is no kustomize: then the reader is all that has looked.
it.skipIf(tool === undefined)(
  `the reader comes to the same as ${tool?.join(' ') ?? 'kustomize'}`,
  () => {
    for (const path of kustomizations) {
      expect(byName(resolveFolder(join(folder, path))), path).toEqual(byName(built(path)));
    }
  },
  90_000,
);

describe('the reader of kustomizations refuses', () => {
  const head = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';
  const resolve = (kustomization: string, job = 'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: one\n') => {
    const place = mkdtempSync(join(tmpdir(), 'plinth-kustomize-'));
    onTestFinished(() => rmSync(place, { recursive: true }));
    mkdirSync(join(place, 'one'));
    writeFileSync(join(place, 'one/kustomization.yaml'), `${head}${kustomization}`);
    writeFileSync(join(place, 'one/job.yaml'), job);
    return resolveFolder(join(place, 'one'));
  };

  it('a field that it does not know', () => {
    expect(() => resolve('namePrefix: a-\nresources: [job.yaml]\n')).toThrow('namePrefix');
  });

  it('a patch of what is not there', () => {
    const patch = (kind: string, path: string) =>
      `resources: [job.yaml]\npatches:\n  - target: { kind: ${kind} }\n    patch: |\n      - { op: replace, path: ${path}, value: 1 }\n`;
    expect(() => resolve(patch('Deployment', '/spec'))).toThrow('the patch of Deployment has no target');
    expect(() => resolve(patch('Job', '/spec/backoffLimit'))).toThrow('Job one has nothing at /spec/backoffLimit');
  });

  it('a ConfigMap that is merged into none', () => {
    expect(() => resolve('configMapGenerator: [{ name: a, behavior: merge, literals: [B=c] }]\n')).toThrow(
      'merge the ConfigMap a',
    );
  });
});
