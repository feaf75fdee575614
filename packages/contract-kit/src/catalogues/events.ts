import { z } from 'zod';

/** An event of a domain, as other domains receive it: `orders.order-placed`. */
export type EventDefinition<P extends object = object> = {
  /** `<domain>.<what-happened>`; API for every subscriber, so it never changes. */
  readonly name: string;
  readonly payload: z.ZodType<P>;
  /** The payload field with the id of the aggregate. Events of one aggregate keep their order. */
  readonly aggregate: keyof P & string;
};

type Shape = Readonly<Record<string, z.core.$ZodType>>;

type Kebab<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${Kebab<Rest>}`
    : `-${Lowercase<First>}${Kebab<Rest>}`
  : '';

type Payload<S extends Shape> = { [F in keyof S]: S[F]['_zod']['output'] };

type Events<D extends string, A extends Shape, E extends Readonly<Record<string, Shape>>> = {
  readonly [N in keyof E & string]: EventDefinition<Payload<A & E[N]>> & { readonly name: `${D}.${Kebab<N>}` };
};

/**
 * Declares the events of a domain: `userCreated` of `users` is `users.user-created`, and its payload is the id of the
 * aggregate with the fields of the event. A payload holds ids rather than personal data: it is stored and sent as it is.
 */
export const defineEvents = <const D extends string, A extends Shape, E extends Readonly<Record<string, Shape>>>(
  domain: D,
  { aggregate, events }: { readonly aggregate: A; readonly events: E },
): Events<D, A, E> => {
  const [id, ...more] = Object.keys(aggregate);
  if (id === undefined || more.length > 0) {
    throw new TypeError(`The events of '${domain}' need one field as aggregate, such as { userId: UserId }.`);
  }
  const toEvent = ([key, fields]: [string, Shape]) => {
    const name = `${domain}.${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (!/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/.test(name)) {
      throw new TypeError(`The event '${name}' must be named '<domain>.<what-happened>'.`);
    }
    return [key, { name, payload: z.object({ ...aggregate, ...fields }), aggregate: id }];
  };
  return Object.fromEntries(Object.entries(events).map(toEvent)) as Events<D, A, E>;
};
