import type { Settings } from '@plinth/config';
import type { Outbound } from '@plinth/outbound';

export type PortDeps = { readonly outbound: Outbound };

/** The connections to other systems that consumers and jobs of a module need, such as a payment provider. */
export type ModulePorts<P extends object = object> = {
  /** A worker has these settings beside its own. */
  readonly settings: Settings;
  /**
   * Opens the ports of a worker that runs the module. It sends nothing yet.
   * @throws `StartupError` when a setting is missing.
   */
  readonly open: (config: never, deps: PortDeps) => Promise<P>;
};

type WithPorts = { readonly name: string; readonly ports?: ModulePorts };

/** Returns the settings of the ports of all modules. */
export const listPortSettings = (modules: readonly WithPorts[]): Settings =>
  Object.assign({}, ...modules.map(({ ports }) => ports?.settings));

/** Opens the ports of modules. Returns them by the name of their module. */
export const openPorts = async (
  modules: readonly WithPorts[],
  config: object,
  deps: PortDeps,
): Promise<Readonly<Record<string, object>>> => {
  const opened = modules.map(async ({ name, ports }) => [name, await ports?.open(config as never, deps)] as const);
  return Object.fromEntries((await Promise.all(opened)).filter(([, ports]) => ports !== undefined)) as never;
};
