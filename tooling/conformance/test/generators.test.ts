import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '@plinth/dev-databases/programs';
import { type Platform, startPlatform } from '@plinth/load';
import { createId } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { findPython } from './schemathesis.ts';

const { MONGODB_URI: mongodbUri = '', REDIS_URL: redisUrl = '' } = process.env;
/** Each generator is installed with its dependencies, in a folder of its own. */
const timeout = 600_000;

/** Copies the files of a generator to a temporary folder, and adds the OpenAPI document of the platform. */
const createProject = async (generator: string, platform: Platform) => {
  const cwd = await mkdtemp(join(tmpdir(), 'plinth-generator-'));
  onTestFinished(() => rm(cwd, { recursive: true }));
  await cp(fileURLToPath(new URL(`./fixtures/${generator}`, import.meta.url)), cwd, { recursive: true });
  await writeFile(join(cwd, 'openapi.json'), await (await fetch(`${platform.url}/openapi.json`)).text());
  const token = await platform.createToken({ id: createId(), tenantId: createId(), role: 'owner' });
  return {
    execute: (command: readonly [string, ...string[]], env: NodeJS.ProcessEnv = {}) =>
      run(command, { cwd, env: { ...process.env, ...env }, timeout }).catch((error) => {
        // A compiler prints its errors to standard output.
        throw new Error(`${error.message}\n${error.stdout}`);
      }),
    journeyArgs: [platform.url, token],
  };
};

/** The journey of each client: create, list, create again, and change with an old version. */
const outcome = { created: 201, listed: [true], taken: [409, true], stale: [412, true] };

const compilerOptions = [
  '--strict',
  '--target',
  'es2022',
  '--module',
  'node16',
  '--skipLibCheck',
  'false',
  '--outDir',
  'out',
];

describe.runIf(process.env['PLINTH_HEAVY'] === '1')(
  'a client that is generated from the reference',
  { timeout },
  () => {
    let platform: Platform;
    beforeAll(async () => {
      platform = await startPlatform({ mongodbUri, redisUrl });
    }, 90_000);
    afterAll(() => platform.stop(), 60_000);

    // Both need the compiler API of TypeScript 5, which TypeScript 7 does not have.
    it.each(['openapi-typescript', 'hey-api'])('compiles and completes a journey: %s', async (generator) => {
      const { execute, journeyArgs } = await createProject(generator, platform);
      await execute(['npm', 'install', '--silent', '--no-audit', '--no-fund', '--no-package-lock']);
      await execute(['npm', 'run', '--silent', 'generate']);
      await execute(['node', 'node_modules/typescript/bin/tsc', ...compilerOptions, 'journey.ts']);
      expect(JSON.parse(await execute(['node', 'out/journey.js', ...journeyArgs]))).toEqual(outcome);
    });

    it('compiles and completes a journey: openapi-python-client', async () => {
      const { execute, journeyArgs } = await createProject('openapi-python-client', platform);
      const { path: python } = await findPython();
      const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', '--target', 'packages'];
      await execute([python, '-m', 'pip', 'install', ...quiet, '--requirement', 'requirements.txt']);
      const env = { PYTHONPATH: 'packages' };
      const files = [
        '--path',
        'openapi.json',
        '--config',
        'config.yaml',
        '--meta',
        'none',
        '--output-path',
        'plinth_client',
      ];
      await execute([python, '-s', '-m', 'openapi_python_client', 'generate', '--fail-on-warning', ...files], env);
      await execute([python, '-m', 'compileall', '-q', 'plinth_client']);
      expect(JSON.parse(await execute([python, '-s', 'journey.py', ...journeyArgs], env))).toEqual(outcome);
    });
  },
);
