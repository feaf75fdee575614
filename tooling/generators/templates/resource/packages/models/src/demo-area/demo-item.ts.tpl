import { defineCollection, defineMapper, Entity, entityFields } from '@plinth/data-kit';
import { type DemoItem, DemoItemName } from '@plinth/dtos/demo-area'; //-parent
import { type DemoItem, DemoItemName, DemoParentId } from '@plinth/dtos/demo-area'; //+parent
import type { z } from 'zod';
import { demoParents } from './demo-parent.ts'; //+parent

/** A demo item as stored. Clients receive `DemoItem`, which `toDemoItem` returns. */
export const DemoItemDocument = Entity.extend({ name: DemoItemName }); //-parent
export const DemoItemDocument = Entity.extend({ demoParentId: DemoParentId, name: DemoItemName }); //+parent
export type DemoItemDocument = z.infer<typeof DemoItemDocument>;

export const demoItems = defineCollection('demoItems', DemoItemDocument, {
  tenancy: 'tenant',
  indexes: {
    newest: { fields: ['createdAt', '_id'] }, //-parent
    newest: { fields: ['demoParentId', 'createdAt', '_id'] }, //+parent
    byName: { fields: ['name'], unique: 'demo-item-name-taken' }, //-parent
    byName: { fields: ['demoParentId', 'name'], unique: 'demo-item-name-taken' }, //+parent
  },
  references: { demoParentId: { to: demoParents, missing: 'not-found', used: 'demo-parent-has-demo-items' } }, //+parent
});

export const toDemoItem = defineMapper<DemoItemDocument, DemoItem>({ ...entityFields, name: 'name' }); //-parent
export const toDemoItem = defineMapper<DemoItemDocument, DemoItem>({ //+parent
  ...entityFields, //+parent
  demoParentId: 'demoParentId', //+parent
  name: 'name', //+parent
}); //+parent
