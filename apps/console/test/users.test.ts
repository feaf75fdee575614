import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { unwrap } from '@plinth/service-actions';
import { createUser, deleteUser, getUser, updateUser } from '@plinth/service-actions/users';
import { expect, inject } from 'vitest';
import {
  createApiAs,
  expectMessage,
  fetchToken,
  inspect,
  inspectVariant,
  pressTabUntil,
  signIn,
  useBrowser,
} from './support/console.ts';

const run = promisify(execFile);
const it = useBrowser();
const api = createApiAs('Ada Lovelace');

/** Creates a user whose name is theirs alone, so that tests do not interfere. */
const addUser = (name: string) =>
  unwrap(
    createUser(api, {
      body: { name, email: `${name.toLowerCase().replaceAll(' ', '.')}@acme.example`, role: 'member' },
    }),
  );

it('signs in as a demo user, and switches to another organization', async ({ page }) => {
  await page.goto(inject('url'));
  await page.getByText('Choose a demo account').waitFor();
  await inspect(page, 'sign-in');
  await page.getByRole('button', { name: 'Ada Lovelace' }).click();
  await page.getByRole('link', { name: 'Alan Turing' }).click();
  await page.getByRole('heading', { name: 'Alan Turing' }).waitFor();
  await page.getByRole('button', { name: 'Organization acme' }).click();
  await page.getByRole('menuitemradio', { name: 'Grace Hopper' }).click();
  await page.getByRole('link', { name: 'Gladys West' }).waitFor();
  expect(await page.getByRole('link', { name: 'Alan Turing' }).count()).toBe(0);
  await page.reload();
  await page.getByRole('button', { name: 'Grace Hopper' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByText('Choose a demo account').waitFor();
});

it('offers the sign-in when another page of this origin has stored a credential of its own', async ({ page }) => {
  await page.goto(inject('url'));
  for (const stored of ['text', '{"kind":"demo"}']) {
    await page.evaluate(`localStorage.setItem('credential', '${stored}')`);
    await page.reload();
    await page.getByText('Choose a demo account').waitFor();
  }
});

it('signs in for as long as the page is open when the user forbids storage', async ({ page }) => {
  const forbid = `{ get() { throw new DOMException('denied', 'SecurityError'); } }`;
  const names = ['localStorage', 'sessionStorage'];
  await page.addInitScript({
    content: names.map((name) => `Object.defineProperty(window, '${name}', ${forbid});`).join(''),
  });
  await page.goto(inject('url'));
  await page.getByRole('button', { name: 'Ada Lovelace' }).click();
  await page.getByRole('link', { name: 'Alan Turing' }).waitFor();
});

it('lists, filters, sorts and continues', async ({ page }) => {
  await Promise.all(Array.from({ length: 21 }, (_, index) => addUser(`Listed Zoe ${index + 10}`)));
  await signIn(page, 'Ada Lovelace', '/users');
  const rows = page.getByRole('table', { name: 'Users' }).locator('tbody').getByRole('link');
  await expect.poll(() => rows.count()).toBe(20);
  await inspect(page, 'users');
  await page.getByRole('button', { name: 'Load more' }).click();
  await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(24);
  await page.getByLabel('Sort').selectOption('Name, ascending');
  await expect.poll(() => rows.first().textContent()).toBe('Ada Lovelace');
  await page.getByLabel('Role', { exact: true }).selectOption('Owner');
  await expect.poll(() => rows.allTextContents()).toEqual(['Ada Lovelace']);
  // The API does not filter by role and address together, and sorts neither by name.
  await page.getByLabel('E-mail').fill('listed.zoe.15@acme.example');
  await page.keyboard.press('Enter');
  await expect.poll(() => rows.allTextContents()).toEqual(['Listed Zoe 15']);
  expect(new URL(page.url()).search).toBe('?email=listed.zoe.15%40acme.example');
  await page.getByLabel('E-mail').fill('no.such.user@acme.example');
  await page.keyboard.press('Enter');
  await page.getByText('Nothing matches these filters.').waitFor();
  await inspectVariant(page, 'users-empty');
  await page.getByRole('button', { name: 'Clear the filters' }).click();
  await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(20);
});

it('adds a user by keyboard alone, and says which fields are wrong', async ({ page }) => {
  await page.goto(`${inject('url')}/users`);
  await page.getByText('Choose a demo account').waitFor();
  await pressTabUntil(page, 'Ada Lovelace');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Add user' }).waitFor();
  await pressTabUntil(page, 'Add user');
  await page.keyboard.press('Enter');
  await page.getByLabel('Name').waitFor();
  await pressTabUntil(page, 'Add user');
  await page.keyboard.press('Enter');
  // The first invalid field has the focus.
  await expect.poll(() => page.evaluate('document.activeElement.name')).toBe('name');
  await page.getByText('E-mail is required.').waitFor();
  await inspect(page, 'user-new');
  await page.keyboard.type('Katherine Johnson');
  await page.keyboard.press('Tab');
  await page.keyboard.type('katherine@acme.example');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Katherine Johnson' }).waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  expect(await unwrap(getUser(api, { id }))).toMatchObject({ email: 'katherine@acme.example', role: 'viewer' });
});

it('shows both versions when another user was faster', async ({ page, faults }) => {
  faults.allow(/status of 412/);
  const { id, version } = await addUser('Edited Eve');
  await signIn(page, 'Ada Lovelace', `/users/${id}/edit`);
  await page.getByLabel('Name').fill('My Eve');
  await unwrap(updateUser(api, { id, body: { name: 'Their Eve' }, ifMatch: version }));
  await page.getByRole('button', { name: 'Save' }).click();
  const dialog = page.getByRole('dialog', { name: 'This was changed meanwhile' });
  const names = dialog.getByRole('row', { name: 'Name' }).getByRole('cell');
  await expect.poll(() => names.allTextContents()).toEqual(['Their Eve', 'My Eve']);
  await inspect(page, 'user-conflict');
  await dialog.getByRole('button', { name: 'Take theirs' }).click();
  await expect.poll(() => page.getByLabel('Name').inputValue()).toBe('Their Eve');
  await page.getByLabel('Name').fill('My second Eve');
  await unwrap(updateUser(api, { id, body: { name: 'Their second Eve' }, ifMatch: version + 1 }));
  await page.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('button', { name: 'Keep mine' }).click();
  await page.getByRole('heading', { name: 'My second Eve' }).waitFor();
  expect((await unwrap(getUser(api, { id }))).version).toBe(version + 3);
});

it('changes the role, suspends, reactivates, deletes and restores', async ({ page, faults }) => {
  faults.allow(/status of 404/);
  const { id } = await addUser('Changed Cleo');
  await signIn(page, 'Ada Lovelace', `/users/${id}`);
  await page.getByRole('button', { name: 'Change role' }).click();
  await page.getByLabel('Role', { exact: true }).selectOption('Viewer');
  await inspect(page, 'user-role');
  await page.getByRole('dialog').getByRole('button', { name: 'Change role' }).click();
  await expectMessage(page, 'The role of Changed Cleo was changed.');
  await page.getByRole('button', { name: 'Suspend' }).click();
  await inspectVariant(page, 'user-suspend');
  await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();
  await expectMessage(page, 'Changed Cleo was suspended.');
  await page.getByRole('button', { name: 'Reactivate' }).click();
  await expectMessage(page, 'Changed Cleo was reactivated.');
  await inspect(page, 'user');
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Changed Cleo was deleted.').waitFor();
  await page.getByRole('button', { name: 'Erase for good' }).waitFor();
  await inspectVariant(page, 'user-deleted');
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('heading', { name: 'Changed Cleo' }).waitFor();
  expect(await unwrap(getUser(api, { id }))).toMatchObject({ role: 'viewer', status: 'active' });
});

it('keeps a failure with its fix and the request id until it is closed', async ({ page, faults }) => {
  faults.allow(/status of 40[49]/);
  const { id, version, email } = await addUser('Replaced Rita');
  await unwrap(deleteUser(api, { id, ifMatch: version }));
  await unwrap(createUser(api, { body: { name: 'New Rita', email, role: 'member' } }));
  await signIn(page, 'Ada Lovelace', `/users/${id}`);
  await page.getByRole('button', { name: 'Restore' }).click();
  await page.getByText('A user with this e-mail address already exists.').waitFor();
  await page.getByText('Use another address').waitFor();
  // The page reads the user again after the refusal, and shows its own problem then.
  await expect.poll(() => page.getByRole('button', { name: 'Copy the request id' }).count()).toBe(2);
  await inspectVariant(page, 'user-restore-refused');
  await page.getByRole('button', { name: 'Close' }).click();
});

it('accepts a token where there are no demo accounts, until the API refuses it', async ({ page, faults }) => {
  faults.allow(/status of 40[14]/);
  await page.route('**/demo/accounts', (route) => route.fulfill({ status: 404 }));
  await page.goto(inject('url'));
  await page.getByLabel('Access token').fill('eyJ.nothing');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This is not an access token.').waitFor();
  await inspectVariant(page, 'sign-in-token');
  await page.getByLabel('Access token').fill(await fetchToken('Annie Easley'));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Annie Easley' }).waitFor();
  await page.route('**/v1/users?*', (route) =>
    route.fulfill({ status: 401, json: { code: 'token-expired', fix: 'Renew.' } }),
  );
  await page.getByLabel('Role', { exact: true }).selectOption('Owner');
  await page.getByText('Your session has ended. Sign in again.').waitFor();
});

it('exports the list as lines of JSON, and copies its call as curl and as TypeScript', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await signIn(page, 'Ada Lovelace', '/users?role=owner');
  const copy = async (name: string): Promise<string> => {
    await page.getByRole('button', { name: 'Copy call' }).click();
    await page.getByRole('menuitem', { name }).click();
    await page.getByText('Copied').waitFor();
    return page.evaluate<string>('navigator.clipboard.readText()');
  };
  const command = await copy('Copy as curl');
  const { stdout } = await run('sh', ['-c', command], {
    env: { ...process.env, TOKEN: await fetchToken('Annie Easley') },
  });
  expect((JSON.parse(stdout) as { readonly items: readonly object[] }).items).toMatchObject([{ name: 'Ada Lovelace' }]);
  await page.getByText('Copy call').waitFor();
  expect(await copy('Copy as TypeScript')).toContain('listUsers(api, {\n  query: {\n    role: "owner"\n  }\n})');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('users.ndjson');
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { readonly name: string }).name)).toContain('Alan Turing');
});

it('shows the problem of a refused export', async ({ page, faults }) => {
  faults.allow(/status of 403/);
  await page.route('**/v1/users/export', (route) =>
    route.fulfill({ status: 403, json: { code: 'forbidden', fix: 'Ask an owner.' } }),
  );
  await signIn(page, 'Ada Lovelace', '/users');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByText('Ask an owner.').waitFor();
});

it('has no buttons for what a role may not do, and a problem at an address that it may not use', async ({
  page,
  faults,
}) => {
  faults.allow(/status of 403/);
  await signIn(page, 'Annie Easley', '/users?sort=name');
  await page.getByRole('link', { name: 'Alan Turing' }).click();
  await page.getByRole('heading', { name: 'Alan Turing' }).waitFor();
  const buttons = page.locator('main').getByRole('button');
  expect(await buttons.allTextContents()).toEqual(['Copy call', '']);
  await page.goBack();
  await page.getByRole('link', { name: 'Annie Easley' }).click();
  await page.getByRole('heading', { name: 'Annie Easley' }).waitFor();
  // Users may change their own name, whatever their role.
  expect(await page.getByRole('link', { name: 'Edit' }).count()).toBe(1);
  await page.goto(`${inject('url')}/users/new`);
  await page.getByLabel('Name').fill('Not Allowed');
  await page.getByLabel('E-mail').fill('not.allowed@acme.example');
  await page.getByRole('button', { name: 'Add user' }).click();
  await page
    .getByRole('alert')
    .getByText(/^Request /)
    .waitFor();
  await inspect(page, 'user-refused');
});
