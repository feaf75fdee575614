import { toMessageId } from '@plinth/data-kit';
import type { TestDatastore } from '@plinth/mongo/testing';
import { type Module, systemClock, systemIds } from '@plinth/service-kit';
import { createId } from '@plinth/testing';

type Opened = { readonly modules: readonly Module[]; readonly datastore: TestDatastore };

/** Adds a dead message of a tenant to the inbox of each module with consumers. Returns their modules and public ids. */
export const addDeadMessages = async (
  { modules, datastore }: Opened,
  tenantId: string,
): Promise<readonly { readonly module: string; readonly id: string }[]> => {
  const added: { module: string; id: string }[] = [];
  for (const module of modules) {
    const [consumer] = module.consumers ?? [];
    if (!consumer) continue;
    const { inbox } = datastore.open(module, { clock: systemClock, ids: systemIds });
    const [id, aggregateId] = [createId(), createId()];
    const at = new Date();
    const event = {
      id,
      name: consumer.events[0]?.name ?? '',
      source: module.name,
      aggregateId,
      position: id,
      at,
      actor: { kind: 'user', id: createId() },
      requestId: createId(),
      traceId: '0af7651916cd43dd8448eb211c80319c',
      payload: { secretOfPayload: createId() },
    };
    const _id = toMessageId(consumer.name, id);
    await inbox.receive([{ _id, tenantId, consumer: consumer.name, orderKey: id, position: id, event }]);
    await inbox.recordFailure(_id, { at, message: 'TypeError: The order has no customer.', attemptsMax: 1 });
    added.push({ module: module.name, id: `${consumer.name}.${id}` });
  }
  return added;
};
