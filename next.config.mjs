import { fileURLToPath } from 'node:url';

const projectRoot = fileURLToPath(new URL('.', import.meta.url));

/** @type {import('next').NextConfig} */
const nextConfig = {
  poweredByHeader: false,
  // Arguments of server actions are what people typed, passwords among them: they stay out of the log.
  logging: { serverFunctions: false },
  reactStrictMode: true,
  // Packages that must run as plain Node modules on the server.
  serverExternalPackages: ['postgres', 'ioredis', 'bullmq', 'knex', 'pino', 'prom-client', 're2js'],
  outputFileTracingRoot: projectRoot,
  turbopack: { root: projectRoot },
  // forbidden() answers with the real status 403.
  experimental: { authInterrupts: true },
  // Titles come with the page, not after it: they are read with the same query, and a page is never without one.
  htmlLimitedBots: /.*/,
  // Another directory lets a second build or server work beside a running one.
  distDir: process.env.BATON_DIST_DIR ?? '.next',
  // `npm run check:types` does this, once and for all files.
  typescript: { ignoreBuildErrors: true },
};

export default nextConfig;
