import type { z } from 'zod';

/** Something that has happened, as other domains are told: `orders.order-placed`. */
export type EventDefinition<P extends object = object> = {
  /** `<domain>.<what-happened>`; API for every subscriber, so it never changes. */
  readonly name: string;
  readonly payload: z.ZodType<P>;
  /** The field of the payload that holds the id of what the event is about; events of one id keep their order. */
  readonly aggregate: keyof P & string;
};

type IdField<P> = { [K in keyof P & string]: P[K] extends string ? K : never }[keyof P & string];

/** Declares an event of a domain. A payload holds ids rather than people's data: it is stored and sent as it is. */
export const defineEvent = <const N extends `${string}.${string}`, S extends z.ZodObject>(
  name: N,
  { payload, aggregate }: { readonly payload: S; readonly aggregate: IdField<z.output<S>> },
): EventDefinition<z.output<S>> & { readonly name: N } => {
  if (!/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/.test(name)) {
    throw new TypeError(`The event '${name}' must be named '<domain>.<what-happened>' in kebab-case.`);
  }
  return { name, payload: payload as unknown as z.ZodType<z.output<S>>, aggregate };
};
