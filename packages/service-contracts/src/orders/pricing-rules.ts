import { commonErrors, defineContract, defineRoute } from '@plinth/contract-kit';
import {
  CreatePricingRule,
  ListPricingRulesQuery,
  PricingRule,
  PricingRulePage,
  PricingRuleParams,
  ReplacePricingRule,
  VoucherUses,
} from '@plinth/dtos/orders';
import { ordersErrors } from './errors.ts';
import { pricingRulesPermissions } from './permissions.ts';

const { alreadyDisabled, notDisabled, productMissing, ruleKindFixed, tooManyRules, voucherCodeTaken } = ordersErrors;
const { conflict } = commonErrors;

/** Room for every valid body, even where each character is written as an escape sequence. */
const bodyBytesMax = 32 * 1024;

const read = { policy: 'pricing-rules:read' } as const;
const write = { policy: 'pricing-rules:write' } as const;
const rule = { params: PricingRuleParams, responses: { 200: PricingRule } } as const;

export const pricingRulesContract = defineContract('pricing-rules', {
  permissions: pricingRulesPermissions,
  routes: {
    createPricingRule: defineRoute({
      method: 'POST',
      path: '/v1/pricing-rules',
      summary: 'Create a pricing rule',
      description:
        'The new rule is active. All rules whose conditions hold apply to an order, each once: first the volume discounts from the oldest to the newest, then the voucher, then free shipping. Each is computed from the prices before discounts, and the part of a discount that exceeds what is left of the subtotal is dropped. For a discount that grows with the quantity, create one rule for each step, with conditions that exclude each other.',
      auth: write,
      body: CreatePricingRule,
      bodyBytesMax,
      responses: { 201: PricingRule },
      errors: [voucherCodeTaken, tooManyRules, productMissing, conflict],
    }),
    listPricingRules: defineRoute({
      method: 'GET',
      path: '/v1/pricing-rules',
      summary: 'List pricing rules',
      description: 'Includes disabled rules.',
      auth: read,
      query: ListPricingRulesQuery,
      responses: { 200: PricingRulePage },
    }),
    getPricingRule: defineRoute({
      method: 'GET',
      path: '/v1/pricing-rules/:id',
      summary: 'Get a pricing rule',
      description: 'The rule may be disabled.',
      auth: read,
      ...rule,
    }),
    replacePricingRule: defineRoute({
      method: 'PUT',
      path: '/v1/pricing-rules/:id',
      summary: 'Replace a pricing rule',
      description:
        'Orders keep what the earlier rule took off. The kind of a rule stays; the uses of a voucher are kept, even with another code. A body that equals the stored rule changes nothing.',
      auth: write,
      ...rule,
      body: ReplacePricingRule,
      bodyBytesMax,
      errors: [voucherCodeTaken, ruleKindFixed, productMissing, conflict],
    }),
    disablePricingRule: defineRoute({
      method: 'POST',
      path: '/v1/pricing-rules/:id/deactivation',
      summary: 'Disable a pricing rule',
      description: 'The rule no longer applies to new orders. `POST /v1/pricing-rules/{id}/activation` undoes it.',
      auth: write,
      idempotency: 'optional',
      ...rule,
      errors: [alreadyDisabled, conflict],
    }),
    enablePricingRule: defineRoute({
      method: 'POST',
      path: '/v1/pricing-rules/:id/activation',
      summary: 'Enable a disabled pricing rule',
      description: 'It applies to orders again. The uses of a voucher were kept.',
      auth: write,
      idempotency: 'optional',
      ...rule,
      errors: [notDisabled, tooManyRules, conflict],
    }),
    getVoucherUses: defineRoute({
      method: 'GET',
      path: '/v1/pricing-rules/:id/uses',
      summary: 'Get the uses of a voucher',
      description: 'Counts the orders with the voucher that were not cancelled. Other rules have no uses.',
      auth: read,
      params: PricingRuleParams,
      responses: { 200: VoucherUses },
    }),
  },
});
