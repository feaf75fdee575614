import { type FieldError, toFieldMessage, toInvalidRequest } from '@plinth/contract-kit';
import type { FastifySchemaCompiler } from 'fastify';
import { z } from 'zod';

const locations: Readonly<Record<string, FieldError['location']>> = {
  body: 'body',
  querystring: 'query',
  params: 'params',
  headers: 'header',
};

/** Compiles the schemas of requests. Invalid data results in the 400 that names its fields. */
export const validatorCompiler: FastifySchemaCompiler<z.core.$ZodType> = ({ schema, httpPart = 'body' }) => {
  const location = locations[httpPart] ?? 'body';
  return (data) => {
    const { success, data: value, error } = z.safeParse(schema, data, { error: toFieldMessage });
    return success ? { value } : { error: toInvalidRequest(error, { location, data }) };
  };
};
