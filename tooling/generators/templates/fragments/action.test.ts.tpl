import { createContext } from '@plinth/testing';
import { describe, expect, it } from 'vitest';

describe('approveDemoItem', () => {
  it('changes the version and nothing else', async () => {
    const { run, createDemoItem, stored } = createTenant();
    const { id } = await createDemoItem();
    const before = stored({ id });
    await run.approveDemoItem({ id });
    expect(stored({ id })).toEqual({ ...before, version: 2 });
  });

  it('boundary: another tenant’s demo item does not exist', async () => {
    const { run, createDemoItem, expectUnchanged } = createTenant();
    const { id } = await createDemoItem();
    await expectUnchanged(() =>
      expect(run.approveDemoItem({ id }, createContext())).rejects.toMatchObject({ code: 'not-found' }),
    );
  });
});
