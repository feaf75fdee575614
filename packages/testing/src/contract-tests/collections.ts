import { pii, type Rule, secret, withRule } from '@plinth/contract-kit';
import { type Draft, defineCollection, Entity, sortKeyMax, toSortKey } from '@plinth/data-kit';
import { z } from 'zod';

/** A document with a field of every kind. */
export const Thing = Entity.extend({
  sku: z.string().max(200),
  group: z.enum(['alpha', 'beta']),
  rank: z.number(),
  stock: z.int().min(0),
  name: z.string().max(200),
  active: z.boolean(),
  due: z.date().optional(),
  note: z.string().max(200).optional(),
  count: z.int().optional(),
  tags: z.array(z.string().max(20)).max(5),
  seenAt: z.array(z.date()).max(5).optional(),
  parts: z
    .array(z.object({ code: z.string(), count: z.int().optional() }))
    .max(5)
    .optional(),
  size: z.object({ width: z.number(), depth: z.number().optional() }).optional(),
});
export type Thing = z.infer<typeof Thing>;

/** The sorted fields that the indexes of `things` serve without a filter, in both directions. */
export const sortedFields = ['createdAt', 'rank', 'name', 'active', 'due', '_id'] as const;

export const things = defineCollection('things', Thing, {
  tenancy: 'tenant',
  search: ['name', 'note'],
  indexes: {
    bySku: { fields: ['sku'], unique: 'sku-taken' },
    byAge: { fields: ['createdAt', '_id'] },
    byRank: { fields: ['rank', '_id', 'stock'] },
    byName: { fields: ['name', '_id'] },
    byActive: { fields: ['active', '_id'] },
    byDue: { fields: ['due', '_id'] },
    byId: { fields: ['_id'] },
    byGroup: { fields: ['group', 'rank', '_id', 'stock'] },
    byGroupAndActivity: { fields: ['group', 'active', 'createdAt', '_id'] },
    byTag: { fields: ['tags', 'createdAt', '_id'] },
    byTagAndRank: { fields: ['active', 'tags', 'rank', '_id', 'stock'] },
    byGroupAndId: { fields: ['group', '_id'] },
  },
});

/** The rule of a slot, which compares two fields. */
export const slotRule: Rule<{ hour?: number | undefined; until?: number | undefined }> = {
  field: 'until',
  code: 'ends-before-start',
  message: 'must be after hour',
  holds: ({ hour = 0, until }) => until === undefined || until > hour,
  repair: ({ hour = 0 }) => ({ until: hour + 1 }),
};

/** A document that is unique by two fields, one of which may be missing. */
export const Slot = withRule(
  Entity.extend({ room: z.string(), hour: z.int().optional(), until: z.int().optional(), rank: z.number() }),
  slotRule,
);
export type Slot = z.infer<typeof Slot>;

export const slots = defineCollection('slots', Slot, {
  tenancy: 'tenant',
  indexes: {
    byPlace: { fields: ['room', 'hour'], unique: 'slot-taken' },
    byRank: { fields: ['rank', '_id'] },
  },
});

/** A document with classified fields. */
export const Contact = Entity.extend({
  name: pii(z.string()),
  access: z.object({ pin: secret(z.string()), floor: z.int() }).optional(),
  visits: z.int(),
  remark: pii(z.string()).optional(),
  emails: z.array(pii(z.string())).optional(),
});
export type Contact = z.infer<typeof Contact>;

export const contacts = defineCollection('contacts', Contact, {
  tenancy: 'tenant',
  indexes: { byName: { fields: ['name', '_id', 'visits'] } },
});

/** A document with soft deletion and comparison keys. */
export const Member = Entity.extend({
  name: z.string().max(200),
  handle: z.string().max(50),
  nickname: z.string().max(50).optional(),
  badge: z.string().max(50).optional(),
  team: z.string(),
  points: z.int(),
});
export type Member = z.infer<typeof Member>;

const lowerCase = { schema: z.string().max(60), toKey: (text: string) => text.toLowerCase() };

export const members = defineCollection('members', Member, {
  tenancy: 'tenant',
  softDelete: true,
  search: ['name', 'nickname'],
  compareBy: {
    name: { schema: z.string().max(sortKeyMax), toKey: toSortKey },
    handle: lowerCase,
    nickname: lowerCase,
    badge: lowerCase,
  },
  indexes: {
    newest: { fields: ['createdAt', '_id'] },
    alphabetical: { fields: ['name', '_id'] },
    newestOfTeam: { fields: ['team', 'createdAt', '_id'] },
    byHandle: { fields: ['handle'], unique: 'handle-taken' },
    byBadge: { fields: ['badge'], unique: 'badge-taken' },
    byNickname: { fields: ['nickname', '_id'] },
  },
});

let drafts = 0;

/** Creates a draft of a thing with a unique `sku`. */
export const createThing = (overrides: Partial<Draft<Thing>> = {}): Draft<Thing> => {
  drafts += 1;
  return {
    sku: `sku-${drafts}`,
    group: 'alpha',
    rank: 1,
    stock: 3,
    name: `thing ${drafts}`,
    active: true,
    tags: [],
    ...overrides,
  };
};

/** Creates a draft of a member with a unique `handle` and `badge`. */
export const createMember = (overrides: Partial<Draft<Member>> = {}): Draft<Member> => {
  drafts += 1;
  return {
    name: `Member ${drafts}`,
    handle: `Handle-${drafts}`,
    badge: `Badge-${drafts}`,
    team: 'red',
    points: 1,
    ...overrides,
  };
};
