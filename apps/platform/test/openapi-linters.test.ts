import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import spectralCore, { type RulesetDefinition } from '@stoplight/spectral-core';
import spectralRulesets from '@stoplight/spectral-rulesets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createArtifacts } from '../src/artifacts/artifacts.ts';

const run = promisify(execFile);
const redocly = fileURLToPath(import.meta.resolve('@redocly/cli/bin/cli.js'));
const toPath = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url));
const text = createArtifacts()['docs/openapi.json'] ?? '';
const { contact: _, license: __, ...info } = JSON.parse(text).info;
/** A response whose example its schema refuses. */
const content = { 'application/json': { schema: { type: 'integer' }, example: 'one' } };
const faulty = JSON.stringify({
  openapi: '3.1.0',
  info,
  servers: [{ url: 'https://api.example.com' }],
  paths: {
    '/count': {
      get: { operationId: 'count', summary: 'Count', security: [], responses: { 200: { description: 'OK', content } } },
    },
  },
});
/** A linter reads the whole document, on a busy machine for more than the usual time of a test. */
const timeoutMs = 90_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-openapi-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const lintWithRedocly = async (document: string): Promise<string[]> => {
  const path = join(folder, 'openapi.json');
  await writeFile(path, document);
  const { stdout } = await run(
    process.execPath,
    [redocly, 'lint', path, '--config', toPath('redocly.yaml'), '--format=json'],
    {
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    },
  );
  const { problems } = JSON.parse(stdout) as { problems: { ruleId: string; location: { pointer: string }[] }[] };
  return problems.map(({ ruleId, location }) => `${ruleId} at ${location[0]?.pointer}`);
};

const lintWithSpectral = async (document: string): Promise<string[]> => {
  const spectral = new spectralCore.Spectral();
  // Only its command line resolves the names of its rulesets.
  const resolve = (_: unknown, value: unknown) => (value === 'spectral:oas' ? spectralRulesets.oas : value);
  spectral.setRuleset(parse(await readFile(toPath('spectral.yaml'), 'utf8'), resolve) as RulesetDefinition);
  const findings = await spectral.run(document);
  return findings.map(({ code, path }) => `${code} at ${path.join('/')}`);
};

describe.each([
  { linter: 'Redocly', lint: lintWithRedocly, rules: ['info-license', 'no-invalid-media-type-examples'] },
  { linter: 'Spectral', lint: lintWithSpectral, rules: ['info-contact', 'oas3-valid-media-example'] },
])('the recommended rules of $linter', ({ lint, rules }) => {
  it('find neither errors nor warnings in docs/openapi.json', { timeout: timeoutMs }, async () => {
    expect(await lint(text)).toEqual([]);
  });

  it('find injected faults: missing information, and an example that is not valid', {
    timeout: timeoutMs,
  }, async () => {
    const findings = await lint(faulty);
    for (const rule of rules) expect(findings).toContainEqual(expect.stringContaining(rule));
  });
});
