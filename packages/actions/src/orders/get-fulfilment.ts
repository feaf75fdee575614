import { commonErrors } from '@plinth/contract-kit';
import type { FulfilmentsService } from '@plinth/contracts/orders';
import type { Collection } from '@plinth/data-kit';
import { type FulfilmentDocument, toFulfilment } from '@plinth/models/orders';

type Deps = { fulfilments: Collection<FulfilmentDocument, 'find'> };

export const getFulfilment =
  ({ fulfilments }: Deps): FulfilmentsService['getFulfilment'] =>
  async ({ id }, ctx) => {
    const fulfilment = await fulfilments.for(ctx).find({ orderId: id });
    if (!fulfilment) throw commonErrors.notFound();
    return toFulfilment(fulfilment);
  };
