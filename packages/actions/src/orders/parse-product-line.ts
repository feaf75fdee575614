import { type OperationError, toFieldMessage, toInvalidRequest } from '@plinth/contract-kit';
import type { OperationLine } from '@plinth/data-kit';
import { CreateProduct } from '@plinth/dtos/orders';
import { z } from 'zod';

type Parsed =
  | { readonly product: z.output<typeof CreateProduct>; readonly error?: never }
  | { readonly error: OperationError; readonly product?: never };

const detailLengthMax = 300;
const faultsMax = 3;

const parseJson = (text: string): { readonly data: unknown } | undefined => {
  try {
    return { data: JSON.parse(text) };
  } catch {
    return undefined;
  }
};

/** Validates a line as the body of `createProduct`. The error names its first faults, without the values of the line. */
export const parseProductLine = ({ line, text, problem }: OperationLine): Parsed => {
  const toError = (code: string, detail: string): Parsed => ({
    error: { line, code, detail: detail.slice(0, detailLengthMax) },
  });
  if (text === undefined) return toError('invalid-line', problem ?? 'The line cannot be read.');
  const json = parseJson(text);
  if (!json) return toError('invalid-json', 'The line is not valid JSON.');
  const { success, data: product, error } = z.safeParse(CreateProduct, json.data, { error: toFieldMessage });
  if (success) return { product };
  const { errors = [] } = toInvalidRequest(error, { location: 'body', data: json.data });
  const faults = errors.slice(0, faultsMax).map(({ pointer, message }) => `${pointer.slice(1)} ${message}`.trim());
  return toError('invalid-line', `${faults.join('; ')}.`);
};
