import { unwrap } from '@plinth/service-actions';
import { createProduct, markOrderPaid, placeOrder, updateOrder } from '@plinth/service-actions/orders';
import { expect } from 'vitest';
import { createApiAs, inspect, pressTabUntil, signIn, useBrowser } from './support/console.ts';

const it = useBrowser();
const api = createApiAs('Ada Lovelace');

const addOrder = async () => {
  const price = { amount: 1250, currency: 'EUR' };
  const product = { sku: 'HISTORY-1', name: 'History tea', price, stock: 10 };
  const { id: productId } = await unwrap(createProduct(api, { body: product }));
  const shippingAddress = { recipient: 'Mary Shaw', street: 'Main Street 1', city: 'Sampleton', country: 'GB' };
  const body = { customer: { reference: 'C-7' }, lines: [{ productId, quantity: 4 }], shippingAddress };
  return unwrap(placeOrder(api, { body }));
};

it('an order shows who changed it and which fields, and owners find the change in the audit trail', async ({
  page,
}) => {
  const { id, version } = await addOrder();
  await unwrap(updateOrder(api, { id, body: { shippingAddress: { street: 'Side Street 2' } }, ifMatch: version }));
  await unwrap(markOrderPaid(api, { id }));
  await signIn(page, 'Ada Lovelace', `/orders/${id}`);
  const changes = page.getByRole('list', { name: 'Changes' }).getByRole('listitem');
  await expect
    .poll(() => changes.getByRole('heading').allTextContents())
    .toEqual(['Mark order paid', 'Update order', 'Place order']);
  await expect.poll(() => changes.nth(1).textContent()).toContain('Main Street 1→after: Side Street 2');
  await expect.poll(() => changes.nth(0).textContent()).toContain('Ada Lovelace');
  await inspect(page, 'order-history');
  await page.getByRole('link', { name: 'Audit' }).click();
  await page.getByLabel('Action').fill('updateOrder');
  await page.keyboard.press('Enter');
  const table = page.getByRole('table', { name: 'Audit' });
  const rows = table.locator('tbody').getByRole('link').filter({ hasText: 'Update order' });
  await expect.poll(() => rows.count()).toBeGreaterThan(0);
  await page.getByLabel('Action').fill('');
  await page.keyboard.press('Enter');
  await page.getByLabel('Resource id').fill(id);
  await page.keyboard.press('Enter');
  // A worker appends audit events some seconds after their changes.
  await expect
    .poll(async () => {
      await page.reload();
      await rows
        .first()
        .waitFor({ timeout: 5000 })
        .catch(() => undefined);
      return rows.count();
    })
    .toBe(1);
  await inspect(page, 'audit');
  await pressTabUntil(page, 'Update order');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Update order' }).waitFor();
  await page.getByText('Changed in orders').waitFor();
  await expect.poll(() => page.getByText('Personal data').count()).toBe(1);
  await inspect(page, 'audit-event');
});
