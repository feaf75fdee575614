import type { Contract, InputOf, OutputOf } from '@plinth/contract-kit';
import type { Ctx } from './context.ts';

/** The service of a contract: exactly one operation for each route. */
export type ServiceOf<C extends Contract> = {
  readonly [K in keyof C['routes']]: (input: InputOf<C['routes'][K]>, ctx: Ctx) => Promise<OutputOf<C['routes'][K]>>;
};
