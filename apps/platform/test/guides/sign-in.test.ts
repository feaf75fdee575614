import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generateSigningKey, toPublicJwk } from '@plinth/auth';
import { type Child, createServiceSettings, type Service, startChild, startService } from '@plinth/testing/process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { entrypoints } from '../entrypoints.ts';
import { readCommands, runExamples, toPattern } from './http-page.ts';

const page = readFileSync(new URL('../../../../docs/guides/sign-in.md', import.meta.url), 'utf8');
const workerFolder = fileURLToPath(new URL('../../../worker', import.meta.url));

let platform: Service;
let worker: Child;
beforeAll(async () => {
  const key = await generateSigningKey();
  const settings = {
    ...createServiceSettings(),
    // As `npm start` does: the key that signs is one of those that are trusted.
    NODE_ENV: 'development',
    IDENTITY_SIGNING_KEY: JSON.stringify(key),
    AUTH_JWKS: JSON.stringify({ keys: [toPublicJwk(key)] }),
    AUDIT_SIGNING_KEY: JSON.stringify(await generateSigningKey()),
    LOG_LEVEL: 'fatal',
  };
  platform = await startService(entrypoints.platform, settings);
  worker = startChild(['node', 'src/main.ts'], { cwd: workerFolder, env: settings });
}, 60_000);
afterAll(async () => {
  await worker.end();
  await platform.end();
});

it('the guide of sign-in shows what its commands print', async () => {
  const examples = readCommands(page);
  const outputs = await runExamples(examples, { url: platform.url, token: '' });
  for (const [index, { command, shown }] of examples.entries()) {
    const output = outputs[index] ?? '';
    // The comparison of the texts shows the difference.
    if (!toPattern(shown).test(output)) expect(output, command).toBe(shown);
  }
  expect(outputs).toHaveLength(examples.length);
}, 60_000);
