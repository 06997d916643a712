export * from './engine';
export * from './failures';
export * from './tasks';
export * from './app';
