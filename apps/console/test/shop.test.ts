import { unwrap } from '@plinth/service-actions';
import {
  createProduct,
  getOrder,
  getProduct,
  markOrderPaid,
  placeOrder,
  shipOrder,
  updateProduct,
} from '@plinth/service-actions/orders';
import type { Page } from 'playwright-core';
import { describe, expect, inject } from 'vitest';
import {
  createApiAs,
  expectMessage,
  inspect,
  inspectVariant,
  pressTabUntil,
  signIn,
  useBrowser,
} from './support/console.ts';

const it = useBrowser();
const api = createApiAs('Ada Lovelace');

let count = 0;

/** Creates a product whose name and SKU are its own, so that tests do not interfere. */
const addProduct = (name: string, stock = 10) =>
  unwrap(
    createProduct(api, {
      body: { sku: `SHOP-${++count}`, name, price: { amount: 1250, currency: 'EUR' }, stock },
    }),
  );

const shippingAddress = { recipient: 'Mary Shaw', street: 'Main Street 1', city: 'Sampleton', country: 'GB' };

const addOrder = async (name: string, quantity = 4) => {
  const product = await addProduct(name);
  const lines = [{ productId: product.id, quantity }];
  const body = { customer: { reference: 'C-7' }, lines, shippingAddress };
  return unwrap(placeOrder(api, { body }));
};

const getRows = (page: Page, name: string) => page.getByRole('table', { name }).locator('tbody').getByRole('link');

const readId = (page: Page): string => new URL(page.url()).pathname.split('/').at(-1) ?? '';

describe('products', () => {
  it('are found by words, and by the filters and bounds that the API combines', async ({ page }) => {
    await signIn(page, 'Ada Lovelace', '/products');
    const rows = getRows(page, 'Products');
    await rows.first().waitFor();
    await page.getByLabel('Search').fill('teapot');
    await page.keyboard.press('Enter');
    await expect.poll(() => rows.allTextContents()).toEqual(['Teapot of cast iron']);
    await page.getByLabel('Search').fill('');
    await page.keyboard.press('Enter');
    await page.getByLabel('Status').selectOption('Active');
    await page.getByRole('button', { name: 'More filters' }).click();
    await page.getByLabel('Price from').fill('60');
    await page.keyboard.press('Enter');
    await expect.poll(() => rows.allTextContents()).toEqual(['Teapot of cast iron']);
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ status: 'active', 'price[gte]': '6000' });
    expect(await page.getByLabel('Sort').locator('option').allTextContents()).toEqual([
      'Price, ascending',
      'Price, descending',
    ]);
    await inspect(page, 'products');
    await page.getByLabel('SKU').fill('TEA-GREEN');
    await page.keyboard.press('Enter');
    await expect.poll(() => rows.allTextContents()).toEqual(['Green tea, 100 g']);
    expect(new URL(page.url()).search).toBe('?sku=TEA-GREEN');
  });

  it('are added, restocked, archived and reactivated', async ({ page, faults }) => {
    faults.allow(/status of 409/);
    await signIn(page, 'Ada Lovelace', '/products/new');
    await page.getByLabel('SKU').fill('TEA-GREEN');
    await page.getByLabel('Name').fill('Jasmine tea');
    await page.getByLabel('Price', { exact: true }).fill('9.999');
    await page.getByRole('button', { name: 'Add product' }).click();
    await page.getByText('Price must be an amount such as 12.50.').waitFor();
    await inspect(page, 'product-new');
    await page.getByLabel('Price', { exact: true }).fill('9.5');
    await page.getByRole('button', { name: 'Add product' }).click();
    const sku = page.getByLabel('SKU');
    await expect.poll(() => sku.getAttribute('aria-invalid')).toBe('true');
    await sku.fill('JASMINE-1');
    await page.getByRole('button', { name: 'Add product' }).click();
    await page.getByRole('heading', { name: 'Jasmine tea' }).waitFor();
    await expectMessage(page, 'Jasmine tea was added.');
    await page.getByRole('button', { name: 'Restock' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Copy call' }).click();
    await page.getByRole('menuitem', { name: 'Copy as curl' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByLabel('Quantity').fill('20');
    await page.getByLabel('Reason').fill('Delivery 2026/17');
    await page.getByRole('button', { name: 'Add items' }).click();
    await expectMessage(page, '20 items were added to Jasmine tea.');
    await page.getByRole('cell', { name: '+20' }).waitFor();
    await inspect(page, 'product');
    await page.getByRole('button', { name: 'Archive' }).click();
    await page.getByText('Jasmine tea was archived.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expectMessage(page, 'Jasmine tea was reactivated.');
    const product = await unwrap(getProduct(api, { id: readId(page) }));
    expect(product).toMatchObject({ price: { amount: 950, currency: 'EUR' }, stock: 20, status: 'active' });
  });

  it('show both prices when another user was faster', async ({ page, faults }) => {
    faults.allow(/status of 412/);
    const { id, version } = await addProduct('Edited tea');
    await signIn(page, 'Ada Lovelace', `/products/${id}/edit`);
    await page.getByLabel('Price', { exact: true }).fill('13');
    const theirs = { price: { amount: 1400, currency: 'EUR' } };
    await unwrap(updateProduct(api, { id, body: theirs, ifMatch: version }));
    await page.getByRole('button', { name: 'Save' }).click();
    const dialog = page.getByRole('dialog', { name: 'This was changed meanwhile' });
    const prices = dialog.getByRole('row', { name: 'Price' }).getByRole('cell');
    await expect.poll(() => prices.allTextContents()).toEqual(['€14.00', '€13.00']);
    await dialog.getByRole('button', { name: 'Keep mine' }).click();
    await page.getByRole('heading', { name: 'Edited tea', exact: true }).waitFor();
    expect((await unwrap(getProduct(api, { id }))).price.amount).toBe(1300);
  });
});

describe('orders', () => {
  it('are placed by keyboard alone', async ({ page }) => {
    await addProduct('Keyboard tea', 5);
    await signIn(page, 'Ada Lovelace', '/orders');
    await page.getByRole('link', { name: 'Place order' }).waitFor();
    await pressTabUntil(page, 'Place order');
    await page.keyboard.press('Enter');
    await page.getByLabel('Add a product').waitFor();
    await pressTabUntil(page, 'Place order');
    await page.keyboard.press('Enter');
    await page.getByText('Choose at least one product.').waitFor();
    await page.getByText('Street is required.').waitFor();
    // The first invalid field has the focus.
    await expect.poll(() => page.evaluate('document.activeElement.placeholder')).toBe('Search products');
    await page.keyboard.type('keyboard');
    await page.getByRole('option', { name: 'Keyboard tea' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByLabel('Keyboard tea, quantity').waitFor();
    for (const text of ['2', '', 'C-1017', 'Mary Shaw', 'Main Street 1', '', 'Sampleton', 'GB', '4.90']) {
      await page.keyboard.press('Tab');
      await page.keyboard.type(text);
    }
    await inspect(page, 'order-new');
    await page.keyboard.press('Enter');
    await page.getByText('The order was placed.').waitFor();
    const order = await unwrap(getOrder(api, { id: readId(page) }));
    expect(order).toMatchObject({
      customer: { reference: 'C-1017' },
      lines: [{ name: 'Keyboard tea', quantity: 2 }],
      shippingAddress,
      total: { amount: 2990, currency: 'EUR' },
    });
  });

  it('are refused at the field of the product that is out of stock', async ({ page, faults }) => {
    faults.allow(/status of 409/);
    await addProduct('Scarce tea', 3);
    await signIn(page, 'Ada Lovelace', '/orders/new');
    await page.getByLabel('Add a product').fill('scarce');
    await page.getByRole('option', { name: 'Scarce tea' }).click();
    await page.getByLabel('Scarce tea, quantity').fill('4');
    for (const [label, text] of [
      ['Reference', 'C-8'],
      ['Recipient', 'Mary Shaw'],
      ['Street', 'Main Street 1'],
      ['City', 'Sampleton'],
      ['Country', 'GB'],
    ] as const) {
      await page.getByLabel(label).fill(text);
    }
    await page.getByRole('button', { name: 'Place order' }).click();
    await page.getByText('Not enough items. 3 in stock').waitFor();
    expect(await page.getByLabel('Scarce tea, quantity').getAttribute('aria-invalid')).toBe('true');
    await page
      .getByRole('alert')
      .getByText(/^Request /)
      .waitFor();
    await inspectVariant(page, 'order-refused');
    await page.getByLabel('Scarce tea, quantity').fill('3');
    await page.getByRole('button', { name: 'Place order' }).click();
    await page.getByText('The order was placed.').waitFor();
  });

  it('are paid, shipped in parts and refunded in part, by the steps of their status', async ({ page }) => {
    const { id } = await addOrder('Shipped tea');
    await signIn(page, 'Ada Lovelace', `/orders/${id}`);
    const steps = page.getByRole('region', { name: 'Next steps' });
    const listSteps = () => steps.locator('button, a').allTextContents();
    await expect.poll(listSteps).toEqual(['Mark paid', 'Cancel order', 'Edit']);
    await steps.getByRole('button', { name: 'Mark paid' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Mark paid' }).click();
    await expectMessage(page, 'The payment was recorded.');
    await expect.poll(listSteps).toEqual(['Ship', 'Refund', 'Cancel order', 'Edit']);
    await steps.getByRole('button', { name: 'Ship' }).click();
    await page.getByLabel('Shipped tea').fill('5');
    await page.getByRole('dialog').getByRole('button', { name: 'Ship' }).click();
    await page.getByText('Ship 0 to 4.').waitFor();
    await page.getByLabel('Shipped tea').fill('1');
    await page.getByRole('dialog').getByRole('button', { name: 'Ship' }).click();
    await expectMessage(page, 'The items were shipped; others are left.');
    await steps.getByRole('img', { name: /This order is partly shipped\.$/ }).waitFor();
    await steps.getByRole('button', { name: 'Refund' }).click();
    await page.getByLabel('Amount').fill('12.50');
    await page.getByRole('dialog').getByRole('button', { name: 'Refund' }).click();
    await expectMessage(page, '€12.50 refunded.');
    await expect.poll(listSteps).toEqual(['Ship', 'Refund']);
    await inspect(page, 'order');
    expect(await unwrap(getOrder(api, { id }))).toMatchObject({
      status: 'partly-shipped',
      lines: [{ quantity: 4, shipped: 1 }],
      refunded: { amount: 1250 },
    });
  });

  it('show which steps are legal when another user was faster', async ({ page, faults }) => {
    faults.allow(/status of 409/);
    const { id } = await addOrder('Raced tea');
    await signIn(page, 'Ada Lovelace', `/orders/${id}`);
    await page.getByRole('button', { name: 'Cancel order' }).click();
    await unwrap(markOrderPaid(api, { id }));
    await unwrap(shipOrder(api, { id, body: {} }));
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Cancel order' }).click();
    await dialog.getByText('The status is “Shipped” now. It allows: Deliver, Refund.').waitFor();
    await inspect(page, 'order-raced');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Mark delivered' }).waitFor();
    expect(await page.getByRole('button', { name: 'Cancel order' }).count()).toBe(0);
  });

  it('are filtered, and have the steps that a role may take', async ({ page }) => {
    const { id } = await addOrder('Member tea');
    await signIn(page, 'Alan Turing', '/orders?status=placed');
    const rows = getRows(page, 'Orders');
    await page.getByLabel('Customer').fill('C-7');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => Object.fromEntries(new URL(page.url()).searchParams))
      .toEqual({ status: 'placed', customerId: 'C-7' });
    await rows.first().waitFor();
    await inspectVariant(page, 'orders');
    await page.goto(`${inject('url')}/orders/${id}`);
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('Note').fill('Leave it with a neighbour.');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Leave it with a neighbour.').first().waitFor();
    // Members may not record payments.
    expect(await page.getByRole('button', { name: 'Mark paid' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Cancel order' }).count()).toBe(1);
  });
});

it('shows pricing rules, disables them for owners, and the sales of each day', async ({ page }) => {
  await addOrder('Sold tea');
  await signIn(page, 'Ada Lovelace', '/pricing');
  const rule = page.getByRole('row', { name: 'Free shipping from 50' });
  await rule.getByRole('button', { name: 'Disable' }).click();
  await expectMessage(page, '“Free shipping from 50” no longer applies to new orders.');
  await rule.getByText('Disabled').waitFor();
  await inspect(page, 'pricing');
  await rule.getByRole('button', { name: 'Enable' }).click();
  await expectMessage(page, '“Free shipping from 50” applies to orders again.');
  await page.getByRole('link', { name: 'Sales' }).click();
  await page.getByLabel('Period').selectOption('Last 7 days');
  await expect.poll(() => new URL(page.url()).search).toBe('?days=7');
  await page.getByRole('table', { name: 'Sales by day' }).getByRole('cell').first().waitFor();
  await page.getByText('Orders in EUR').waitFor();
  await inspect(page, 'sales');
});
