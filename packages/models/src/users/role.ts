import { defineCollection, defineMapper, Entity, entityFields, sortKeyMax } from '@plinth/data-kit';
import { type CustomRole, RoleName, RolePermissions } from '@plinth/dtos/users';
import { z } from 'zod';

/** A custom role as stored. Clients receive `CustomRole`, which `toRole` returns. */
export const RoleDocument = Entity.extend({ name: RoleName, permissions: RolePermissions });
export type RoleDocument = z.infer<typeof RoleDocument>;

export const roles = defineCollection('roles', RoleDocument, {
  tenancy: 'tenant',
  compareBy: { name: { schema: z.string().max(sortKeyMax), toKey: (name) => name.normalize('NFC').toLowerCase() } },
  indexes: {
    inNameOrder: { fields: ['name', '_id'] },
    byName: { fields: ['name'], unique: 'role-name-taken' },
  },
});

export const toRole = defineMapper<RoleDocument, CustomRole>({
  ...entityFields,
  name: 'name',
  permissions: 'permissions',
});
