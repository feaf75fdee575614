import { Id, Money, resourceExample, resourceFields, secret } from '@plinth/contract-kit';
import { z } from 'zod';
import { OrderId } from './order.ts';

export const FulfilmentStatus = z
  .enum(['charging', 'shipping', 'partly-shipped', 'refunding', 'completed', 'cancelled'])
  .meta({
    id: 'FulfilmentStatus',
    description: 'The step of the fulfilment; docs/lifecycles.md has the ways between them.',
  });
export type FulfilmentStatus = z.infer<typeof FulfilmentStatus>;

export const StartFulfilment = z
  .object({
    paymentMethod: secret(z.string().regex(/^\w{1,255}$/)).describe(
      'The payment method as the payment provider knows it, such as `pm_card_visa`. It is forgotten when the order has been charged.',
    ),
    shipWithinHours: z
      .int()
      .min(1)
      .max(2160)
      .default(336)
      .describe('The hours after which an order of which nothing was shipped is cancelled and refunded.'),
  })
  .meta({ id: 'StartFulfilment', examples: [{ paymentMethod: 'pm_card_visa', shipWithinHours: 72 }] });

const { id, createdAt } = resourceExample;
const amount = { amount: 2740, currency: 'EUR' };

export const Fulfilment = z
  .object({
    id: Id.describe('The id of the fulfilment.'),
    ...resourceFields,
    orderId: OrderId,
    status: FulfilmentStatus,
    amount: Money.describe('The amount that is charged: the total of the order.'),
    refunded: Money.describe('The amount of the charge that was refunded.'),
    history: z
      .array(
        z.object({
          status: FulfilmentStatus,
          at: z.iso.datetime().describe('The time at which the status began.'),
          reason: z.string().optional().describe('Its reason, such as that of a declined payment.'),
        }),
      )
      .describe('The statuses so far, the current one last.'),
    wakeAt: z.iso.datetime().optional().describe('The time at which the fulfilment moves on by itself.'),
  })
  .meta({
    id: 'Fulfilment',
    examples: [
      {
        ...resourceExample,
        orderId: id,
        status: 'shipping',
        amount,
        refunded: { ...amount, amount: 0 },
        history: [
          { status: 'charging', at: createdAt },
          { status: 'shipping', at: createdAt },
        ],
        wakeAt: createdAt,
      },
    ],
  });
export type Fulfilment = z.infer<typeof Fulfilment>;
