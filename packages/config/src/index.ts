export { ConfigError, type ConfigIssue, type Environment, load } from './load.ts';
export { loadOrExit } from './load-or-exit.ts';
export { renderEnvExample, type SettingsGroup } from './render.ts';
export { type Config, describeSetting, type SettingInfo, type Settings } from './setting.ts';
export { flag, host, integer, json, list, oneOf, port, secret, text, url } from './setting-types.ts';
