export { demoItemsContract, demoItemsErrors, demoItemsEvents, demoItemsPermissions } from './demo-items.ts';
