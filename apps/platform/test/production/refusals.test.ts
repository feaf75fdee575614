import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestIssuer } from '@plinth/auth/testing';
import { createServiceSettings, type Environment, nodeCommand, startChild } from '@plinth/testing/process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { entrypoints } from '../entrypoints.ts';

const timeout = 120_000;

const risky = {
  MONGODB_URI: 'mongodb://db.test.example/?tlsAllowInvalidCertificates=true',
  REDIS_URL: 'redis://cache.test.example',
  NODE_TLS_REJECT_UNAUTHORIZED: '0',
  PUBLIC_URL: 'http://api.test.example',
  CORS_ORIGINS: 'http://app.test.example',
};

const sentences = [
  'MONGODB_URI connects without TLS. Add tls=true to it, or add mongodb-without-tls to ALLOW_INSECURE.',
  'MONGODB_URI has no user and password. ',
  'MONGODB_URI accepts invalid certificates. ',
  'REDIS_URL connects without TLS. ',
  'REDIS_URL has no password. ',
  'NODE_TLS_REJECT_UNAUTHORIZED accepts the invalid certificates of every server. ',
  'PUBLIC_URL is not an https:// URL. ',
  'CORS_ORIGINS has an origin without https://. ',
  'AUTH_ISSUER is the default, which issuers of other deployments have too. ',
  'AUTH_AUDIENCE is the default, which tokens for other deployments have too. ',
];
const demoSentence = 'DEMO_DATA adds users whose ids are public. ';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-refusals-'));
  await writeFile(join(folder, '.env'), 'DEMO_DATA=true\n');
});
afterAll(() => rm(folder, { recursive: true }));

const run = async (script: URL, env: Environment, ...args: readonly string[]) => {
  const command = nodeCommand(script, ...args);
  const { exited, output } = startChild(command, { env: { NODE_ENV: 'production', ...env }, cwd: folder });
  return { code: (await exited)[0], stdout: output.stdout, stderr: output.stderr };
};

const listIssues = (stderr: string): string[] => stderr.split('\n').filter((line) => line.startsWith('  '));

const createSettings = async (): Promise<Environment> => ({
  ...createServiceSettings(),
  ...(await createTestIssuer()).settings,
  PORT: '0',
  ...risky,
});

it.each([
  ['platform', [...sentences, demoSentence]],
  ['svc-users', sentences],
] as const)(
  '%s names all risks together, with the settings that are not valid, and does not start',
  async (app, expected) => {
    const env = await createSettings();
    const { code, stdout, stderr } = await run(entrypoints[app], { ...env, ALLOW_INSECURE: undefined, HOST: 'a b' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const issues = [
      'HOST is not valid. ',
      ...expected,
      `${join(folder, '.env')} is a file of settings for development. `,
    ];
    expect(listIssues(stderr)).toEqual(issues.map((issue) => expect.stringContaining(`  ${issue}`)));
    expect(stderr).not.toContain('test.example');
  },
  timeout,
);

it(
  'starts with the risks that ALLOW_INSECURE names',
  async () => {
    const env = await createSettings();
    const names = ['mongodb-invalid-certificates', 'invalid-certificates', 'http-origins', 'demo-data'];
    const allowed = { ...env, ALLOW_INSECURE: [env['ALLOW_INSECURE'], ...names].join() };
    const { code, stderr } = await run(entrypoints.platform, allowed, '--check');
    // Node itself warns of NODE_TLS_REJECT_UNAUTHORIZED.
    expect({ code, issues: listIssues(stderr) }).toEqual({ code: 0, issues: [] });
  },
  timeout,
);

it(
  'npm run db refuses the risks of its settings, and demo data',
  async () => {
    const script = new URL('../../src/db.ts', import.meta.url);
    const { MONGODB_URI, MONGODB_DATABASE_PREFIX, ALLOW_INSECURE } = createServiceSettings();
    const local = { MONGODB_URI, MONGODB_DATABASE_PREFIX };
    const refused = await run(script, local, 'status');
    expect({ code: refused.code, issues: listIssues(refused.stderr) }).toEqual({
      code: 1,
      issues: [
        expect.stringContaining('add mongodb-without-tls to'),
        expect.stringContaining('add mongodb-without-credentials to'),
        expect.stringContaining('add env-file to'),
      ],
    });
    expect(await run(script, { ...local, ALLOW_INSECURE }, 'seed')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^seed adds users whose ids are public, .*Add demo-data to ALLOW_INSECURE/),
    });
  },
  timeout,
);
