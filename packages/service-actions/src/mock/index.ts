import { contracts } from './contracts.ts';
import { createHandlers, type MockOptions } from './handlers.ts';

export type { MockCall, MockOptions } from './handlers.ts';

/**
 * Creates handlers for MSW that respond as the API does: statuses, schemas, pages, ETags, idempotency keys. Resources are kept in
 * memory.
 */
export const createMock = (options: MockOptions) => createHandlers(contracts, options);
