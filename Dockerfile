# Keyseal as an image: `docker build -t keyseal .`. compose.yaml puts two of them behind a proxy.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY shared shared
COPY drizzle drizzle
COPY server server
COPY cli cli
COPY sdk sdk
COPY client client
COPY web web
COPY docs docs
RUN npm run compile && npm run console && npm prune --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production
ENV HOST=0.0.0.0
ENV PORT=3000
ENV KEYSEAL_DATA_DIR=/var/lib/keyseal
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/drizzle/migrations drizzle/migrations
COPY --from=build /app/client/manifest.json client/manifest.json
COPY --from=build /app/client/README.md client/README.md
RUN install -d -o node -g node -m 700 /var/lib/keyseal
USER node
EXPOSE 3000
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["serve"]
