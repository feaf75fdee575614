import type { Metrics, Tracing } from '@plinth/telemetry';
import { type CallResult, createTarget, type OutboundTarget, type TargetState } from './target.ts';
import type { TargetOptions } from './target-options.ts';

export type CreateOutboundOptions = {
  readonly metrics: Metrics;
  /** Without it no spans are recorded. */
  readonly tracing?: Pick<Tracing, 'startCall'> | undefined;
};

/** The only way by which a process calls other systems over HTTP. */
export type Outbound = {
  /**
   * Opens the door to a system. Its name is in metrics, spans and the readiness of the process.
   * @throws for a name that is open already.
   */
  open(name: string, options?: TargetOptions): OutboundTarget;
  /** The systems that were opened, as dependencies of the readiness check. */
  list(): readonly OutboundTarget[];
};

const results: readonly CallResult[] = ['succeeded', 'refused', 'failed', 'timeout', 'rejected'];
const states: readonly TargetState[] = ['closed', 'half-open', 'open'];

/** Creates the outgoing calls of a process. */
export const createOutbound = ({ metrics, tracing }: CreateOutboundOptions): Outbound => {
  const targets = new Map<string, OutboundTarget>();
  metrics.total({
    name: 'outbound_calls_total',
    help: 'Attempts to call another system, by result; `rejected` were not sent, because the breaker was open.',
    labelNames: ['target', 'result'],
    read: () =>
      [...targets.values()].flatMap(({ name, counts }) =>
        results.map((result) => ({ labels: { target: name, result }, value: counts[result] })),
      ),
  });
  metrics.gauge({
    name: 'outbound_breaker_state',
    help: 'The state of the circuit breaker of a system: 0 closed, 1 half open, 2 open.',
    labelNames: ['target'],
    read: () =>
      [...targets.values()].map(({ name, getState }) => ({
        labels: { target: name },
        value: states.indexOf(getState()),
      })),
  });
  return {
    open: (name, options) => {
      if (targets.has(name))
        throw new TypeError(`The outgoing calls to '${name}' are open already: share their target.`);
      const target = createTarget(name, { ...options, startCall: tracing?.startCall });
      targets.set(name, target);
      return target;
    },
    list: () => [...targets.values()],
  };
};
