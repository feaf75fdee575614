import { createDemoItemInput } from '@plinth/actions/demo-area/testing';

describe('deleteDemoParent, of a demo parent with demo items', () => {
  it('409: refuses it and changes nothing', async () => {
    const { addDemoParent, call, stored } = await createTenant();
    const demoParent = await addDemoParent();
    await call('createDemoItem', { id: demoParent.id, body: createDemoItemInput() });
    const before = await stored();
    const response = await call('deleteDemoParent', demoParent);
    expect(response).toMatchObject({ status: 409, body: { code: 'demo-parent-has-demo-items' } });
    expect(await stored()).toEqual(before);
  });
});
