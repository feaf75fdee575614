import type { AddressInfo } from 'node:net';
import { findAccessibilityFaults, useBrowser } from '@plinth/browser';
import { openTestDatastore } from '@plinth/mongo/testing';
import { openTestHost, type TestHost } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { modules } from '../src/modules.ts';
import { localPorts } from './local-ports.ts';

const it = useBrowser();
/** The script of the reference is large, for a busy machine too. */
const timeout = 90_000;

let host: TestHost;
let url: string;
beforeAll(async () => {
  host = await openTestHost({ modules, localPorts, datastore: await openTestDatastore() });
  await host.server.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(host.server.server.address() as AddressInfo).port}`;
});
afterAll(() => host.close());

// The fixture `faults` fails each of these tests for an error in the console, a violation of the policy or a request to another host.
describe('the reference in a browser', () => {
  it('is accessible in light and dark', { timeout }, async ({ page, keepScreenshot }) => {
    await page.goto(`${url}/docs`);
    await page.getByText('Create a user').first().waitFor({ timeout });
    expect(await findAccessibilityFaults(page)).toEqual([]);
    await keepScreenshot('docs-light');
    await page.getByRole('button', { name: 'Set dark mode' }).click();
    expect(await findAccessibilityFaults(page, { rules: 'color' })).toEqual([]);
    await keepScreenshot('docs-dark');
  });

  it('leads from an error to an operation, and sends a request with the token of the reader', { timeout }, async ({
    page,
    keepScreenshot,
  }) => {
    const owner = { id: createId(), tenantId: createId(), roles: ['owner'] };
    const name = 'Grace Hopper';
    const created = await (await host.as(owner)).post('/v1/users', {
      name,
      email: 'grace@acme.example',
      role: 'owner',
    });
    expect(created.status).toBe(201);
    await page.goto(`${url}/errors/common/invalid-cursor`);
    await page.getByRole('link', { name: 'GET /v1/users', exact: true }).click();
    await page.getByRole('heading', { name: 'List users' }).waitFor({ timeout });
    const token = await host.signToken(owner);
    await page.getByPlaceholder('Token').first().fill(token);
    await page.getByRole('button', { name: 'Test Request (get /v1/users)', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: /^Send get request/ }).click();
    await dialog.getByText('200 OK').waitFor({ timeout });
    expect(await dialog.innerText()).toContain(`"name": "${name}"`);
    await keepScreenshot('docs-request');
    const stored = await page.context().storageState({ indexedDB: true });
    expect(JSON.stringify(stored), 'the token ends with the page').not.toContain(token);
  });
});

describe('the pages of errors in a browser', () => {
  it('are accessible in light and dark', { timeout }, async ({ page, keepScreenshot }) => {
    await page.goto(`${url}/errors`);
    expect(await findAccessibilityFaults(page)).toEqual([]);
    await keepScreenshot('errors');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.getByRole('link', { name: 'email-taken' }).click();
    expect(await findAccessibilityFaults(page)).toEqual([]);
    await keepScreenshot('error-dark');
  });
});
