import type { DeclaredError } from '@plinth/contract-kit';
import type { Json, SchemaRegistry } from './schemas.ts';

/** The components of every error response. */
export const problemSchemas: { readonly [id: string]: Json } = {
  FieldError: {
    type: 'object',
    description: 'One invalid field of a request.',
    required: ['pointer', 'location', 'code', 'message'],
    properties: {
      pointer: { type: 'string', description: 'A JSON pointer inside `location`.' },
      location: { type: 'string', enum: ['body', 'query', 'params', 'header'] },
      code: { type: 'string' },
      message: { type: 'string' },
    },
  },
  Problem: {
    type: 'object',
    description: 'An error, RFC 9457. Switch on `code`; `fix` says what to do next.',
    required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'fix', 'requestId'],
    properties: {
      type: { type: 'string', format: 'uri' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      instance: { type: 'string' },
      code: { type: 'string' },
      fix: { type: 'string' },
      requestId: { type: 'string' },
      errors: { type: 'array', items: { $ref: '#/components/schemas/FieldError' } },
    },
  },
};

const toExampleName = ({ domain, code }: DeclaredError): string => (domain === 'common' ? code : `${domain}.${code}`);

/** Returns an example of each error, by name. */
export const toProblemExamples = (errors: readonly DeclaredError[]): Json =>
  Object.fromEntries(errors.map((error) => [toExampleName(error), toExample(error)]));

const toExample = ({ domain, code, status, title, fix }: DeclaredError): Json => ({
  summary: title,
  value: {
    type: `https://plinth.example/errors/${domain}/${code}`,
    title,
    status,
    detail: title,
    instance: '/v1/…',
    code,
    fix,
    requestId: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d',
  },
});

/** Converts a code such as `email-taken` to a part of a schema's name: `EmailTaken`. */
const toPascal = (code: string): string => code.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The public details of errors, which those without details leave out. */
const toData = (errors: readonly DeclaredError[], registry: SchemaRegistry): Json => {
  const schemas = errors.flatMap(({ data }) => (data ? [registry.toJson(data)] : []));
  const [first, ...more] = new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values();
  if (!first) return {};
  return { data: more.length > 0 ? { anyOf: [first, ...more] } : first };
};

/**
 * The body of the errors of one status, with one schema for each set of codes. Client generators merge `allOf` and so keep the
 * codes; a `status` that is a `const` there would make some drop the response.
 */
export const toProblemContent = (errors: readonly DeclaredError[], registry: SchemaRegistry): Json => {
  const code = { type: 'string', enum: errors.map((error) => error.code) };
  const schema = registry.add(`${errors.map((error) => toPascal(error.code)).join('Or')}Problem`, {
    allOf: [
      { $ref: '#/components/schemas/Problem' },
      { type: 'object', properties: { code, ...toData(errors, registry) } },
    ],
  });
  const examples = Object.fromEntries(
    errors.map((error) => [error.code, { $ref: `#/components/examples/${toExampleName(error)}` }]),
  );
  return { 'application/problem+json': { schema, examples } };
};
