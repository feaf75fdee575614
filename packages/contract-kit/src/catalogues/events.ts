import { z } from 'zod';
import { type EventVersions, type PayloadOf, type Shape, toVersions } from './event-versions.ts';

/** An earlier version of an event, and the conversion of its payload to that of the next version. */
export type EarlierVersion = {
  readonly payload: z.ZodType;
  readonly upcast: (payload: never) => object;
};

/** An event of a domain, as other domains receive it: `orders.order-placed`. */
export type EventDefinition<P extends object = object> = {
  /** `<domain>.<what-happened>`; API for every subscriber, so it never changes. */
  readonly name: string;
  /** The newest version, which is emitted. */
  readonly version: number;
  /** The versions before it, from version 1. */
  readonly earlier: readonly EarlierVersion[];
  readonly payload: z.ZodType<P>;
  /** The payload field with the id of the aggregate. Events of one aggregate keep their order. */
  readonly aggregate: keyof P & string;
};

type Kebab<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${Kebab<Rest>}`
    : `-${Lowercase<First>}${Kebab<Rest>}`
  : '';

/** Returns the name of an event with its version, 1 where none was stored: `orders.order-placed.v1`. */
export const toEventType = ({
  name,
  version = 1,
}: {
  readonly name: string;
  readonly version?: number | undefined;
}): string => `${name}.v${version}`;

/** The fields of an event, or its versions. */
type EventSpec = Shape | EventVersions;

type FieldsOf<E extends EventSpec> = E extends EventVersions<infer F> ? F : E;

type Events<D extends string, A extends Shape, E extends Readonly<Record<string, EventSpec>>> = {
  readonly [N in keyof E & string]: EventDefinition<PayloadOf<A & FieldsOf<E[N]>>> & {
    readonly name: `${D}.${Kebab<N>}`;
  };
};

/**
 * Declares the events of a domain: `userCreated` of `users` is `users.user-created`, and its payload is the id of the
 * aggregate with the fields of the event. A payload holds ids rather than personal data: it is stored and sent as it is.
 * Any change of the fields except a new optional field needs a new version: see `firstVersion`.
 */
export const defineEvents = <const D extends string, A extends Shape, E extends Readonly<Record<string, EventSpec>>>(
  domain: D,
  { aggregate, events }: { readonly aggregate: A; readonly events: E },
): Events<D, A, E> => {
  const [id, ...more] = Object.keys(aggregate);
  if (id === undefined || more.length > 0) {
    throw new TypeError(`The events of '${domain}' need one field as aggregate, such as { userId: UserId }.`);
  }
  const toPayload = (fields: Shape): z.ZodType => z.object({ ...aggregate, ...fields });
  const toEvent = ([key, spec]: [string, EventSpec]) => {
    const name = `${domain}.${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (!/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/.test(name)) {
      throw new TypeError(`The event '${name}' must be named '<domain>.<what-happened>'.`);
    }
    const { fields, earlier: previous } = toVersions(spec);
    const earlier = previous.map((version) => ({ payload: toPayload(version.fields), upcast: version.upcast }));
    return [key, { name, version: earlier.length + 1, earlier, payload: toPayload(fields), aggregate: id }];
  };
  return Object.fromEntries(Object.entries(events).map(toEvent)) as Events<D, A, E>;
};
