import { type ApiError, commonErrors } from '@plinth/contract-kit';

/** A 401. `detail` is public and is always a sentence of our own: nothing of a credential is ever quoted. */
export const refusal = (detail: string, cause?: unknown): ApiError => commonErrors.unauthenticated({ detail, cause });
