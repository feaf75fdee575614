import type { Contract, InputOf, OutputOf } from '@plinth/contract-kit';
import type { Ctx } from './context.ts';

/** The interface that a contract asks for: one operation a route, no more and no fewer. */
export type ServiceOf<C extends Contract> = {
  readonly [K in keyof C['routes']]: (input: InputOf<C['routes'][K]>, ctx: Ctx) => Promise<OutputOf<C['routes'][K]>>;
};
