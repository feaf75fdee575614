export { DemoItemDocument, demoItems, toDemoItem } from './demo-item.ts';
