export { type CreateOutboundOptions, createOutbound, type Outbound } from './outbound.ts';
export type { OutboundTarget } from './target.ts';
export type { TargetOptions } from './target-options.ts';
