export { createDemoItem, deleteDemoItem, getDemoItem, listDemoItems, updateDemoItem } from './demo-items.ts';
