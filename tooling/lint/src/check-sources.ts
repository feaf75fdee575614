import { isDomainLayer, placeOf } from './layout.ts';
import { whyNot, whyNotComputed } from './may-import.ts';
import { listSources, readSource, type Source } from './source-files.ts';
import { whyNotSuppressed } from './suppressions.ts';

export type Finding = { file: string; line: number; rule: string; message: string };

// Domains that English has no plural for.
const uncountable = ['audit', 'billing', 'identity', 'storage'];

export const isDomainName = (name: string): boolean =>
  /^[a-z]+(-[a-z]+)*$/.test(name) && (name.endsWith('s') || uncountable.includes(name));

/** Checks the domain axis, deep imports, domain names and suppressions of every source file. */
export async function checkSources(root: string): Promise<{ files: number; imports: number; findings: Finding[] }> {
  const files = await listSources(root);
  const sources = files.map((file) => readSource(root, file));
  return {
    files: files.length,
    imports: sources.reduce((sum, source) => sum + source.imports.length, 0),
    findings: sources.flatMap(findingsOf),
  };
}

function findingsOf({ file, imports, comments }: Source): Finding[] {
  const place = placeOf(file);
  const findings: Finding[] = [];
  const add = (rule: string, line: number, message: string | undefined): void => {
    if (message !== undefined) findings.push({ file, line, rule, message });
  };
  add('domain-folder', 1, whyNotFolder(place));
  for (const { specifier, line } of imports) {
    add('may-import', line, specifier === undefined ? whyNotComputed(place) : whyNot(place, specifier));
  }
  for (const { text, line } of comments) add('suppression-reason', line, whyNotSuppressed(text));
  return findings;
}

function whyNotFolder({ tag, path, domain }: ReturnType<typeof placeOf>): string | undefined {
  if (!isDomainLayer(tag) && tag !== 'service') return undefined;
  if (domain !== undefined) {
    return isDomainName(domain) ? undefined : `"${domain}" is no domain name: write it as a plural in kebab case.`;
  }
  // The typed client has a core that belongs to no domain.
  const isLoose = tag !== 'service-actions' && path.startsWith('src/');
  return isLoose ? `packages/${tag} holds domain folders only: move it to packages/${tag}/src/<domain>/.` : undefined;
}
