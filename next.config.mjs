/** @type {import('next').NextConfig} */
const nextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // Packages that must run as plain Node modules on the server.
  serverExternalPackages: ['postgres', 'ioredis', 'bullmq', 'knex', 'pino', 're2js'],
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  distDir: process.env.BATON_DIST_DIR ?? '.next',
};

export default nextConfig;
