import { describe, expect, it } from 'vitest';
import { assertVersion, assertVersionCompared } from './expected-version.ts';

const stored = { _id: 'a', tenantId: 't', version: 3, createdAt: new Date(), updatedAt: new Date() };

describe('assertVersion', () => {
  it.each([[[3]], [[1, 3]]])('accepts the stored version among %j', (versions) => {
    assertVersion(stored, versions);
  });

  it.each([[[]], [[2]], [[4]], [[1, 2]]])('throws stale-version for %j', (versions) => {
    expect(() => assertVersion(stored, versions)).toThrow(expect.objectContaining({ code: 'stale-version' }));
  });
});

describe('assertVersionCompared', () => {
  it('accepts an operation that compared its version, even if the version was stale', () => {
    const [same, stale] = [{ version: [3] }, { version: [2] }];
    assertVersion(stored, same.version);
    expect(() => assertVersion(stored, stale.version)).toThrow();
    assertVersionCompared('updateThing', same);
    assertVersionCompared('updateThing', stale);
  });

  it.each([{}, undefined, { version: 3 }])('accepts the input %j, which has no version of If-Match', (input) => {
    assertVersionCompared('createThing', input);
  });

  it('refuses an operation that ignored its version, and says what to write', () => {
    assertVersion(stored, [3]);
    expect(() => assertVersionCompared('updateThing', { version: [3] })).toThrow(
      "'updateThing' ignored the version of If-Match. Pass it to the read: get(id, { version }).",
    );
  });
});
