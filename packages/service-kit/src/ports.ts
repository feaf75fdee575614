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

/**
 * The ports of a module that call no other system, such as a hasher of passwords. Actions of routes get them too, so they are opened in
 * every process that serves the module or runs its background half.
 */
export type LocalPorts<L extends object = object> = {
  /** A host of the module has these settings beside its own. */
  readonly settings: Settings;
  /** @throws `StartupError` when a setting is missing. */
  readonly open: (config: never) => L | Promise<L>;
};

type WithLocalPorts = { readonly name: string; readonly localPorts?: LocalPorts };

/** Returns the settings of the local ports of all modules. */
export const listLocalPortSettings = (modules: readonly WithLocalPorts[]): Settings =>
  Object.assign({}, ...modules.map(({ localPorts }) => localPorts?.settings));

/** Opens the local ports of modules. Returns them by the name of their module. */
export const openLocalPorts = async (
  modules: readonly WithLocalPorts[],
  config: object,
): Promise<Readonly<Record<string, object>>> => {
  const withPorts = modules.flatMap(({ name, localPorts }) => (localPorts ? [{ name, open: localPorts.open }] : []));
  const opened = withPorts.map(async ({ name, open }) => [name, await open(config as never)] as const);
  return Object.fromEntries(await Promise.all(opened));
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
