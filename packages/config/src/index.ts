export { ConfigError, type ConfigIssue } from './config-error.ts';
export { load } from './load.ts';
export { type GetSecrets, type LoadOptions, loadOrExit } from './load-or-exit.ts';
export { certificates, privateKey } from './pem-types.ts';
export { renderEnvExample } from './render.ts';
export { type Config, describeSetting, type SettingInfo, type Settings } from './setting.ts';
export { flag, host, integer, json, list, oneOf, port, secret, text, url } from './setting-types.ts';
export { type WatchOptions, watchSetting } from './watch-setting.ts';
