import { expect, it } from 'vitest';
import { z } from 'zod';
import { resourceExample, resourceFields } from './resource.ts';
import { Id } from './text.ts';

const Thing = z.strictObject({ id: Id, ...resourceFields });

it('has a valid example of the fields that every resource has', () => {
  expect(Thing.parse(resourceExample)).toEqual(resourceExample);
});

it.each([{ version: 0 }, { version: 1.5 }, { createdAt: '2026-01-31' }, { updatedAt: undefined }])(
  'is not valid with %j',
  (part) => expect(Thing.safeParse({ ...resourceExample, ...part }).success).toBe(false),
);
