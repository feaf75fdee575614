import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { expectMessage, inspect, pressTabUntil, signIn, useBrowser } from './support/console.ts';

const it = useBrowser();

const header = 'sku,name,price.amount,price.currency,stock';
const toFile = (lines: readonly string[], name = 'products.csv') => ({
  name,
  mimeType: 'application/vnd.ms-excel',
  buffer: Buffer.from([header, ...lines].join('\n')),
});

it('a file of products is imported with its progress and its errors, by keyboard', async ({ page, faults }) => {
  faults.allow(/status of 400/);
  await signIn(page, 'Ada Lovelace', '/products');
  await page.getByRole('link', { name: 'Import' }).waitFor();
  await pressTabUntil(page, 'Import');
  await page.keyboard.press('Enter');
  const file = page.getByLabel('File');
  await file.waitFor();
  expect(await page.getByRole('button', { name: 'Import' }).isDisabled()).toBe(true);
  await file.setInputFiles(toFile(['TEA-X,"Open quote']));
  await page.getByRole('button', { name: 'Import' }).click();
  await page.getByRole('alert').getByText('The CSV is malformed at line 2').waitFor();
  await inspect(page, 'product-import');
  await file.setInputFiles(
    toFile(['IMPORT-1,Imported tea,690,EUR,40', 'IMPORT-2,Imported tea,,EUR,', 'IMPORT-1,Twin,1,EUR,']),
  );
  await file.focus();
  await pressTabUntil(page, 'Import');
  await page.keyboard.press('Enter');
  await page.getByText('Succeeded').waitFor({ timeout: 20_000 });
  await page.getByRole('status').getByText('3 of 3 done, 2 refused').waitFor();
  const errors = page.getByRole('table', { name: 'Refused lines' });
  await errors.getByText('price/amount is required.').waitFor();
  await errors.getByText('A product with this SKU already exists.').waitFor();
  await inspect(page, 'operation');
  await page.getByRole('link', { name: 'Products' }).last().click();
  await page.getByRole('link', { name: 'Imported tea' }).waitFor();
});

it('an import that is running is cancelled', async ({ page, faults }) => {
  faults.allow(/status of 409/);
  await signIn(page, 'Ada Lovelace', '/products/import');
  const lines = Array.from({ length: 20_000 }, (_, index) => `BULK-${index},,1,EUR,`);
  await page.getByLabel('File').setInputFiles(toFile(lines));
  await page.getByRole('button', { name: 'Import' }).click();
  await page.getByRole('progressbar').waitFor();
  await inspect(page, 'operation-running');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Cancel it' }).click();
  await expectMessage(page, 'The operation was cancelled.');
  await page.getByText('Cancelled', { exact: true }).waitFor();
});

it('products are exported and downloaded', async ({ page }) => {
  await signIn(page, 'Ada Lovelace', '/products');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByText('Succeeded').waitFor({ timeout: 20_000 });
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('products.ndjson');
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
  expect(lines.length).toBeGreaterThanOrEqual(5);
  expect(JSON.parse(String(lines[0]))).toHaveProperty('sku');
});

it('a viewer exports products and cannot import them', async ({ page }) => {
  await signIn(page, 'Annie Easley', '/products');
  await page.getByRole('button', { name: 'Export' }).waitFor();
  expect(await page.getByRole('link', { name: 'Import' }).count()).toBe(0);
});
