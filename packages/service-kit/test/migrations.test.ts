import { type Datastore, defineMigration } from '@plinth/data-kit';
import { expect, it } from 'vitest';
import { defineModule } from '../src/index.ts';
import { openTestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { thingsModule } from './things.ts';

const [first, second] = (['0001-first', '0002-second'] as const).map((name) =>
  defineMigration({ name, phase: 'expand', collection: 'things' }),
) as [ReturnType<typeof defineMigration>, ReturnType<typeof defineMigration>];

it('a module keeps its migrations, and refuses them out of order', () => {
  expect(defineModule({ ...thingsModule, migrations: [first, second] }).migrations).toEqual([first, second]);
  expect(() => defineModule({ ...thingsModule, migrations: [second, first] })).toThrow(
    "Module 'things': the migration '0001-first' comes after '0002-second'.",
  );
});

it('a host migrates before it serves, and logs each step with its module', async () => {
  const migrated: unknown[] = [];
  const fields = { migration: '0001-first', acrossTenants: true, changed: 7 };
  const fake = fakeDatastore();
  const datastore: Datastore = {
    ...fake,
    open: (module, options) => ({
      ...fake.open(module, options),
      prepare: async (log) => {
        migrated.push(module.migrations);
        log?.({ event: 'migration-step', fields });
      },
    }),
  };
  const module = defineModule({ ...thingsModule, migrations: [first, second] });
  const host = await openTestHost({ modules: [module], datastore });
  expect(migrated).toEqual([[first, second]]);
  expect(host.lines.records()).toContainEqual(
    expect.objectContaining({ event: 'migration-step', module: 'things', ...fields }),
  );
  await host.close();
});
