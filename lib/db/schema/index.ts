export * from './engine';
export * from './failures';
export * from './tasks';
export * from './app';
export * from './mail';
