import { getSagaStep } from '@plinth/data-kit';
import { type FulfilmentDocument } from '@plinth/models/orders';
import { z } from 'zod';

/** The step of a fulfilment for which a job was enqueued. In a later step the job has nothing to do any more. */
const FulfilmentStep = z.object({ fulfilmentId: z.string(), step: z.int().min(1) });

export const chargeJob = { name: 'charge-fulfilment', input: FulfilmentStep } as const;
export const timeOutJob = { name: 'time-out-fulfilment', input: FulfilmentStep } as const;

export const toStep = (fulfilment: FulfilmentDocument): z.output<typeof FulfilmentStep> => ({
  fulfilmentId: fulfilment._id,
  step: getSagaStep(fulfilment),
});
