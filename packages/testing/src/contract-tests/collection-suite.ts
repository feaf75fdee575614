import { describe, expect, it } from 'vitest';
import { createIds, createManualClock } from '../clock.ts';
import { createContext } from '../contexts.ts';
import { aliasingCases } from './aliasing.ts';
import { arrayChangeCases } from './array-changes.ts';
import { arrayCases } from './arrays.ts';
import { createThing, slots, things } from './collections.ts';
import { comparisonKeyCases } from './comparison-keys.ts';
import { cursorCases } from './cursors.ts';
import { filteredListCases } from './filtered-lists.ts';
import { useFixture } from './fixture.ts';
import { historyCases } from './histories.ts';
import { inboxCases } from './inboxes.ts';
import { intervalCases } from './intervals.ts';
import { jobCases } from './jobs.ts';
import { journalCases } from './journals.ts';
import { listCases } from './lists.ts';
import { misuseCases } from './misuse.ts';
import type { OpenStore } from './open-store.ts';
import { patchCases } from './patches.ts';
import { pauseCases } from './pauses.ts';
import { readCases } from './reads.ts';
import { referenceCases } from './references.ts';
import { requirementCases } from './requirements.ts';
import { scheduleCases } from './schedules.ts';
import { searchCases } from './searches.ts';
import { severalTenantsCases } from './several-tenants.ts';
import { sizeCases } from './sizes.ts';
import { softDeleteCases } from './soft-delete.ts';
import { summaryCases } from './summaries.ts';
import { tenancyCases } from './tenancy.ts';
import { tenantMessageCases } from './tenant-messages.ts';
import { unitCases } from './units.ts';
import { valueCases } from './values.ts';
import { writeCases } from './writes.ts';

/** Tests an adapter against the guarantees of the datastore port. All cases share one store. */
export const collectionSuite = (name: string, openStore: OpenStore): void => {
  describe(`the collections of ${name}`, () => {
    const use = useFixture(openStore);
    readCases(use);
    writeCases(use);
    arrayChangeCases(use);
    patchCases(use);
    requirementCases(use);
    referenceCases(openStore);
    intervalCases(openStore);
    historyCases(openStore);
    aliasingCases(use);
    unitCases(use);
    journalCases(use);
    inboxCases(use);
    jobCases(use);
    pauseCases(use);
    scheduleCases(use);
    tenantMessageCases(use);
    tenancyCases(use);
    severalTenantsCases(use);
    valueCases(use);
    sizeCases(use);
    listCases(use);
    filteredListCases(use);
    arrayCases(use);
    summaryCases(use);
    searchCases(use);
    cursorCases(use);
    misuseCases(use);
    softDeleteCases(use);
    comparisonKeyCases(use);

    it('race: can be prepared again, even concurrently, and keep their documents', async () => {
      const clock = createManualClock();
      const { store, close } = await openStore({ things, slots }, { clock, ids: createIds(clock) });
      const ctx = createContext();
      const { collections, unitOfWork, prepare } = store;
      const thing = await unitOfWork.run(ctx, async () => collections.things.for(ctx).insert(createThing()), {
        operation: 'suite',
      });
      await Promise.all([prepare(), prepare()]);
      expect(await collections.things.for(ctx).get(thing._id)).toEqual(thing);
      await close();
    });
  });
};
