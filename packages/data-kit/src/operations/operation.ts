import { type Operation, OperationError, OperationStatus, operationErrorsMax, pii } from '@plinth/contract-kit';
import { z } from 'zod';
import { defineCollection } from '../collections/define-collection.ts';
import { Entity, StoredId } from '../collections/entity.ts';
import { defineMapper, entityFields } from '../collections/mapper.ts';

/** Time enough to read the result and the errors. */
const expireAfterDays = 7;

/** A long operation as stored. Clients receive `Operation`, which `toOperation` returns. */
export const OperationDocument = Entity.extend({
  kind: z.string(),
  status: OperationStatus,
  /** The pieces that are done. Each one is a job and a commit. */
  pieces: z.int().min(0),
  done: z.int().min(0),
  failed: z.int().min(0),
  total: z.int().min(0).optional(),
  /** The audit log has them as a class, because a name in a file can be personal data. */
  lineErrors: pii(z.array(OperationError).max(operationErrorsMax)),
  resultPath: z.string().optional(),
  reason: z.string().optional(),
  createdBy: z.string(),
  endedAt: z.date().optional(),
});
export type OperationDocument = z.infer<typeof OperationDocument>;

/** A module with long operations declares this collection under this name. */
export const operations = defineCollection('operations', OperationDocument, {
  tenancy: 'tenant',
  expireAfterDays,
  indexes: {},
});

/** A line of an uploaded file: its JSON, or why it has none. */
export const OperationLine = z.object({
  line: z.int().min(1),
  text: z.string().optional(),
  problem: z.string().optional(),
});
export type OperationLine = z.infer<typeof OperationLine>;

/** The lines of a chunk, and so of a piece. */
export const chunkLinesMax = 100;

/** Returns the text of a chunk of lines. */
export const toChunkText = (lines: readonly OperationLine[]): string => JSON.stringify(lines);

export const parseChunkText = (text: string): OperationLine[] => z.array(OperationLine).parse(JSON.parse(text));

/** A part of the input or of the result of a long operation. Each commit reads or writes one, so memory does not grow with them. */
export const OperationChunkDocument = Entity.extend({
  operationId: StoredId,
  index: z.int().min(0),
  chunkText: pii(z.string()),
});
export type OperationChunkDocument = z.infer<typeof OperationChunkDocument>;

/** A module with long operations that have an input or a result declares this collection under this name. */
export const operationChunks = defineCollection('operationChunks', OperationChunkDocument, {
  tenancy: 'tenant',
  expireAfterDays,
  indexes: { byOperation: { fields: ['operationId', 'index'] } },
});

export const toOperation = defineMapper<OperationDocument, Operation>({
  ...entityFields,
  kind: 'kind',
  status: 'status',
  progress: ({ done, failed, total }) => ({ done, failed, ...(total !== undefined && { total }) }),
  errors: 'lineErrors',
  result: ({ resultPath: path }) => (path === undefined ? undefined : { path }),
  reason: 'reason',
  createdBy: 'createdBy',
  endedAt: 'endedAt',
});
