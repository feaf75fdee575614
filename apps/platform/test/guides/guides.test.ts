import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestIssuer } from '@plinth/auth/testing';
import { useBrowser } from '@plinth/browser';
import { getFreePort } from '@plinth/testing';
import { createServiceSettings, type Service, startService } from '@plinth/testing/process';
import { preview } from 'vite';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { getDemoUser } from '../../src/demo/users.ts';
import { entrypoints } from '../entrypoints.ts';
import { buildFrontend, readFrontend } from './frontend-page.ts';
import { readExamples, runExamples, toPattern } from './http-page.ts';

const it = useBrowser();

const guides = new URL('../../../../docs/guides/', import.meta.url);
const readGuide = (name: string): string => readFileSync(new URL(name, guides), 'utf8');
const frontend = readFrontend(readGuide('frontend.md'));

let platform: Service;
let token: string;
let origin: string;
beforeAll(async () => {
  const issuer = await createTestIssuer();
  origin = frontend.origin.replace('5173', String(await getFreePort()));
  const settings = {
    ...createServiceSettings(),
    ...issuer.settings,
    // As `npm start` does.
    NODE_ENV: 'development',
    DEMO_DATA: 'true',
    LIMIT_IP_PER_MINUTE: '600000',
    LIMIT_ANONYMOUS_PER_MINUTE: '600000',
    CORS_ORIGINS: origin,
    LOG_LEVEL: 'fatal',
  };
  platform = await startService(entrypoints.platform, settings);
  const { id, tenantId, role } = getDemoUser('acme', 'owner');
  token = await issuer.createToken({ id, tenantId, roles: [role] });
});
afterAll(async () => void (await platform.end()));

/** Runs the commands of a page, and compares their outputs with those that it shows. */
const check = async (page: string): Promise<void> => {
  const examples = readExamples(page);
  const outputs = await runExamples(examples, { url: platform.url, token });
  for (const [index, { command, shown }] of examples.entries()) {
    const output = outputs[index] ?? '';
    // The comparison of the texts shows the difference.
    if (!toPattern(shown).test(output)) expect(output, command).toBe(shown);
  }
};

describe('a guide for HTTP clients', () => {
  it.each(readdirSync(new URL('http', guides)))(
    'shows what its commands print: %s',
    async (name) => {
      await check(readGuide(`http/${name}`));
    },
    60_000,
  );
});

describe('a guide', () => {
  it.each(['events.md', 'sagas.md', 'pricing-rules.md', 'roles.md', 'imports.md'])(
    'shows what its commands print: %s',
    (name) => check(readGuide(name)),
    60_000,
  );
});

describe('the check of a guide', () => {
  const setup = '    URL=http://127.0.0.1:3000\n    TOKEN=$(npm run --silent token)\n';
  const toPage = (shown: string): string =>
    `${setup}\`\`\`sh\ncurl -s "$URL/v1/users/me" -H "Authorization: Bearer $TOKEN"\n\`\`\`\n\`\`\`json\n${shown}\`\`\`\n`;

  it('accepts what differs each time, and what a page leaves out', async () => {
    await check(toPage('{\n  "id": "…",\n  …\n  "name": "Ada Lovelace",\n  …\n}\n'));
  });

  it.each([
    ['another value', '{\n  …\n  "name": "Ada King",\n  …\n}\n'],
    ['a missing field', '{\n  …\n  "age": …\n  …\n}\n'],
    ['fields in another order', '{\n  …\n  "name": "Ada Lovelace",\n  "id": "…",\n  …\n}\n'],
    ['an output that ends early', '{\n  …\n  "name": "Ada Lovelace",\n'],
  ])('finds %s', async (_, shown) => {
    await expect(check(toPage(shown))).rejects.toThrow('curl');
  });

  it.each([
    ['has no command', setup, 'has no command'],
    ['shows no output', `${setup}\`\`\`sh\ncurl "$URL"\n\`\`\`\n`, 'shows no output'],
    ['shows nothing of an output', toPage('…\n'), 'an empty output'],
    [
      'has a command that fails',
      `${setup}\`\`\`sh\nnone\n\`\`\`\n\`\`\`text\nnone\n\`\`\`\n`,
      'none: command not found',
    ],
    ['does not say what the variables are', '```sh\ncurl "$URL"\n```\n```text\nnone\n```\n', 'set its variables'],
  ])('finds a page that %s', async (_, page, message) => {
    await expect(check(page)).rejects.toThrow(message);
  });
});

describe('the guide of a page in a browser', () => {
  it('names packages of the repository', () => {
    const { dependencies, devDependencies } = JSON.parse(frontend.files[0]?.text ?? '');
    const own = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(own.devDependencies).toMatchObject({ ...dependencies, ...devDependencies });
  });

  it('builds a page that lists users, adds one and shows a problem, from another origin', async ({
    page,
    faults,
    keepScreenshot,
    onTestFinished,
  }) => {
    faults.allow(/status of 409/);
    const folder = await mkdtemp(join(tmpdir(), 'plinth-page-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await buildFrontend(frontend, { folder, apiUrl: platform.url });
    const server = { host: 'localhost', port: Number(new URL(origin).port), strictPort: true };
    const { close } = await preview({ root: folder, preview: server });
    onTestFinished(close);
    page.on('dialog', (dialog) => dialog.accept(token));
    await page.goto(origin);
    await page.getByText('Ada Lovelace, owner@acme.example').waitFor();
    const add = async (email: string): Promise<void> => {
      await page.getByLabel('Name').fill('Grace Hopper');
      await page.getByLabel('E-mail').fill(email);
      await page.getByRole('button').click();
    };
    await add(frontend.takenEmail);
    await page.getByText(frontend.problem).waitFor();
    await add('grace@acme.example');
    await page.getByText('Grace Hopper, grace@acme.example').waitFor();
    await page.getByText('Grace Hopper was added.').waitFor();
    await keepScreenshot('guide-frontend');
  });
});
