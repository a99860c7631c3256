FROM node:24-bookworm-slim AS build
ARG COMMIT=unknown
WORKDIR /app
COPY package.json package-lock.json tsconfig.json tsconfig.types.json ./
RUN npm ci --ignore-scripts
COPY schema schema
COPY docs docs
COPY examples examples
COPY src src
RUN COMMIT=$COMMIT npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 KEYLEDGER_DATA=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY schema schema
RUN ln -s /app/dist/server/keyledger.js /usr/local/bin/keyledger && install -d -o node -g node -m 0700 /data /keys
USER node
VOLUME /data
EXPOSE 4000
# Liveness alone: a process that is not ready yet, or whose store is away, must not be restarted for it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:' + process.env.PORT + '/livez').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/server/keyledger.js", "serve"]
