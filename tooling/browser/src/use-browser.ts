import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findChromium } from './find-chromium.ts';
import { collectFaults } from './page-faults.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** The missing requirement of a skipped test, for the closing line of `npm test`. */
    skipReason?: string;
  }
}

/** The first run on a machine may have to download Chromium. */
const openTimeoutMs = 900_000;

/** Chromium does not run as root with its sandbox. */
const chromiumSandbox = process.getuid?.() !== 0;

/** A picture costs as much time as a step of a test. */
const keepsScreenshots = process.env['PLINTH_HEAVY'] === '1';

/** Returns undefined where there is no Chromium and none can be downloaded. */
const openBrowser = async (): Promise<Browser | undefined> => {
  const executablePath = await findChromium({ env: process.env, log: console.error }).catch((error: Error) =>
    console.error(`${error.message} Tests in a browser are skipped.`),
  );
  return executablePath === undefined ? undefined : await chromium.launch({ executablePath, chromiumSandbox });
};

/**
 * Opens one Chromium for the tests of a file. Returns `it` with a `page` in a context of its own. A test fails when its pages had an
 * error that `faults.allow` does not name. With `PLINTH_HEAVY=1`, `keepScreenshot` writes a picture to the folder `screenshots` of
 * the package.
 */
export const useBrowser = () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await openBrowser();
  }, openTimeoutMs);
  afterAll(() => browser?.close());
  return it
    .extend('context', async ({ task, skip }, { onCleanup }) => {
      if (!browser) {
        task.meta.skipReason = 'a browser';
        return skip();
      }
      const context = await browser.newContext({ reducedMotion: 'reduce' });
      onCleanup(() => context.close());
      return context;
    })
    .extend('faults', { auto: true }, async ({ context }, { onCleanup }) => {
      const faults = await collectFaults(context);
      onCleanup(async () => expect(await faults.list()).toEqual([]));
      return faults;
    })
    .extend('page', ({ context }) => context.newPage())
    .extend('keepScreenshot', ({ page }) => async (name: string): Promise<void> => {
      if (!keepsScreenshots) return;
      await page.screenshot({ path: join('screenshots', `${name}.png`), animations: 'disabled' });
    });
};
