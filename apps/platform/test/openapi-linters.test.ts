import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import spectralCore, { type RulesetDefinition } from '@stoplight/spectral-core';
import spectralRulesets from '@stoplight/spectral-rulesets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createArtifacts } from '../src/artifacts/artifacts.ts';

const run = promisify(execFile);
const redocly = new URL(import.meta.resolve('@redocly/cli/bin/cli.js')).pathname;
const text = createArtifacts()['docs/openapi.json'] ?? '';
const faulty = text.replace('"contact"', '"x-contact"').replace('"license"', '"x-license"');

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
  const { stdout } = await run(process.execPath, [redocly, 'lint', path, '--extends=recommended', '--format=json'], {
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  });
  const { problems } = JSON.parse(stdout) as { problems: { ruleId: string; location: { pointer: string }[] }[] };
  return problems.map(({ ruleId, location }) => `${ruleId} at ${location[0]?.pointer}`);
};

const lintWithSpectral = async (document: string): Promise<string[]> => {
  const spectral = new spectralCore.Spectral();
  spectral.setRuleset({ extends: [[spectralRulesets.oas as RulesetDefinition, 'recommended']] });
  const findings = await spectral.run(document);
  return findings.map(({ code, path }) => `${code} at ${path.join('/')}`);
};

describe.each([
  { linter: 'Redocly', lint: lintWithRedocly, rule: 'info-license' },
  { linter: 'Spectral', lint: lintWithSpectral, rule: 'info-contact' },
])('the recommended rules of $linter', ({ lint, rule }) => {
  it('find neither errors nor warnings in docs/openapi.json', async () => {
    expect(await lint(text)).toEqual([]);
  });

  it('find an injected fault', async () => {
    expect(await lint(faulty)).toContainEqual(expect.stringContaining(rule));
  });
});
