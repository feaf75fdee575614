import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { findTemporaryRoot } from '../src/temporary-root.ts';

const { TMPDIR: _folder, ...env } = process.env;

describe('the folder of temporary data', () => {
  it('is that of TMPDIR or of the system, unless the data is volatile', async () => {
    expect(await findTemporaryRoot({ env })).toBe(tmpdir());
    expect(await findTemporaryRoot({ env: { ...env, TMPDIR: '/elsewhere' }, isVolatile: true })).toBe(tmpdir());
  });

  it('boundary: is that of the system when there is no room in memory', async () => {
    expect(await findTemporaryRoot({ env, isVolatile: true }, '/nowhere')).toBe(tmpdir());
    expect(await findTemporaryRoot({ env, isVolatile: true }, '/proc')).toBe(tmpdir());
  });
});
