import { findAccessibilityFaults, useBrowser } from '@plinth/browser';
import { type Api, createApi } from '@plinth/service-actions';
import type { Page } from 'playwright-core';
import { expect, inject } from 'vitest';

export { useBrowser };

type Account = { readonly name: string; readonly token: string };

const findAccount = async (name: string): Promise<Account> => {
  const response = await fetch(`${inject('url')}/demo/accounts`);
  const { accounts } = (await response.json()) as { readonly accounts: readonly Account[] };
  const account = accounts.find((other) => other.name === name);
  if (!account) throw new Error(`There is no demo account of ${name}.`);
  return account;
};

/** Returns a token of a demo user. */
export const fetchToken = async (name: string): Promise<string> => (await findAccount(name)).token;

/** Calls the API as a demo user, independently of the page. */
export const createApiAs = (name: string): Api => createApi({ baseUrl: inject('url'), token: () => fetchToken(name) });

/** Opens the console at a path, as a demo user who has signed in before. */
export const signIn = async (page: Page, name: string, path = '/'): Promise<void> => {
  const { token: _token, ...user } = await findAccount(name);
  const credential = JSON.stringify(JSON.stringify({ kind: 'demo', ...user }));
  await page.addInitScript({ content: `localStorage.setItem('credential', ${credential})` });
  await page.goto(inject('url') + path);
};

/** Waits for a message of the console, and closes it. */
export const expectMessage = async (page: Page, text: string): Promise<void> => {
  const message = page.getByRole('dialog').filter({ hasText: text });
  await message.waitFor();
  await message.getByRole('button', { name: 'Close' }).click();
};

const stepsMax = 40;

/** Presses Tab until an element with this name has the focus. */
export const pressTabUntil = async (page: Page, name: string): Promise<void> => {
  for (let step = 0; step < stepsMax; step++) {
    await page.keyboard.press('Tab');
    const text = await page.evaluate<string>('document.activeElement.innerText');
    if (text.includes(name)) return;
  }
  throw new Error(`Tab, pressed ${stepsMax} times, does not reach "${name}".`);
};

const hasSidewaysScroll = 'document.documentElement.scrollWidth > innerWidth';

const isHeavy = process.env['PLINTH_HEAVY'] === '1';

const keepScreenshot = async (page: Page, name: string): Promise<void> => {
  if (isHeavy) await page.screenshot({ path: `screenshots/${name}.png`, animations: 'disabled' });
};

/** Asserts that a screen is accessible in both themes and fits the narrowest window. `PLINTH_HEAVY=1` keeps a picture of each. */
export const inspect = async (page: Page, name: string): Promise<void> => {
  const size = { width: 1280, height: 800 };
  for (const [colorScheme, rules] of [
    ['light', 'all'],
    ['dark', 'color'],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-theme=${colorScheme}]`).waitFor();
    // Colors may change over a frame.
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
    await expect
      .poll(() => findAccessibilityFaults(page, { rules }), { message: `${name}, ${colorScheme}` })
      .toEqual([]);
    await keepScreenshot(page, `${name}-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 360, height: 740 });
  await keepScreenshot(page, `${name}-narrow`);
  // The layout may follow the size of the window after a frame.
  await expect.poll(() => page.evaluate(hasSidewaysScroll), { message: `${name} scrolls sideways` }).toBe(false);
  await page.setViewportSize(size);
};

/** Inspects a screen that resembles an inspected one, with `PLINTH_HEAVY=1` only. */
export const inspectVariant = async (page: Page, name: string): Promise<void> => {
  if (isHeavy) await inspect(page, name);
};
