import { setTimeout as sleep } from 'node:timers/promises';
import type { InboxChange, InboxWatch, Message } from '@plinth/data-kit';
import type { Db, Document } from 'mongodb';
import { openChangeBatches } from '../journal/change-batches.ts';
import { readLastWrite } from '../journal/progress.ts';
import { inboxName } from './inbox-collection.ts';

const retryPauseMaxMs = 1000;

const state = 'updateDescription.updatedFields.state';

const pipeline: Document[] = [
  { $match: { $or: [{ operationType: 'insert' }, { operationType: 'update', [state]: { $exists: true } }] } },
  {
    $project: {
      documentKey: 1,
      'fullDocument.tenantId': 1,
      'fullDocument.state': 1,
      [state]: 1,
    },
  },
];

type StreamedChange = {
  readonly documentKey: { readonly _id: string };
  readonly fullDocument?: Pick<Message, 'tenantId' | 'state'>;
  readonly updateDescription?: { readonly updatedFields: Pick<Message, 'state'> };
};

/** The id of a message begins with its consumer. */
const toChange = ({ documentKey: { _id }, fullDocument, updateDescription }: StreamedChange): InboxChange => ({
  _id,
  consumer: _id.slice(0, _id.indexOf('/')),
  state: updateDescription?.updatedFields.state ?? fullDocument?.state ?? 'ready',
  tenantId: fullDocument?.tenantId,
});

const watchOnce = async (db: Db, { onChanges, onGap, signal }: InboxWatch): Promise<void> => {
  const start = { startAtOperationTime: await readLastWrite(db, signal) };
  const batches = await openChangeBatches(db, { collection: inboxName, start, pipeline });
  try {
    onGap();
    while (!signal.aborted) {
      const { changes } = await batches.read();
      if (changes.length > 0) onChanges(changes.map((change) => toChange(change as StreamedChange)));
    }
  } finally {
    await batches.close();
  }
};

/** Reports the changes of an inbox by a change stream. After an interruption it begins at the current time. */
export const watchInbox = async (db: Db, watch: InboxWatch): Promise<void> => {
  const { signal, onError } = watch;
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      await watchOnce(db, watch);
    } catch (cause) {
      if (signal.aborted) return;
      onError(cause);
      const pauseMs = Math.random() * Math.min(2 ** failures * 10, retryPauseMaxMs);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
};
