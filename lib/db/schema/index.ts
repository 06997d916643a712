export * from './engine';
export * from './tasks';
export * from './app';
