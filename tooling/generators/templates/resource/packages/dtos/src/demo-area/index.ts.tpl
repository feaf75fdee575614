export { CreateDemoItem, DemoItem, DemoItemId, DemoItemName, DemoItemPage, DemoItemParams, ListDemoItemsQuery, UpdateDemoItem } from './demo-item.ts';
