export { ConfigError, type ConfigIssue, load } from './load.ts';
export { loadOrExit } from './load-or-exit.ts';
export { renderEnvExample } from './render.ts';
export { type Config, describeSetting, type SettingInfo, type Settings } from './setting.ts';
export { flag, host, integer, json, list, oneOf, port, secret, text, url } from './setting-types.ts';
