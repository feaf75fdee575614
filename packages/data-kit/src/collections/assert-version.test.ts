import { expect, it } from 'vitest';
import { assertVersion } from './assert-version.ts';

const stored = { _id: 'a', tenantId: 't', version: 3, createdAt: new Date(), updatedAt: new Date() };

it('takes a change that is meant for the stored version', () => {
  assertVersion(stored, [3]);
  assertVersion(stored, [1, 3]);
});

it.each([[[]], [[2]], [[4]], [[1, 2]]])('refuses a change that is meant for %j', (versions) => {
  expect(() => assertVersion(stored, versions)).toThrow(expect.objectContaining({ code: 'stale-version' }));
});
