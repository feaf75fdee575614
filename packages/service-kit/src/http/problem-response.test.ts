import { ReferenceViolation, UniqueViolation } from '@plinth/data-kit';
import type { FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import { thingsErrors } from '../../test/things.ts';
import { toRequestError } from './problem-response.ts';

const request = { scope: { config: { contract: { errors: [thingsErrors.nameTaken] } } } } as unknown as FastifyRequest;

it.each([UniqueViolation, ReferenceViolation])(
  'a %o becomes the declared error with its code, or a 500',
  (Violation) => {
    const violation = new Violation('name-taken');
    expect(toRequestError(violation, request)).toMatchObject({ code: 'name-taken', status: 409, cause: violation });
    expect(toRequestError(new Violation('undeclared'), request)).toMatchObject({ code: 'internal', status: 500 });
  },
);
